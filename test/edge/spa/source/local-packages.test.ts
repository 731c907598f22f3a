import { cpSync, writeFileSync } from 'fs';
import { join } from 'path';
import { App, AssetStaging } from 'aws-cdk-lib/core';
import { BUILD_SCRIPT, built, directoryWith, filesOf, newStackIn } from './spa-project';
import { newStack, warningsOf } from '../../../helpers';

/** Writes what the package of the repository says, and nothing beside the project. */
const APP_SCRIPT = BUILD_SCRIPT.replace(/.*appendFileSync.*/, '').replace("'src.txt'", "'../../packages/ui/src.txt'");

describe('a project in a repository with others', () => {
  beforeEach(() => AssetStaging.clearAssetHashCache());

  /** An app that needs `ui`, which needs `tokens`; `api` is for somebody else. */
  const repository = (files: Record<string, string> = {}) => directoryWith({
    '.git/HEAD': '',
    'package.json': '{ "workspaces": ["apps/*", "packages/*"] }',
    'package-lock.json': '{}',
    'apps/web/package.json': '{ "name": "web", "dependencies": { "@x/ui": "*", "react": "^19.0.0" } }',
    'apps/web/build.js': APP_SCRIPT,
    'packages/ui/package.json': '{ "name": "@x/ui", "devDependencies": { "@x/tokens": "*" } }',
    'packages/ui/src.txt': 'one',
    'packages/tokens/package.json': '{ "name": "@x/tokens", "dependencies": { "@x/ui": "*" } }',
    'packages/tokens/colors.json': '{}',
    'packages/api/package.json': '{ "name": "@x/api" }',
    ...files,
  });

  function changed(root: string, change: (root: string) => void): boolean {
    const outdir = directoryWith({});
    const { assetHash } = built(join(root, 'apps/web'))._bind(newStackIn(outdir))!;
    AssetStaging.clearAssetHashCache();
    change(root);
    return built(join(root, 'apps/web'))._bind(newStackIn(outdir))!.assetHash !== assetHash;
  }

  test('ships what a package of the workspace has become', () => {
    const root = repository();
    const outdir = directoryWith({});
    expect(filesOf(built(join(root, 'apps/web')), new App({ outdir }))).toEqual({ 'index.html': 'made of one' });
    AssetStaging.clearAssetHashCache();
    writeFileSync(join(root, 'packages/ui/src.txt'), 'two');
    expect(filesOf(built(join(root, 'apps/web')), new App({ outdir }))).toEqual({ 'index.html': 'made of two' });
  });

  test.each([
    ['a package that its package needs', 'packages/tokens/colors.json'],
    ['the lock file above', 'package-lock.json'],
  ])('is built anew after a change of %s', (_, file) => {
    expect(changed(repository(), (root) => writeFileSync(join(root, file), '{ "changed": true }'))).toBe(true);
  });

  test.each(['packages/api/index.js', 'packages/ui/node_modules/x/index.js', 'packages/ui/.turbo/turbo-build.log', 'packages/README.md', 'apps/web/dist/old.js'])(
    'is not built anew after a change of %s', (file) => {
      expect(changed(repository({ [file]: 'before' }), (root) => writeFileSync(join(root, file), 'after'))).toBe(false);
    });

  test('has one hash on every machine: installed or not, in whatever directory', () => {
    const hashes = [repository(), repository({ 'node_modules/react/index.js': '', 'packages/ui/node_modules/react/index.js': '' })].map((root) => {
      AssetStaging.clearAssetHashCache();
      return built(join(root, 'apps/web'))._bind(newStack())!.assetHash;
    });
    expect(hashes[0]).toBe(hashes[1]);
  });

  test('keeps its hash where a lock file outside of the repository changes, and where its own has the say', () => {
    const outside = repository();
    const before = built(join(outside, 'apps/web'))._bind(newStack())!.assetHash;
    AssetStaging.clearAssetHashCache();
    const root = directoryWith({ 'yarn.lock': '' });
    cpSync(outside, join(root, 'clone'), { recursive: true });
    expect(built(join(root, 'clone/apps/web'))._bind(newStack())!.assetHash).toBe(before);
    AssetStaging.clearAssetHashCache();
    expect(changed(repository({ 'apps/web/yarn.lock': '' }), (each) => writeFileSync(join(each, 'package-lock.json'), '{ "changed": true }'))).toBe(false);
  });

  test.each<[string, Record<string, string>]>([
    ['yarn\'s workspaces', { 'package.json': '{ "workspaces": { "packages": ["./packages/**"] } }' }],
    ['names with choices', { 'package.json': '{ "workspaces": ["packages/{ui,ap?}"] }' }],
    ['a workspace of pnpm', { 'package.json': '{}', 'pnpm-workspace.yaml': '# all\npackages:\r\n  - apps/* # ours\n\n  - "packages/*"\n  - "!packages/api"\n\ncatalog:\n  react: 19.0.0\n' }],
    ['a workspace of pnpm on one line', { 'package.json': '{}', 'pnpm-workspace.yaml': 'packages: ["apps/*", \'packages/ui\']\n' }],
    ['a path', { 'package.json': '{}', 'apps/web/package.json': '{ "devDependencies": { "@x/ui": "file:../../packages/ui" } }' }],
    ['a link', { 'package.json': '{}', 'apps/web/package.json': '{ "optionalDependencies": { "ours": "link:../../packages/ui" } }' }],
    ['a path in a workspace', { 'package.json': '{}', 'apps/web/package.json': '{ "dependencies": { "@x/ui": "workspace:../../packages/ui" } }' }],
    ['a link to the whole repository', { 'package.json': '{}', 'apps/web/package.json': '{ "dependencies": { "root": "link:../.." } }' }],
  ])('finds its packages by %s', (_, files) => {
    expect(changed(repository(files), (root) => writeFileSync(join(root, 'packages/ui/src.txt'), 'two'))).toBe(true);
    expect(changed(repository(files), () => undefined)).toBe(false);
  });

  test('is built from the root with one of its scripts, too', () => {
    const root = repository({ 'build.js': "process.chdir('apps/web'); require('./apps/web/build.js');" });
    const outdir = directoryWith({});
    const source = () => built(root, { outputDirectory: 'apps/web/dist' });
    expect(filesOf(source(), new App({ outdir }))).toEqual({ 'index.html': 'made of one' });
    AssetStaging.clearAssetHashCache();
    writeFileSync(join(root, 'packages/ui/src.txt'), 'two');
    expect(filesOf(source(), new App({ outdir }))).toEqual({ 'index.html': 'made of two' });
  });

  test('says which packages it cannot find', () => {
    const root = repository({ 'apps/web/package.json': '{ "dependencies": { "@x/gone": "workspace:*", "ours": "file:../ours", "react": "^19.0.0" } }' });
    const stack = newStack();
    built(join(root, 'apps/web'))._bind(stack);
    expect(warningsOf(stack)).toEqual({
      'local-packages': `the package.json of ${JSON.stringify(join(root, 'apps/web'))} leads to "@x/gone" ("workspace:*"), "ours" ("file:../ours"), which is in no directory that is known: ` +
        'a change there would not build the app anew, and the former one would stay. ' +
        "Name the root of the workspace, e.g. SpaSource.project('.', { command: ['npm', 'run', 'build', '-w', 'web'], outputDirectory: 'apps/web/dist' })",
    });
  });

  test.each(['{', 'null', '{ "name": 5, "dependencies": ["x"], "workspaces": null }'])('leaves %j in a package.json to the package manager', (content) => {
    const root = repository({ 'packages/api/package.json': content, 'apps/package.json': content });
    expect(changed(root, () => writeFileSync(join(root, 'packages/ui/src.txt'), 'two'))).toBe(true);
  });

  test('warns of nothing where all is found', () => {
    const stack = newStack();
    built(join(repository(), 'apps/web'))._bind(stack);
    expect(warningsOf(stack)).toEqual({});
  });
});
