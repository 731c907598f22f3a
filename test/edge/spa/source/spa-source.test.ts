import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { App, AssetStaging, Stack } from 'aws-cdk-lib/core';
import { BUILD_SCRIPT, built, COMMAND, directoryWith, filesOf, newStackIn, project, runsOf } from './spa-project';
import { SpaSource } from '../../../../src/edge/spa/source/spa-source';
import { SpaProjectOptions } from '../../../../src/edge/spa/source/spa-source-options';
import { fromPython, messageOf, newStack, TOKEN } from '../../../helpers';

const MISSING = 'must be given as text, got undefined: the value that you hand over is missing, e.g. a context value or an environment variable that is not set';
const UNKNOWN = 'must be known at synthesis, because its files are read then: give it as a plain value, not as a token';

describe('a directory', () => {
  test('is uploaded as it is, without what operating systems leave there', () => {
    const directory = directoryWith({ 'index.html': 'page', 'assets/app.js': 'code', '.DS_Store': 'x', 'assets/.DS_Store': 'x', '.well-known/security.txt': 'mail' });
    expect(filesOf(SpaSource.directory(directory))).toEqual({ 'index.html': 'page', 'assets/app.js': 'code', '.well-known/security.txt': 'mail' });
  });

  test('is none where nothing is named', () => {
    const nothing = 'must not be empty, got "": give the directory, "." for the working directory';
    expect(SpaSource.directory('')._problem()).toBe(`the directory of the app ${nothing}`);
    expect(SpaSource.project('')._problem()).toBe(`the directory of the project ${nothing}`);
  });

  test('may be relative to the working directory', () => {
    const directory = directoryWith({ 'index.html': 'page' });
    const before = process.cwd();
    process.chdir(dirname(directory));
    try {
      expect(SpaSource.directory(directory.slice(dirname(directory).length + 1))._problem()).toBeUndefined();
    } finally {
      process.chdir(before);
    }
  });

  test.each<[any, string]>([
    ['nowhere/dist', `the directory of the app, "nowhere/dist", does not exist: looked for ${JSON.stringify(join(process.cwd(), 'nowhere/dist'))}, relative to the working ` +
      'directory; build the app first, or let SpaSource.project(...) build it'],
    ['package.json', 'the directory of the app, "package.json", is a file: give the directory that holds it'],
    [undefined, `the directory of the app ${MISSING}`],
    [5, 'the directory of the app must be given as text, got 5: give a string'],
    [TOKEN.string(), `the directory of the app ${UNKNOWN}`],
  ])('%j is refused', (path, reason) => {
    expect(SpaSource.directory(path)._problem()).toBe(reason);
  });

  test('is refused without a start page, with what it holds', () => {
    const directory = directoryWith({ 'dist/index.html': 'page', 'package.json': '{}' });
    expect(SpaSource.directory(directory)._problem()).toBe(
      `the directory ${JSON.stringify(directory)} has no "index.html": ${JSON.stringify(directory)} holds "dist", "package.json"; ` +
      "give the directory that the build writes, e.g. 'frontend/dist'");
  });

  test.each<[string, Record<string, string>, string]>([
    ['nothing', {}, 'holds nothing;'],
    ['a directory of the name of the start page', { 'index.html/': '' }, 'holds "index.html";'],
    ['much', Object.fromEntries([...Array(12).keys()].map((number) => [`${number + 10}.js`, ''])),
      'holds "10.js", "11.js", "12.js", "13.js", "14.js", "15.js", "16.js", "17.js", "18.js", "19.js" and 2 more;'],
  ])('is refused where it holds %s', (_, files, reason) => {
    expect(SpaSource.directory(directoryWith(files))._problem()).toContain(reason);
  });
});

describe('files that a pipeline uploads', () => {
  test('are no asset', () => {
    expect(SpaSource.external()._problem()).toBeUndefined();
    expect(SpaSource.external()._bind(newStack())).toBeUndefined();
  });
});

describe('a project', () => {
  beforeEach(() => AssetStaging.clearAssetHashCache());

  test('is built by its command', () => {
    expect(filesOf(built(project()))).toEqual({ 'index.html': 'made of one' });
  });

  test('may link to what lies elsewhere, which is uploaded itself', () => {
    const elsewhere = directoryWith({ 'logo.svg': 'logo' });
    const directory = project({ 'build.js': `${BUILD_SCRIPT}fs.symlinkSync(${JSON.stringify(join(elsewhere, 'logo.svg'))}, 'dist/logo.svg');` });
    const app = new App();
    const { assetHash } = built(directory)._bind(new Stack(app, 'Stack'))!;
    const copy = join(app.assetOutdir, `asset.${assetHash}`, 'logo.svg');
    expect(lstatSync(copy).isSymbolicLink()).toBe(false);
    expect(readFileSync(copy, 'utf8')).toBe('logo');
  });

  test('is built with variables, into another directory', () => {
    const source = built(project(), { outputDirectory: 'out/public', environment: { OUTPUT: 'out/public', EXTRA: ' and more' } });
    expect(filesOf(source)).toEqual({ 'index.html': 'made of one and more' });
  });

  test('is built by npm unless another command is given', () => {
    const directory = project({ 'package.json': '{ "name": "x", "scripts": { "build": "node build.js" } }' });
    expect(filesOf(SpaSource.project(directory, fromPython({ environment: { NODE_OPTIONS: '' } }, 'command', 'outputDirectory', 'exclude')))).toEqual({ 'index.html': 'made of one' });
  });

  test('is built once for several stacks and for several syntheses', () => {
    const directory = project();
    const outdir = directoryWith({});
    const app = new App({ outdir });
    filesOf(built(directory), app, 'One');
    filesOf(built(directory), app, 'Two');
    AssetStaging.clearAssetHashCache();
    filesOf(built(directory), new App({ outdir }));
    expect(runsOf(directory)).toBe(1);
  });

  test.each<[string, (directory: string) => SpaProjectOptions | void]>([
    ['its content', (directory) => writeFileSync(join(directory, 'src.txt'), 'two')],
    ['its lock file', (directory) => writeFileSync(join(directory, 'package-lock.json'), '{}')],
    ['a variable', () => ({ environment: { EXTRA: '!' } })],
    ['its command', () => ({ command: [...COMMAND, '--mode=x'] })],
  ])('is built anew after a change of %s', (_, change) => {
    const directory = project();
    const outdir = directoryWith({});
    const first = built(directory)._bind(newStackIn(outdir))!;
    AssetStaging.clearAssetHashCache();
    const second = built(directory, change(directory) ?? {})._bind(newStackIn(outdir))!;
    expect(runsOf(directory)).toBe(2);
    expect(second.assetHash).not.toBe(first.assetHash);
  });

  test.each([
    'node_modules/x/index.js', 'src/node_modules/x.js', 'dist/old.js', '.git/HEAD', '.DS_Store', '.cache/x', '.vite/x', '.turbo/turbo-build.log', '.nx/x', 'coverage/index.html', 'cdk.out/tree.json',
    'tsconfig.tsbuildinfo', 'notes/todo.txt',
  ])('is not built anew after a change of %s', (file) => {
    const directory = project({ [file]: 'before' });
    const outdir = directoryWith({});
    built(directory, { exclude: ['notes'] })._bind(newStackIn(outdir));
    AssetStaging.clearAssetHashCache();
    writeFileSync(join(directory, file), 'after');
    built(directory, { exclude: ['notes'] })._bind(newStackIn(outdir));
    expect(runsOf(directory)).toBe(1);
  });

  test('is not built for stacks that nobody asks for', () => {
    const directory = project();
    const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
    expect(built(directory)._bind(stack)).toBeDefined();
    expect(runsOf(directory)).toBe(0);
  });

  test('that fails says how, with the end of its output', () => {
    const script = 'for (let line = 1; line <= 30; line++) console.log("line " + line); console.error("error TS2304"); process.exit(2);';
    const directory = project({ 'build.js': script });
    const lines = [...Array(19).keys()].map((number) => `  line ${number + 12}`).join('\n');
    const define = () => built(directory)._bind(newStack());
    expect(messageOf(define)).toBe(
      `SpaSource at 'Stack' cannot be defined:\n- ["node","build.js"] in ${JSON.stringify(directory)} failed with exit code 2; there is no 'node_modules': run \`npm ci\` first. ` +
      `The end of its output:\n${lines}\n  error TS2304`);
    mkdirSync(join(directory, 'node_modules'));
    expect(messageOf(define)).toContain('failed with exit code 2. The end');
  });

  test('of which the build is killed says so', () => {
    expect(messageOf(() => built(project({ 'build.js': 'process.kill(process.pid, "SIGKILL")' }))._bind(newStack()))).toContain('failed with the signal SIGKILL');
  });

  test('whose program is not there says so', () => {
    const directory = project();
    expect(messageOf(() => built(directory, { command: ['no-such-program'] })._bind(newStack()))).toBe(
      `SpaSource at 'Stack' cannot be defined:\n- ["no-such-program"] in ${JSON.stringify(directory)} could not be run: spawnSync no-such-program ENOENT; ` +
      'install "no-such-program", or give another \'command\'');
  });

  test.each<[string, string]>([
    ['writes nothing', ''],
    ['writes no start page', 'require("fs").mkdirSync("dist"); require("fs").writeFileSync("dist/app.js", "")'],
  ])('that %s is refused', (_, script) => {
    const directory = project({ 'build.js': script });
    const found = script ? 'holds "app.js"' : 'does not exist';
    expect(messageOf(() => built(directory)._bind(newStack()))).toBe(
      `SpaSource at 'Stack' cannot be defined:\n- ["node","build.js"] in ${JSON.stringify(directory)} wrote no "dist/index.html": ${JSON.stringify(join(directory, 'dist'))} ${found}; ` +
      'name the directory that it writes with \'outputDirectory\'');
  });

  test('that failed is built anew the next time', () => {
    const directory = project({ 'build.js': 'process.exit(1)' });
    const outdir = directoryWith({});
    expect(() => built(directory)._bind(newStackIn(outdir))).toThrow('exit code 1');
    AssetStaging.clearAssetHashCache();
    writeFileSync(join(directory, 'build.js'), BUILD_SCRIPT);
    expect(filesOf(built(directory), new App({ outdir }))).toEqual({ 'index.html': 'made of one' });
  });

  test.each<[any, any, string]>([
    ['nowhere', undefined, `the directory of the project, "nowhere", does not exist: looked for ${JSON.stringify(join(process.cwd(), 'nowhere'))}, relative to the working directory; ` +
      'give the directory that holds its package.json'],
    ['docs', undefined, `the directory ${JSON.stringify(join(process.cwd(), 'docs'))} has no "package.json", it holds`],
    [undefined, undefined, `the directory of the project ${MISSING}`],
    [TOKEN.string(), undefined, `the directory of the project ${UNKNOWN}`],
    ['.', 'dist', 'the options of the project must be an object, got "dist": name each value'],
    ['.', { command: 'npm run build' }, '\'command\' must be a list of strings, got "npm run build": write ["npm run build"]'],
    ['.', { command: [] }, '\'command\' must name a program, got []: e.g. ["npm","run","build"]'],
    ['.', { outputDirectory: '../dist' }, '\'outputDirectory\' must lie in the directory of the project, got "../dist": e.g. \'dist\''],
    ['.', { outputDirectory: '/dist' }, '\'outputDirectory\' must lie in the directory of the project, got "/dist": e.g. \'dist\''],
    ['.', { outputDirectory: '.' }, '\'outputDirectory\' must lie in the directory of the project, got ".": e.g. \'dist\''],
    ['.', { outputDirectory: '' }, '\'outputDirectory\' must lie in the directory of the project, got "": e.g. \'dist\''],
    ['.', { outputDirectory: 5 }, '\'outputDirectory\' must be a path that is known at synthesis, got 5: e.g. \'dist\''],
    ['.', { environment: ['A=1'] }, '\'environment\' must have a string for each name, got ["A=1"]: write { VITE_API_URL: \'/api\' }'],
    ['.', { environment: { A: 1, B: TOKEN.string(), C: 'x' } },
      "'environment' must have a string that is known at synthesis for each name, which is not so for A, B: what the stack knows at deployment only goes into 'config'"],
    ['.', { exclude: '*.md' }, '\'exclude\' must be a list of strings, got "*.md": write ["*.md"]'],
  ])('in %j with %j is refused', (directory, options, reason) => {
    expect(SpaSource.project(directory, options)._problem()).toContain(reason);
  });

  test.each([undefined, null, {}, { command: null, outputDirectory: null }])('takes %j for options that are left out', (options) => {
    expect(SpaSource.project('.', options as any)._problem()).toBeUndefined();
  });
});
