import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { builtDirectory, directoryProblem } from './spa-source-directory';
import { SpaProjectOptions } from './spa-source-options';
import { builtProject, projectProblem } from './spa-source-project';
import { withoutNulls } from '../../../private/options';

/**
 * Where the files of a single-page app come from.
 *
 * @example
 *
 * SpaSource.directory('frontend/dist');
 * SpaSource.project('frontend', { environment: { VITE_SENTRY_DSN: 'https://…' } });
 */
export abstract class SpaSource {
  /**
   * A directory with a finished build, uploaded during `cdk deploy`.
   * @param path the directory that holds `index.html`, relative to the working directory
   */
  public static directory(path: string): SpaSource {
    return new BoundSource(() => directoryProblem(path), (scope) => builtDirectory(scope, path));
  }

  /**
   * A project that its own command builds at synthesis, on the machine that synthesizes, without Docker. It builds once for each content of the
   * directory, and only for stacks that are deployed or shown: not for `cdk ls`.
   *
   * To the content belong the packages of a workspace (npm, pnpm, yarn, bun) and those at `file:` and `link:` that its `package.json` leads to, and the
   * lock file above. What else the build reads from other directories does not: name one that holds all of it, e.g.
   * `SpaSource.project('.', { command: ['npm', 'run', 'build', '-w', 'web'], outputDirectory: 'apps/web/dist' })`.
   * @param directory the directory of the project, relative to the working directory
   * @param options how to build it
   */
  public static project(directory: string, options: SpaProjectOptions = {}): SpaSource {
    const given = withoutNulls(options ?? {});
    return new BoundSource(() => projectProblem(directory, given), (scope) => builtProject(scope, directory, given));
  }

  /** Files that a pipeline of yours uploads after the deployment: the stack makes an empty bucket and never touches what is in it. */
  public static external(): SpaSource {
    return new BoundSource(() => undefined, () => undefined);
  }

  /**
   * No app: CloudFront stands before a backend that answers every path but those of `storage`, e.g. a project that renders its pages itself. There
   * is no bucket then.
   */
  public static none(): SpaSource {
    return new BoundSource(() => undefined, () => undefined, false);
  }

  /**
   * Whether there is an app at all.
   * @internal
   */
  public abstract readonly _hasFiles: boolean;

  /**
   * Why the source is none, if it is none.
   * @internal
   */
  public abstract _problem(): string | undefined;

  /**
   * Binds the source to a scope: the asset with the files, or nothing where somebody else uploads them. Called by the construct that serves them.
   * @internal
   */
  public abstract _bind(scope: Construct): assets.Asset | undefined;
}

class BoundSource extends SpaSource {
  public constructor(
    private readonly problem: () => string | undefined,
    private readonly binding: (scope: Construct) => assets.Asset | undefined,
    public readonly _hasFiles = true,
  ) {
    super();
  }

  public _problem(): string | undefined {
    return this.problem();
  }

  public _bind(scope: Construct): assets.Asset | undefined {
    return this.binding(scope);
  }
}
