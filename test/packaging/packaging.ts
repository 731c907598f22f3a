/**
 * `npx projen test:packaging`: what users install works. Packs npm tarball and wheel as a release does, installs each into an
 * empty project in build/packaging, synthesises the TypeScript and the Python example there and compares the templates.
 */
import * as assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative, sep } from 'node:path';
import { before, test } from 'node:test';
import { createVirtualEnvironment } from '../../tools/python-environment';

const ROOT = join(__dirname, '..', '..');
const WORK = join(ROOT, 'build', 'packaging');
const DIST = join(WORK, 'dist');
const TYPESCRIPT = join(WORK, 'typescript');
const PYTHON = join(WORK, 'python');
const STRAYS = join(WORK, 'stray-modules.txt');

const MOST_MODULES = 12;
const MOST_REQUESTS = 12;

/** Context of the examples, so that each of their branches is compared. */
const CONTEXTS: Record<string, string[]> = {
  'without context': [],
  'with a domain outside us-east-1, where its certificate is': ['region=eu-central-1', 'domainName=shop.example.com', 'hostedZoneId=Z0123456789ABC', 'zoneName=example.com'],
  'with a domain, an image and the staging profile': [
    'profile=staging', 'image=ghcr.io/acme/shop:4f2a9c1', 'domainName=shop.example.com', 'hostedZoneId=Z0123456789ABC', 'zoneName=example.com',
  ],
};

/** The oldest versions that the library allows. */
const floor: Record<string, string> = Object.fromEntries(
  Object.entries<string>(readJson(join(ROOT, 'package.json')).peerDependencies).map(([name, range]) => [name, range.replace(/^\^/, '')]),
);

let python: string;

before(async () => {
  assertCompiled();
  // The cache of jsii and nothing else stays from one run to the next.
  ['dist', 'django-app', 'spa', 'typescript', 'python', 'stray-modules.txt'].forEach((name) => rmSync(join(WORK, name), { recursive: true, force: true }));
  mkdirSync(DIST, { recursive: true });
  ['django-app', 'spa', 'typescript', 'python'].forEach((name) => cpSync(join(ROOT, 'examples', name), join(WORK, name), { recursive: true, filter: isSource }));
  cpSync(join(ROOT, 'examples', 'spa', 'node_modules'), join(WORK, 'spa', 'node_modules'), { recursive: true, verbatimSymlinks: true });
  writeFileSync(STRAYS, '');

  python = createVirtualEnvironment(join(PYTHON, '.venv'));
  await run(ROOT, 'node_modules/.bin/jsii-pacmak', ['--target', 'js', '--target', 'python', '--outdir', DIST], { NODE_OPTIONS: '' });
  await Promise.all([installTypeScript(), installPython()]);
});

void test('the tarball holds the library, its handlers and its scripts, and nothing else', async (context) => {
  const tarball = onlyFile('js', '.tgz');
  const files = (await run(ROOT, 'tar', ['-tzf', tarball])).trim().split('\n').map((path) => path.replace(/^package\//, ''));
  const compiled = ['lib/index.js', ...filesIn('src').map((path) => path.replace(/^src\/(.*)\.ts$/, 'lib/$1.d.ts'))];
  const expected = ['.jsii', 'LICENSE', 'README.md', 'package.json', ...compiled, ...filesIn('lambda'), ...filesIn('container')];
  const superfluous = files.filter((path) => !expected.includes(path));
  const missing = expected.filter((path) => !files.includes(path));
  assert.deepEqual({ superfluous, missing }, { superfluous: [], missing: [] }, superfluous.some((path) => path.startsWith('lib/'))
    ? `Is a source file gone since the last compilation? Then remove 'lib' and compile: ${superfluous.join(', ')}`
    : undefined);
  context.diagnostic(`tarball: ${files.length} files, ${statSync(tarball).size} bytes; wheel: ${statSync(onlyFile('python', '.whl')).size} bytes`);
});

void test('the packed types fit the TypeScript example', async () => {
  await run(TYPESCRIPT, 'npx', ['tsc', '--noEmit']);
});

void test('an app that is an ES module imports by name', async () => {
  const names = exportedTypes();
  const program = `import { ${names.join(', ')} } from 'cdk-django-on-fargate'; console.log([${names.join(', ')}].every(Boolean));`;
  assert.equal(await run(TYPESCRIPT, process.execPath, ['--input-type=module', '--eval', program]), 'true\n');
});

for (const [name, context] of Object.entries(CONTEXTS)) {
  void test(`the TypeScript and the Python example give the same template ${name}`, async (t) => {
    const [typescript, fromPython] = [await synthesise(TYPESCRIPT, context), await synthesise(PYTHON, context)];
    assert.deepEqual(fromPython, typescript);
    for (const [stack, template] of Object.entries(typescript)) {
      assert.ok(Object.keys(template.Outputs).length > 0);
      t.diagnostic(`resources of ${stack}: ${Object.keys(template.Resources).length}`);
    }
  });
}

void test(`the smallest app loads at most ${MOST_MODULES} modules and makes at most ${MOST_REQUESTS} requests from Python`, async (context) => {
  const app = [join(__dirname, 'cost_from_python.py'), join(__dirname, 'minimal_app.py'), join(WORK, 'django-app')];
  const { requests, modules } = JSON.parse(await run(PYTHON, python, app)) as { requests: string[]; modules: string[] };
  context.diagnostic(`${modules.length} modules: ${modules.join(', ')}`);
  context.diagnostic(`${requests.length} requests: ${requests.join(', ')}`);
  assert.ok(modules.length <= MOST_MODULES, `${modules.length} modules: ${modules.join(', ')}`);
  assert.ok(requests.length <= MOST_REQUESTS, `${requests.length} requests: ${requests.join(', ')}`);
});

void test('loading the library loads nothing of CDK but what all apps have, and the smallest app no table of all regions', async (context) => {
  cpSync(join(__dirname, 'cost-from-node.cjs'), join(TYPESCRIPT, 'cost-from-node.cjs'));
  const output = await run(TYPESCRIPT, process.execPath, ['cost-from-node.cjs', join(WORK, 'django-app')]);
  const { byLoading, byTheSmallestApp } = JSON.parse(output) as { byLoading: string[]; byTheSmallestApp: string[] };
  context.diagnostic(`${byLoading.length} modules for the library, ${byTheSmallestApp.length} for the smallest app`);
  assert.deepEqual(byLoading.filter((path) => /^(aws-cdk-lib|constructs)\//.test(path)), []);
  assert.deepEqual(byTheSmallestApp.filter((path) => /region-info|aws-(s3-assets|ses|sns|sqs|elasticache)\/lib/.test(path)), []);
});

void test('everything that ran was installed', () => {
  assert.equal(readFileSync(STRAYS, 'utf8'), '', 'Loaded from the repository, so not declared as a dependency or not in the tarball');
});

function assertCompiled(): void {
  const compiled = join(ROOT, '.jsii');
  const newest = Math.max(...filesIn('src').map((path) => statSync(join(ROOT, path)).mtimeMs));
  assert.ok(existsSync(compiled) && statSync(compiled).mtimeMs >= newest, 'The library is not compiled as it stands: run `npx projen compile` first');
}

/** A user's project: the example as it is, with the tarball and the floor in place of the registry's newest. */
async function installTypeScript(): Promise<void> {
  const file = join(TYPESCRIPT, 'package.json');
  const manifest = readJson(file);
  manifest.dependencies = { ...manifest.dependencies, ...floor, [readJson(join(ROOT, 'package.json')).name]: `file:${onlyFile('js', '.tgz')}` };
  writeFileSync(file, JSON.stringify(manifest, undefined, 2));
  await run(TYPESCRIPT, 'npm', ['install', '--no-audit', '--no-fund', '--prefer-offline']);
}

async function installPython(): Promise<void> {
  const pins = Object.entries(floor).map(([name, version]) => `${name}==${version}`);
  // Compiling all of aws-cdk-lib to bytecode takes longer than compiling the few modules that are imported.
  await run(PYTHON, python, ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-compile',
    onlyFile('python', '.whl'), '-r', 'requirements.txt', ...pins]);
}

/** The templates of the stacks of an example, by their names. */
async function synthesise(project: string, context: string[]): Promise<Record<string, any>> {
  rmSync(join(project, 'cdk.out'), { recursive: true, force: true });
  await run(project, join(TYPESCRIPT, 'node_modules', '.bin', 'cdk'), [
    'synth', '--quiet', '--no-notices', '--no-version-reporting', ...context.flatMap((pair) => ['--context', pair]),
  ]);
  const { artifacts } = readJson(join(project, 'cdk.out', 'manifest.json')) as { artifacts: Record<string, { type: string; properties: { templateFile: string } }> };
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  return Object.fromEntries(stacks.map(([name, { properties }]) => [name, readJson(join(project, 'cdk.out', properties.templateFile))]));
}

/** Runs a program as a user would, with nothing of this process's environment that leads into the repository or to an account. */
async function run(cwd: string, program: string, args: string[], overrides: Record<string, string> = {}): Promise<string> {
  const inherited = Object.entries(process.env)
    .filter(([name]) => !/^(NODE_OPTIONS|NODE_PATH|TSX_|PYTHON|VIRTUAL_ENV|AWS_|CDK_|JSII_|INIT_CWD|npm_(package|lifecycle|command|execpath|config_local_prefix))/.test(name));
  const child = spawn(program, args, {
    cwd,
    env: {
      ...Object.fromEntries(inherited),
      PATH: [dirname(python), process.env.PATH].join(delimiter),
      NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'stray-modules.cjs'))}`,
      PACKAGING_REPOSITORY: ROOT,
      PACKAGING_INSTALLED: WORK,
      PACKAGING_STRAYS: STRAYS,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      JSII_RUNTIME_PACKAGE_CACHE_ROOT: join(WORK, 'jsii-cache'),
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true',
      ...overrides,
    },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => output.stdout += data);
  child.stderr.on('data', (data) => output.stderr += data);
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  assert.equal(status, 0, `${[program, ...args].join(' ')} in ${relative(ROOT, cwd) || '.'} failed:\n${output.stdout}${output.stderr}`);
  return output.stdout;
}

/** The files in a folder of the repository, relative to the repository. */
function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('__pycache__'));
}

function isSource(path: string): boolean {
  return !/(^|[\\/])(node_modules|cdk\.out|\.venv|__pycache__|dist)$/.test(path);
}

/** The classes and enums of the library. */
function exportedTypes(): string[] {
  const types = Object.values<{ kind: string; name: string }>(readJson(join(ROOT, '.jsii')).types);
  return types.filter(({ kind }) => kind !== 'interface').map(({ name }) => name);
}

function onlyFile(target: string, extension: string): string {
  const [file, ...others] = readdirSync(join(DIST, target)).filter((name) => name.endsWith(extension));
  assert.ok(file && others.length === 0);
  return join(DIST, target, file);
}

function readJson(path: string): any {
  return JSON.parse(readFileSync(path, 'utf8'));
}
