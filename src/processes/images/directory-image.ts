import { existsSync, statSync } from 'fs';
import { isAbsolute, join, relative, resolve } from 'path';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DirectoryImageOptions } from './django-image-options';
import { optionsProblem, requireImage } from './image-reference';
import { textProblem } from '../../private/secret-name';
import { shaped, strings } from '../../private/shapes';
import { joined, matches, show } from '../../private/validation';
import { CpuArchitecture } from '../definition/cpu-architecture';

/**
 * What never belongs into an image: version control, environments, caches, local data. Kept out of the
 * build context, so that they are neither uploaded nor hashed; `.dockerignore` adds to the list.
 *
 * As few patterns as possible, because CDK compiles each of them again for every directory of the project.
 */
const EXCLUDES = [
  '.git*', '.hg', '.svn', '.idea', '.vscode',
  '**/.venv', '**/venv', '**/node_modules', '**/__pycache__', '**/*.pyc', '**/.*_cache', '**/.tox', '**/.coverage', '**/htmlcov',
  '**/.env', '**/.env.*', '**/.DS_Store', 'cdk.out', '*.sqlite3',
];

const RULES = shaped<DirectoryImageOptions>({ exclude: strings }, [
  matches('target', /^[A-Za-z0-9][\w.-]*$/, "be the name of a stage, e.g. 'production'"),
  ({ buildArgs }) => buildArgsProblem(buildArgs),
]);

/** An image that is built from a directory. */
export function directoryImage(scope: Construct, architecture: CpuArchitecture, directory: string, options: DirectoryImageOptions): ecs.ContainerImage {
  const file = options.file ?? 'Dockerfile';
  requireImage(scope, [optionsProblem(options) ?? directoryProblem(directory, file) ?? joined(RULES.map((rule) => rule(options)))]);
  return ecs.ContainerImage.fromAsset(directory, {
    file,
    target: options.target,
    buildArgs: options.buildArgs,
    exclude: [...EXCLUDES, ...options.exclude ?? []],
    platform: platformOf(architecture),
  });
}

/** The platform of Docker for a processor. */
export function platformOf(architecture: CpuArchitecture): Platform {
  return architecture === CpuArchitecture.ARM64 ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64;
}

function directoryProblem(directory: string, file: string): string | undefined {
  const problem = textProblem('the directory', directory) ?? textProblem("'file'", file);
  if (problem) {
    return problem;
  }
  const path = resolve(directory);
  if (!existsSync(path)) {
    return `the directory ${JSON.stringify(directory)} does not exist: looked for ${JSON.stringify(path)}, relative to the working directory`;
  }
  if (!statSync(path).isDirectory()) {
    return `${JSON.stringify(directory)} must be a directory, it is a file: give the directory that holds the Dockerfile`;
  }
  if (isAbsolute(file) || relative(path, join(path, file)).startsWith('..')) {
    return `'file' must lie in the directory, got ${JSON.stringify(file)}: Docker gets nothing else, so take a directory that holds both`;
  }
  if (!existsSync(join(path, file))) {
    return `the directory ${JSON.stringify(path)} has no ${JSON.stringify(file)}: add it, or name another with 'file'`;
  }
  return undefined;
}

function buildArgsProblem(buildArgs: Record<string, string> = {}): string | undefined {
  const wrong = Object.keys(buildArgs).filter((name) => typeof buildArgs[name] !== 'string');
  if (typeof buildArgs !== 'object' || Array.isArray(buildArgs) || wrong.length > 0) {
    return `'buildArgs' must have a string for each name, got ${show(buildArgs)}: write { PYTHON_VERSION: '3.13' }`;
  }
  const tokens = Object.keys(buildArgs).filter((name) => Token.isUnresolved(buildArgs[name]));
  return tokens.length > 0
    ? `'buildArgs' must be known at synthesis, because the image is built before the deployment, got tokens for ${tokens.join(', ')}: ` +
      'give plain values, or hand them over as environment variables'
    : undefined;
}
