import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { DjangoOnFargate } from '../../src/django-on-fargate';
import { DjangoImage } from '../../src/processes/images/django-image';
import { warnAboutSettings } from '../../src/project/settings-module';
import { newStack, TOKEN, warningsOf } from '../helpers';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'settings-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function write(files: Record<string, string>): void {
  Object.entries({ Dockerfile: 'FROM python', ...files }).forEach(([name, text]) => {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  });
}

/** What is said of a settings module, without the words that all of it begins with. */
function warning(settings: string | undefined, image = DjangoImage.fromDirectory(directory)): string | undefined {
  const stack = newStack();
  warnAboutSettings(stack, image, settings);
  return warningsOf(stack)['settings-module']?.replace(`The settings module ${JSON.stringify(settings)} `, '');
}

function missing(found: string): string {
  return `is not in the directory ${JSON.stringify(directory)} of the image, so that tasks would not start. There are ${found}: ` +
    "correct 'project', or give one of them as 'settingsModule'.";
}

function empty(found: string): string {
  return `is a package whose __init__.py sets nothing: Django would start without settings. Give 'settingsModule' one of its modules: ${found}.`;
}

const PACKAGE = {
  'manage.py': '', 'bakery/__init__.py': '', 'bakery/settings/__init__.py': '', 'bakery/settings/dev.py': 'DEBUG = True', 'bakery/settings/production.py': 'DEBUG = False',
};
const under = (folder: string) => Object.fromEntries(Object.entries(PACKAGE).map(([name, text]) => [`${folder}/${name}`, text]));

describe('a settings module', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a module', { 'manage.py': '', 'shop/settings.py': '' }, 'shop.settings'],
    ['a module of a package', PACKAGE, 'bakery.settings.production'],
    ['a module one level below', under('src'), 'bakery.settings.production'],
    ['a module two levels below', under('backend/src'), 'bakery.settings.production'],
    ['a package that sets something', { ...PACKAGE, 'bakery/settings/__init__.py': '# all\nfrom .production import *\n' }, 'bakery.settings'],
    ['a package of one file', { 'manage.py': '', 'bakery/settings/__init__.py': '' }, 'bakery.settings'],
    ['a module at the top', { 'manage.py': '', 'settings.py': '' }, 'settings'],
  ])('that is there is no cause for a warning: %s', (_, files, settings) => {
    write(files);
    expect(warning(settings)).toBeUndefined();
  });

  test.each<[string, Record<string, string>, string, string]>([
    ['another project', PACKAGE, 'shop.settings', 'bakery.settings.dev, bakery.settings.production'],
    ['another module', PACKAGE, 'bakery.settings.prod', 'bakery.settings.dev, bakery.settings.production'],
    ['another place for settings', { 'manage.py': '', 'shop/__init__.py': '', 'config/settings/__init__.py': 'A = 1' }, 'shop.settings', 'config.settings'],
    ['a package without manage.py', { 'src/shop/settings.py': '' }, 'shop.settings.production', 'shop.settings'],
    ['settings at the top', { 'manage.py': '', 'settings.py': '' }, 'shop.settings', 'settings'],
  ])('that is not there is warned about: %s', (_, files, settings, found) => {
    write(files);
    expect(warning(settings)).toBe(missing(found));
  });

  test.each([[''], ['\n\n'], ['# settings of all kinds\n'], ['"""Settings.\n\nSee the modules."""\n']])('that is an empty package is warned about: %j', (text) => {
    write({ ...PACKAGE, 'bakery/settings/__init__.py': text });
    expect(warning('bakery.settings')).toBe(empty('bakery.settings.dev, bakery.settings.production'));
  });

  test('of many shows the first', () => {
    write({ ...PACKAGE, ...Object.fromEntries([...'abcdef'].map((letter) => [`bakery/settings/${letter}.py`, ''])) });
    expect(warning('bakery.settings')).toBe(empty(`${[...'abcd'].map((letter) => `bakery.settings.${letter}`).join(', ')}, bakery.settings.dev, bakery.settings.e, …`));
  });
});

describe('nothing is said', () => {
  test.each<[string, Record<string, string>]>([
    ['no project, which may be installed from elsewhere', { 'requirements.txt': 'shop' }],
    ['a project that makes its settings during the build', { 'manage.py': '', 'shop/__init__.py': '', 'shop/settings.py.dist': '' }],
    ['nothing but dependencies', { '.venv/manage.py': '', '.venv/shop/settings.py': '', 'node_modules/a/manage.py': '', 'node_modules/a/b/settings.py': '' }],
  ])('of a directory with %s', (_, files) => {
    write(files);
    expect(warning('bakery.settings')).toBeUndefined();
  });

  test('of a directory with too many folders to search', () => {
    write({ 'manage.py': '', 'shop/settings.py': '' });
    Array.from({ length: 201 }).forEach((_, index) => mkdirSync(join(directory, `app${index}`)));
    expect(warning('bakery.settings')).toBeUndefined();
  });

  test('of an image that is made elsewhere, without settings, and of what is known at deployment only', () => {
    write(PACKAGE);
    expect(warning('shop.settings', DjangoImage.fromRegistry('registry.example.com/shop:1'))).toBeUndefined();
    expect(warning(undefined)).toBeUndefined();
    expect(warning(TOKEN.string())).toBeUndefined();
  });
});

test('a project is told of the settings module that its processes get', () => {
  write(PACKAGE);
  const image = DjangoImage.fromDirectory(directory);
  const warningOf = (props: { project: string; settingsModule?: string }) => warningsOf(new DjangoOnFargate(newStack(), 'Shop', { image, ...props }))['settings-module'];
  expect(warningOf({ project: 'shop' })).toBe(`The settings module "shop.settings" ${missing('bakery.settings.dev, bakery.settings.production')}`);
  expect(warningOf({ project: 'bakery', settingsModule: 'bakery.settings.production' })).toBeUndefined();
});
