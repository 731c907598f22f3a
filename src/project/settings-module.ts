import { Dirent, existsSync, readdirSync, readFileSync, statSync } from 'fs';
import { join, resolve } from 'path';
import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { isKnown, show } from '../private/validation';
import { DjangoImage } from '../processes/images/django-image';

/** How far below the directory of an image the project may begin, e.g. in `backend/src`. */
const LEVELS = 2;
/** A directory with more of them is no longer searched: synthesis is to stay fast, and it is no project alone. */
const MOST_FOLDERS = 200;
const MOST_SHOWN = 6;
/** What holds no project: dependencies, what was built, what is served. */
const OTHERS = /^(\..*|node_modules|venv|env|__pycache__|site-packages|cdk\.out|build|dist|htmlcov|static(files)?|media|templates|locale|docs?)$/;

/**
 * Warns where the settings module cannot be the project's: it is not in the directory that the image is built from, or it is a package that holds
 * nothing by itself. Silent where the project may come from elsewhere, e.g. from a package index.
 */
export function warnAboutSettings(scope: Construct, image: DjangoImage, settings: string | undefined): void {
  if (!isKnown(image._directory) || !isKnown(settings)) {
    return;
  }
  const roots = foldersIn(resolve(image._directory), LEVELS);
  const problem = roots.length > MOST_FOLDERS ? undefined : problemOf(settings, image._directory, roots);
  if (problem) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:settings-module', `The settings module ${show(settings)} ${problem}`);
  }
}

function problemOf(settings: string, directory: string, roots: string[]): string | undefined {
  const path = join(...settings.split('.'));
  const places = roots.map((root) => join(root, path));
  if (places.some((place) => existsSync(`${place}.py`))) {
    return undefined;
  }
  const folders = places.filter(isFolder);
  if (folders.length > 0) {
    const modules = folders.flatMap((folder) => modulesIn(folder)).map((name) => `${settings}.${name}`);
    return modules.length > 0 && folders.every(isEmptyPackage)
      ? `is a package whose __init__.py sets nothing: Django would start without settings. Give 'settingsModule' one of its modules: ${listed(modules)}.`
      : undefined;
  }
  const homes = roots.filter((root) => existsSync(join(root, 'manage.py')) || isFolder(join(root, settings.split('.')[0])));
  const found = homes.flatMap(settingsIn);
  return found.length > 0
    ? `is not in the directory ${show(directory)} of the image, so that tasks would not start. There are ${listed(found)}: ` +
      "correct 'project', or give one of them as 'settingsModule'."
    : undefined;
}

/** The settings modules of a project by their names, as seen from where its packages lie. */
function settingsIn(root: string): string[] {
  const packages = ['', ...entriesIn(root).filter((entry) => entry.isDirectory() && !OTHERS.test(entry.name)).map(({ name }) => `${name}.`)];
  return packages.flatMap((prefix) => {
    const place = join(root, ...prefix.split('.'), 'settings');
    if (existsSync(`${place}.py`)) {
      return [`${prefix}settings`];
    }
    return isFolder(place) ? isEmptyPackage(place) ? modulesIn(place).map((name) => `${prefix}settings.${name}`) : [`${prefix}settings`] : [];
  });
}

function modulesIn(folder: string): string[] {
  return entriesIn(folder).map(({ name }) => name).filter((name) => /^[a-zA-Z]\w*\.py$/.test(name)).map((name) => name.slice(0, -'.py'.length)).sort();
}

/** Whether a package consists of comments and texts alone. */
function isEmptyPackage(folder: string): boolean {
  const file = join(folder, '__init__.py');
  return !existsSync(file) || readFileSync(file, 'utf8').replace(/^\s*#.*$/gm, '').replace(/^\s*("""[^]*?"""|'''[^]*?''')/, '').trim() === '';
}

/** A folder and those below it, down to some levels; the search ends where they are too many. */
function foldersIn(folder: string, levels: number): string[] {
  const folders = [folder];
  for (let level = 0, last = [folder]; level < levels && folders.length <= MOST_FOLDERS; level += 1) {
    last = last.flatMap((parent) => entriesIn(parent).filter((entry) => entry.isDirectory() && !OTHERS.test(entry.name)).map(({ name }) => join(parent, name)));
    folders.push(...last);
  }
  return folders;
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // What cannot be read is for Docker to tell.
    return [];
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function listed(modules: string[]): string {
  return modules.slice(0, MOST_SHOWN).join(', ') + (modules.length > MOST_SHOWN ? ', …' : '');
}
