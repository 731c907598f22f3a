import { backendPaths, MEDIA_PATHS, servesStaticFilesItself, STATIC_PATHS } from './cache-behaviors';
import { SpaDistributionOptions, SpaDistributionProps } from './spa-distribution-props';
import { ENTRY_DOCUMENT, LONGEST_FUNCTION, pageFunction } from './viewer-functions';
import { isKnown, joined, Rule, show } from '../../private/validation';
import { covers } from '../load-balancer/routes/path-pattern';

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MOST_BEHAVIORS = 75;

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern */
const PATTERN = /^\/[\w\-.*$/~"'@:+&?]{0,254}$/;

const PREFIX = /^\/(?:[\w\-.~!$&'()+,;=:@%]+\/)+$/;

/** What the app has under a name that is always the same; a pattern that takes one of them takes nearly all. */
const OWN_FILES = ['/', ENTRY_DOCUMENT, '/config.json', '/assets/index-0a1b2c3d.js'];

/** What changes under the same name with each build. */
const CHANGING_FILES = [ENTRY_DOCUMENT, '/config.json'];

/** What holds for the paths of the app's own pages and files. */
export const OWN_PATH_RULES: Rule<SpaDistributionOptions>[] = [
  ({ pagePaths = [] }) => joined(pagePaths.map((path) => isKnown(path) && PREFIX.test(path)
    ? undefined
    : `'pagePaths' must hold beginnings of paths with '/' at both ends, e.g. '/packages/', and no tokens, got ${show(path)}`)),
  ({ pagePaths = [] }) => {
    const length = pageFunction({ pagePaths, filePaths: [] }).length;
    return length > LONGEST_FUNCTION - 100
      ? `'pagePaths' must be short enough for CloudFront's function, which has ${LONGEST_FUNCTION} bytes, got ${length} with them: give common beginnings`
      : undefined;
  },
  ({ immutablePaths = [] }) => joined(immutablePaths.filter(isKnown).map((pattern) => {
    const changing = CHANGING_FILES.filter((path) => covers(pattern, path));
    return changing.length > 0
      ? `'immutablePaths' must not hold ${changing.map(show).join(', ')}, got ${show(pattern)}: browsers would keep the first build for a year`
      : PATTERN.test(pattern) ? undefined : `'immutablePaths' must hold patterns that begin with '/', e.g. '/fonts/*', got ${show(pattern)}`;
  })),
];

/** What holds for the paths of a site. */
export const BEHAVIOR_RULES: Rule<SpaDistributionProps>[] = [
  ({ backend }) => {
    const paths: unknown = backend?._paths;
    return paths === undefined ? undefined : backendPathsProblem('backend.paths', paths);
  },
  ({ backend, storage, media }) => isList(backend?._paths) ? takenProblem('backend.paths', backend?._paths ?? [], [...storage?.staticBucket ? [STATIC_PATHS] : [], ...media ? [MEDIA_PATHS] : []]) : undefined,
  ({ backend, storage, media }) => isList(backend?._paths) ? countProblem('backend.paths',
    (backend ? backendPaths(backend, servesStaticFilesItself(storage)).length : 0) + (storage?.staticBucket ? 1 : 0) + (media ? 1 : 0)) : undefined,
];

/** What is wrong with paths that shall go to the backend of a distribution beside others; there are paths of files, too. */
export function furtherPathsProblem(paths: string[], filePaths: string[], backendPathsBefore: string[]): string | undefined {
  return backendPathsProblem('paths', paths)
    ?? takenProblem('paths', paths, filePaths)
    ?? countProblem('paths', new Set([...filePaths, ...backendPathsBefore, ...paths]).size);
}

/** What is wrong with paths of a backend for themselves. */
export function backendPathsProblem(prop: string, paths: unknown): string | undefined {
  return !Array.isArray(paths) || paths.length === 0
    ? `'${prop}' must be a list of path patterns, got ${show(paths)}: e.g. ['/api/*', '/admin', '/admin/*']`
    : joined([...paths.map((path) => patternProblem(prop, path)), repeated(prop, paths)]);
}

/** Whether paths can be looked at one by one; where they cannot, that is said already. */
function isList(paths: unknown): boolean {
  return paths === undefined || (Array.isArray(paths) && paths.every((path) => typeof path === 'string'));
}

function takenProblem(prop: string, paths: string[], taken: string[]): string | undefined {
  const twice = taken.filter((path) => paths.includes(path));
  return twice.length > 0 ? `'${prop}' must not hold ${twice.map(show).join(', ')}: these files come from the buckets of 'storage'` : undefined;
}

function countProblem(prop: string, count: number): string | undefined {
  return count > MOST_BEHAVIORS
    ? `'${prop}' must leave no more than ${MOST_BEHAVIORS} cache behaviors to the distribution, got ${count}: put paths under a common beginning, e.g. '/api/*'`
    : undefined;
}

function patternProblem(prop: string, path: unknown): string | undefined {
  if (typeof path !== 'string' || !isKnown(path)) {
    return `'${prop}' must hold plain strings, because the order of the behaviors is computed from them, got ${show(path)}`;
  }
  if (!PATTERN.test(path)) {
    return `'${prop}' must begin with '/' and have 255 characters at most, of letters, digits and _-.*$/~"'@:+&?, got ${show(path)}`
      + (PATTERN.test(`/${path}`) ? `: write ${show(`/${path}`)}` : '');
  }
  const own = OWN_FILES.filter((file) => covers(path, file));
  return own.length > 0
    ? `'${prop}' must leave ${own.map(show).join(', ')} to the app, got ${show(path)}: name what the backend answers, e.g. '/api/*'`
    : undefined;
}

function repeated(prop: string, paths: unknown[]): string | undefined {
  const twice = [...new Set(paths.filter((path, index) => paths.indexOf(path) !== index))];
  return twice.length > 0 ? `'${prop}' must not name a path twice, got ${twice.map(show).join(', ')}` : undefined;
}
