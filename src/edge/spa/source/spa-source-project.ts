import { spawnSync } from 'child_process';
import { cpSync, existsSync } from 'fs';
import { isAbsolute, join, relative, resolve } from 'path';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Annotations, AssetHashType, BundlingOutput, DockerImage, IgnoreMode } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { MissingPackage, surroundingsOf } from './local-packages';
import { contentOf, existingDirectoryProblem, hasIndex, INDEX } from './spa-source-directory';
import { SpaProjectOptions } from './spa-source-options';
import { shaped, strings } from '../../../private/shapes';
import { definitionError, isKnown, joined, show } from '../../../private/validation';

const DEFAULT_COMMAND = ['npm', 'run', 'build'];
const DEFAULT_OUTPUT = 'dist';

/** What no build depends on, or what `package-lock.json` stands for. */
const EXCLUDES = ['node_modules', '.git', '.DS_Store', '.cache', '.vite', '.turbo', '.nx', 'coverage', 'cdk.out', '*.tsbuildinfo'];

/** What a message shows of what the command wrote. */
const SHOWN_LINES = 20;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

const RULES = shaped<SpaProjectOptions>({ command: strings, exclude: strings }, [
  ({ command }) => command && !command[0]?.trim() ? `'command' must name a program, got ${show(command)}: e.g. ${show(DEFAULT_COMMAND)}` : undefined,
  ({ outputDirectory }) => outputDirectory === undefined ? undefined : outputProblem(outputDirectory),
  ({ environment }) => environment === undefined ? undefined : environmentProblem(environment),
]);

/** Why a project cannot be built, if it cannot. */
export function projectProblem(directory: unknown, options: SpaProjectOptions): string | undefined {
  if (typeof options !== 'object' || Array.isArray(options)) {
    return `the options of the project must be an object, got ${show(options)}: name each value`;
  }
  return joined([
    existingDirectoryProblem('the directory of the project', directory, 'give the directory that holds its package.json') ?? packageProblem(directory as string, options),
    ...RULES.map((rule) => rule(options)),
  ]);
}

/** The files that the project's own command makes. CDK runs it only where the content is new and the stack is one that is asked for. */
export function builtProject(scope: Construct, directory: string, options: SpaProjectOptions): assets.Asset {
  const command = options.command ?? DEFAULT_COMMAND;
  const output = options.outputDirectory ?? DEFAULT_OUTPUT;
  const { environment = {} } = options;
  const { fingerprints, missing } = surroundingsOf(directory, output, EXCLUDES);
  if (missing.length > 0) {
    warnAboutMissing(scope, directory, missing);
  }
  let failure: unknown;
  try {
    return new assets.Asset(scope, 'Build', {
      path: directory,
      exclude: [...EXCLUDES, `/${output}`, ...options.exclude ?? []],
      ignoreMode: IgnoreMode.GIT,
      assetHashType: AssetHashType.SOURCE,
      bundling: {
        // Of all this, what is no function counts for the hash.
        command,
        environment,
        workingDirectory: output,
        // An asset has one directory; what lies beside it has no better place here.
        entrypoint: fingerprints.length > 0 ? fingerprints : undefined,
        outputType: BundlingOutput.NOT_ARCHIVED,
        // What CDK would build with if it were not done here.
        image: DockerImage.fromRegistry('none'),
        local: {
          tryBundle: (target) => {
            try {
              build(scope, resolve(directory), command, environment, output, target);
              return true;
            } catch (error) {
              failure = error;
              throw error;
            }
          },
        },
      },
    });
  } catch (error) {
    // Ours, without what CDK puts around it.
    throw failure ?? error;
  }
}

function build(scope: Construct, directory: string, command: string[], environment: Record<string, string>, output: string, target: string): void {
  const { error, status, signal, stdout, stderr } = spawnSync(command[0], command.slice(1), {
    cwd: directory,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    // npm is a script there.
    shell: process.platform === 'win32',
  });
  const failed = (reason: string) => new Error(definitionError(scope, 'SpaSource', [reason]));
  const shown = `${show(command)} in ${show(directory)}`;
  if (error) {
    throw failed(`${shown} could not be run: ${error.message}; install ${show(command[0])}, or give another 'command'`);
  }
  if (status !== 0) {
    const advice = existsSync(join(directory, 'node_modules')) ? '' : '; there is no \'node_modules\': run `npm ci` first';
    throw failed(`${shown} failed with ${signal ? `the signal ${signal}` : `exit code ${status}`}${advice}. The end of its output:\n${lastLines(stdout + stderr)}`);
  }
  const built = join(directory, output);
  if (!existsSync(built) || !hasIndex(built)) {
    throw failed(`${shown} wrote no ${show(join(output, INDEX))}: ${existsSync(built) ? `${show(built)} holds ${contentOf(built)}` : `${show(built)} does not exist`}; ` +
      'name the directory that it writes with \'outputDirectory\'');
  }
  cpSync(built, target, { recursive: true, dereference: true });
}

function warnAboutMissing(scope: Construct, directory: string, missing: MissingPackage[]): void {
  Annotations.of(scope).addWarningV2('cdk-django-on-fargate:local-packages',
    `the package.json of ${show(directory)} leads to ${missing.map(({ name, version }) => `${show(name)} (${show(version)})`).join(', ')}, which is in no directory that is known: ` +
    'a change there would not build the app anew, and the former one would stay. ' +
    "Name the root of the workspace, e.g. SpaSource.project('.', { command: ['npm', 'run', 'build', '-w', 'web'], outputDirectory: 'apps/web/dist' })");
}

function lastLines(text: string): string {
  return text.trimEnd().split(/\r?\n/).slice(-SHOWN_LINES).map((line) => `  ${line}`).join('\n');
}

function packageProblem(directory: string, { command = DEFAULT_COMMAND }: SpaProjectOptions): string | undefined {
  return ['npm', 'pnpm', 'yarn', 'bun'].includes(command[0]) && !existsSync(join(directory, 'package.json'))
    ? `the directory ${show(resolve(directory))} has no "package.json", it holds ${contentOf(directory)}: give the directory of the project, or another 'command'`
    : undefined;
}

function outputProblem(output: unknown): string | undefined {
  if (typeof output !== 'string' || !isKnown(output)) {
    return `'outputDirectory' must be a path that is known at synthesis, got ${show(output)}: e.g. 'dist'`;
  }
  return isAbsolute(output) || /^\.\.|^\.?$/.test(relative('.', output))
    ? `'outputDirectory' must lie in the directory of the project, got ${show(output)}: e.g. 'dist'`
    : undefined;
}

function environmentProblem(environment: unknown): string | undefined {
  if (typeof environment !== 'object' || Array.isArray(environment)) {
    return `'environment' must have a string for each name, got ${show(environment)}: write { VITE_API_URL: '/api' }`;
  }
  const wrong = Object.entries(environment!).filter(([, value]) => typeof value !== 'string' || !isKnown(value)).map(([name]) => name);
  return wrong.length > 0
    ? `'environment' must have a string that is known at synthesis for each name, which is not so for ${wrong.join(', ')}: what the stack knows at deployment only goes into 'config'`
    : undefined;
}
