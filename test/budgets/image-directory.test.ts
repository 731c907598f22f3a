import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Stack } from 'aws-cdk-lib/core';
import { CpuArchitecture } from '../../src/processes/definition/cpu-architecture';
import { DjangoImage } from '../../src/processes/images/django-image';

const CEILING_MILLISECONDS = 1000;
const CLUTTER_FILES = 20_000;
/** What a checkout has beside the project, half of it in a subdirectory. */
const CLUTTER = ['.git/objects', '.venv/lib', 'node_modules/a', 'frontend/node_modules/b'];

const PROJECT: Record<string, string> = {
  'Dockerfile': 'FROM python:3.13-slim\nCOPY . .\n',
  'manage.py': '',
  'shop/settings.py': '',
  'shop/templates/base.html': '',
  'docs/index.md': '',
  'docs/images/logo.svg': '',
  'frontend/package.json': '{}',
};

/** `.dockerignore` files as projects write them; each says by `expected` what remains of the project. */
const DOCKERIGNORES: { name: string; dockerignore?: string[]; expected: string[] }[] = [
  { name: 'no .dockerignore', expected: Object.keys(PROJECT) },
  { name: 'a list', dockerignore: ['docs', '*.pyc', '.git'], expected: without(/^docs/) },
  { name: 'a list of what belongs in', dockerignore: ['*', '!manage.py', '!shop', '!frontend'], expected: without(/^docs/) },
  { name: 'an exception below an excluded directory', dockerignore: ['docs', '!docs/images/logo.svg'], expected: without(/index.md$/) },
  { name: 'an exception anywhere', dockerignore: ['docs/**', '!**/*.svg'], expected: without(/index.md$/) },
  { name: 'an exception that takes everything back', dockerignore: ['**/*.md', '!**/'], expected: Object.keys(PROJECT) },
  { name: 'an exception for what never belongs in', dockerignore: ['!node_modules', '!**/.git/**', '!.venv/lib/*'], expected: Object.keys(PROJECT) },
  { name: 'line ends of Windows', dockerignore: ['docs\r', '# a comment\r', '\r', '!docs/images/logo.svg\r'], expected: without(/index.md$/) },
];

describe('an image from a directory with .git, .venv and node_modules of 20,000 files', () => {
  let scratch: string;
  let plain: string;
  let cluttered: string;

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'image-directory-'));
    plain = project(join(scratch, 'plain'));
    cluttered = project(join(scratch, 'cluttered'));
    for (const directory of CLUTTER) {
      // Directories of 100 files, as version control and packages have them.
      for (let package_ = 0; package_ < CLUTTER_FILES / CLUTTER.length / 100; package_++) {
        const path = join(cluttered, directory, String(package_));
        mkdirSync(path, { recursive: true });
        Array.from({ length: 100 }, (_, file) => writeFileSync(join(path, `${file}.js`), ''));
      }
    }
    milliseconds(() => stage(plain));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test.each(DOCKERIGNORES)('adds less than a second to the synth and nothing to the build context: $name', ({ dockerignore, expected }) => {
    for (const directory of [plain, cluttered]) {
      rmSync(join(directory, '.dockerignore'), { force: true });
      if (dockerignore) {
        writeFileSync(join(directory, '.dockerignore'), dockerignore.join('\n'));
      }
    }

    let staged: string[] = [];
    const base = milliseconds(() => stage(plain));
    const time = milliseconds(() => { staged = stage(cluttered); });

    expect(staged.filter((file) => file !== '.dockerignore').sort()).toEqual([...expected].sort());
    expect(time - base).toBeLessThan(CEILING_MILLISECONDS);
  });

  /** Synthesises an image of the directory and gives the files of its build context. */
  function stage(directory: string): string[] {
    const app = new App({ outdir: mkdtempSync(join(scratch, 'out-')), analyticsReporting: false });
    const stack = new Stack(app, 'Stack');
    new ecs.FargateTaskDefinition(stack, 'Task').addContainer('Container', {
      image: DjangoImage.fromDirectory(directory).bind(stack, CpuArchitecture.X86_64),
    });
    const assembly = app.synth();
    const asset = readdirSync(assembly.directory).find((name) => name.startsWith('asset.'))!;
    return filesBelow(join(assembly.directory, asset));
  }
});

function project(directory: string): string {
  Object.entries(PROJECT).forEach(([name, text]) => {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), text);
  });
  return directory;
}

function without(pattern: RegExp): string[] {
  return Object.keys(PROJECT).filter((name) => !pattern.test(name));
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}

/** CPU time, which other work on the machine does not stretch. */
function milliseconds(action: () => void): number {
  const start = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
