import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'fs';
import { dirname, join, relative, resolve, sep } from 'path';
import { FileSystem, IgnoreMode } from 'aws-cdk-lib/core';

const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'];

/** A package of the same repository that stands in a `package.json` and is not to be found. */
export interface MissingPackage {
  readonly name: string;
  readonly version: string;
}

/** What a build reads beside its own directory. */
export interface SurroundingsOfProject {
  /** Paths with what they hold, as a digest: packages of the same repository, and the lock file that stands for all others. */
  readonly fingerprints: string[];
  readonly missing: MissingPackage[];
}

type Manifest = Record<string, Record<string, unknown> | undefined>;

/** What a build reads beside its own directory, as far as the `package.json` there and those that it leads to say. */
export function surroundingsOf(project: string, output: string, exclude: string[]): SurroundingsOfProject {
  const directory = realpathSync(project);
  const manifest = manifestOf(directory);
  if (!manifest) {
    return { fingerprints: [], missing: [] };
  }
  const { found, missing } = localPackages(directory, workspaceOf(directory));
  const fingerprints = [...lockFilesAbove(directory), ...found.filter((path) => !liesIn(path, directory))].map((path) => {
    const ownOutput = liesIn(directory, path) ? [`/${portable(relative(path, join(directory, output)))}`] : [];
    return `${portable(relative(directory, path))} ${FileSystem.fingerprint(path, { exclude: [...exclude, ...ownOutput], ignoreMode: IgnoreMode.GIT })}`;
  });
  return { fingerprints: fingerprints.sort(), missing };
}

/** The packages of the same repository that a package needs, and those that they need. */
function localPackages(directory: string, workspace: Map<string, string>): { found: string[]; missing: MissingPackage[] } {
  const found = new Set([directory]);
  const missing: MissingPackage[] = [];
  // A set hands out what is added meanwhile, too.
  found.forEach((each) => dependenciesOf(each).forEach(({ name, version }) => {
    const path = /^(?:file|link|portal):(.+)/.exec(version)?.[1] ?? /^(?:workspace:)?(\.{1,2}(?:\/.*)?)$/.exec(version)?.[1];
    const place = path === undefined ? workspace.get(name) : resolve(each, path);
    if (place !== undefined && existsSync(place)) {
      found.add(realpathSync(place));
    } else if (path !== undefined || version.startsWith('workspace:')) {
      missing.push({ name, version });
    }
  }));
  return { found: [...found].slice(1), missing };
}

function dependenciesOf(directory: string): MissingPackage[] {
  const manifest = manifestOf(directory) ?? {};
  return ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
    .flatMap((kind) => Object.entries(manifest[kind] ?? {})).map(([name, version]) => ({ name, version: String(version) }));
}

/** The packages of the workspace that a directory belongs to, by their names. */
function workspaceOf(directory: string): Map<string, string> {
  for (const root of upwardsFrom(directory)) {
    const patterns = workspacePatterns(root);
    if (patterns.length > 0) {
      const packages = patterns.flatMap((pattern) => directoriesLike(root, pattern.split('/').filter((part) => part !== '' && part !== '.')));
      return new Map(packages.map((path) => [String(manifestOf(path)?.name), path]));
    }
  }
  return new Map();
}

function workspacePatterns(root: string): string[] {
  const { workspaces = [] } = manifestOf(root) ?? {};
  const ofManifest = Array.isArray(workspaces) ? workspaces : workspaces?.packages;
  const file = join(root, 'pnpm-workspace.yaml');
  const text = existsSync(file) ? readFileSync(file, 'utf8').replace(/\r/g, '').replace(/(^|\s)#.*$/gm, '') : '';
  // A list in either style, up to the next key.
  const ofPnpm = /^packages:(.*(?:\n(?:[ \t\-\]].*)?)*)/m.exec(text)?.[1].split(/[\s[\]]+|,(?![^{]*\})/).map((word) => word.replace(/['"]/g, '')) ?? [];
  return [...Array.isArray(ofManifest) ? ofManifest.map(String) : [], ...ofPnpm].filter((pattern) => !['', '-'].includes(pattern) && !pattern.startsWith('!'));
}

/** The directories that a pattern means, as package managers read it. */
function directoriesLike(directory: string, [part, ...rest]: string[]): string[] {
  if (part === undefined) {
    return [directory];
  }
  if (!/[*?{]/.test(part)) {
    return existsSync(join(directory, part)) ? directoriesLike(join(directory, part), rest) : [];
  }
  const expression = new RegExp(`^${part.replace(/[.+^$()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*').replace(/\?/g, '.')
    .replace(/\{([^{}]*)\}/g, (_, choices: string) => `(?:${choices.replace(/,/g, '|')})`)}$`);
  const children = statSync(directory).isDirectory() ? readdirSync(directory, { withFileTypes: true }) : [];
  const further = children.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules' && expression.test(entry.name))
    .flatMap(({ name }) => directoriesLike(join(directory, name), part === '**' ? [part, ...rest] : rest));
  return part === '**' ? [...directoriesLike(directory, rest), ...further] : further;
}

/** The nearest lock files, unless the directory has one itself. */
function lockFilesAbove(directory: string): string[] {
  const all = upwardsFrom(directory).map((each) => LOCK_FILES.map((name) => join(each, name)).filter((path) => existsSync(path)));
  const nearest = all.findIndex((files) => files.length > 0);
  return nearest > 0 ? all[nearest] : [];
}

/** A directory and those that it lies in, up to the root of the repository. */
function upwardsFrom(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory || existsSync(join(directory, '.git')) ? [directory] : [directory, ...upwardsFrom(parent)];
}

/** What stands in a `package.json`. One that cannot be read is for the package manager to judge. */
function manifestOf(directory: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

function liesIn(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory + sep);
}

function portable(path: string): string {
  return path.split(sep).join('/');
}
