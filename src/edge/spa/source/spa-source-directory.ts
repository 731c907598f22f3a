import { existsSync, readdirSync, statSync } from 'fs';
import { join, resolve } from 'path';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { textProblem } from '../../../private/secret-name';
import { isKnown, show } from '../../../private/validation';

export const INDEX = 'index.html';

/** What operating systems leave in directories. */
const LEFT_BEHIND = ['.DS_Store', 'Thumbs.db'];

/** Names that a message shows of what a directory holds. */
const SHOWN = 10;

/** The files of a directory. */
export function builtDirectory(scope: Construct, path: string): assets.Asset {
  return new assets.Asset(scope, 'Build', { path, exclude: LEFT_BEHIND });
}

/** Why a directory holds no finished build, if it holds none. */
export function directoryProblem(path: unknown): string | undefined {
  const problem = existingDirectoryProblem('the directory of the app', path, 'build the app first, or let SpaSource.project(...) build it');
  if (problem) {
    return problem;
  }
  const directory = resolve(path as string);
  return hasIndex(directory)
    ? undefined
    : `the directory ${show(path)} has no ${show(INDEX)}: ${show(directory)} holds ${contentOf(directory)}; give the directory that the build writes, e.g. 'frontend/dist'`;
}

/** Why something is not a directory that exists, if it is not; `what` begins the sentence, `advice` ends it where nothing is there. */
export function existingDirectoryProblem(what: string, path: unknown, advice: string): string | undefined {
  const problem = textProblem(what, path);
  if (problem) {
    return problem;
  }
  if (!isKnown(path)) {
    return `${what} must be known at synthesis, because its files are read then: give it as a plain value, not as a token`;
  }
  if ((path as string).trim() === '') {
    return `${what} must not be empty, got ${show(path)}: give the directory, "." for the working directory`;
  }
  const directory = resolve(path as string);
  if (!existsSync(directory)) {
    return `${what}, ${show(path)}, does not exist: looked for ${show(directory)}, relative to the working directory; ${advice}`;
  }
  return statSync(directory).isDirectory() ? undefined : `${what}, ${show(path)}, is a file: give the directory that holds it`;
}

/** Whether a directory has the page that the app begins with. */
export function hasIndex(directory: string): boolean {
  const index = join(directory, INDEX);
  return existsSync(index) && statSync(index).isFile();
}

/** What a directory holds, for messages. */
export function contentOf(directory: string): string {
  const names = readdirSync(directory).sort();
  const more = names.length - SHOWN;
  return names.length === 0 ? 'nothing' : `${names.slice(0, SHOWN).map(show).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
