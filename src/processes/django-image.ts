import { existsSync, statSync } from 'fs';
import { join, resolve } from 'path';
import { Annotations, Token } from 'aws-cdk-lib/core';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { CpuArchitecture } from './cpu-architecture';
import { definitionError } from '../private/validation';

/**
 * What never belongs into an image: version control, environments, caches, local data. Kept out of the
 * build context, so that they are neither uploaded nor hashed; `.dockerignore` adds to the list.
 */
const EXCLUDES = [
  '.git', '.hg', '.svn', '.github', '.gitlab', '.idea', '.vscode',
  '**/.venv', '**/venv', '**/node_modules', '**/__pycache__', '**/*.pyc',
  '**/.pytest_cache', '**/.mypy_cache', '**/.ruff_cache', '**/.tox', '**/.coverage', '**/htmlcov',
  '**/.env', '**/.env.*', '**/.DS_Store', 'cdk.out', '*.sqlite3',
];

/** Options of an image that is built during `cdk deploy`. */
export interface DirectoryImageOptions {
  /**
   * Dockerfile, relative to the directory.
   * @default 'Dockerfile'
   */
  readonly file?: string;

  /**
   * Stage of a multi-stage Dockerfile.
   * @default - the last stage
   */
  readonly target?: string;

  /**
   * Build arguments. **WARNING**: they stand in the image's history; never give a secret.
   * @default - none
   */
  readonly buildArgs?: { [name: string]: string };

  /**
   * Paths to keep out of the build context, in the words of `.dockerignore`, beside those that are
   * always kept out (version control, virtual environments, `node_modules`, caches, `.env`).
   * @default - what `.dockerignore` says
   */
  readonly exclude?: string[];
}

/** Options of an image in a registry. */
export interface RegistryImageOptions {
  /**
   * Name of the secret in Secrets Manager with the registry's credentials: JSON with `username` and `password`.
   * @default - a public image
   */
  readonly credentialsSecretName?: string;
}

/**
 * Image of the Django project.
 *
 * @example
 *
 * DjangoImage.fromDirectory('backend');
 * DjangoImage.fromRegistry('ghcr.io/acme/shop:4f2a9c1');
 */
export abstract class DjangoImage {
  /**
   * An image that is built from a directory with a Dockerfile during `cdk deploy`, for the processor
   * that the tasks run on. Synthesis needs no Docker.
   * @param directory the directory, relative to the working directory
   * @param options how to build it
   */
  public static fromDirectory(directory: string, options: DirectoryImageOptions = {}): DjangoImage {
    return new DirectoryImage(directory, options);
  }

  /**
   * An image in any registry.
   * @param image e.g. `ghcr.io/acme/shop:4f2a9c1` or `…@sha256:…`; a tag that moves is warned about
   * @param options credentials of a private registry
   */
  public static fromRegistry(image: string, options: RegistryImageOptions = {}): DjangoImage {
    return new RegistryImage(image, options);
  }

  /**
   * An image in an ECR repository of the stack's account and region.
   * @param repositoryName name of the repository, not its URI
   * @param tagOrDigest the tag, or the digest (`sha256:…`)
   */
  public static fromEcr(repositoryName: string, tagOrDigest: string): DjangoImage {
    return new EcrImage(repositoryName, tagOrDigest);
  }

  /**
   * Any image as ECS knows it.
   * @param image the image
   */
  public static of(image: ecs.ContainerImage): DjangoImage {
    return new GivenImage(image);
  }

  /**
   * Binds the image to a scope. Called by the construct that runs it.
   * @param scope where an asset or an import may be made
   * @param architecture processor that the tasks run on
   */
  public abstract bind(scope: Construct, architecture: CpuArchitecture): ecs.ContainerImage;
}

class DirectoryImage extends DjangoImage {
  public constructor(private readonly directory: string, private readonly options: DirectoryImageOptions) {
    super();
  }

  public bind(scope: Construct, architecture: CpuArchitecture): ecs.ContainerImage {
    const file = this.options.file ?? 'Dockerfile';
    const problem = directoryProblem(this.directory, file);
    if (problem) {
      throw new Error(definitionError(scope, 'DjangoImage', [problem]));
    }
    return ecs.ContainerImage.fromAsset(this.directory, {
      file,
      target: this.options.target,
      buildArgs: this.options.buildArgs,
      exclude: [...EXCLUDES, ...this.options.exclude ?? []],
      platform: architecture === CpuArchitecture.ARM64 ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
    });
  }
}

class RegistryImage extends DjangoImage {
  public constructor(private readonly image: string, private readonly options: RegistryImageOptions) {
    super();
  }

  public bind(scope: Construct): ecs.ContainerImage {
    if (!Token.isUnresolved(this.image)) {
      if (!/^[^\s:/@][^\s]*$/.test(this.image) || /^https?:\/\//.test(this.image)) {
        throw new Error(definitionError(scope, 'DjangoImage', [
          `the image must be 'registry/name:tag' without a scheme, got ${JSON.stringify(this.image)}`,
        ]));
      }
      warnAboutMovingTag(scope, this.image, tagOf(this.image));
    }
    const { credentialsSecretName } = this.options;
    return ecs.ContainerImage.fromRegistry(this.image, {
      credentials: credentialsSecretName
        ? secretsmanager.Secret.fromSecretNameV2(scope, 'RegistryCredentials', credentialsSecretName)
        : undefined,
    });
  }
}

class EcrImage extends DjangoImage {
  public constructor(private readonly repositoryName: string, private readonly tagOrDigest: string) {
    super();
  }

  public bind(scope: Construct): ecs.ContainerImage {
    if (!Token.isUnresolved(this.repositoryName) && /[:@]|\.amazonaws\./.test(this.repositoryName)) {
      throw new Error(definitionError(scope, 'DjangoImage', [
        `'repositoryName' must be the name of the repository alone, got ${JSON.stringify(this.repositoryName)}: give the tag as the second argument`,
      ]));
    }
    warnAboutMovingTag(scope, `${this.repositoryName}:${this.tagOrDigest}`, this.tagOrDigest);
    const repository = ecr.Repository.fromRepositoryName(scope, 'Repository', this.repositoryName);
    return ecs.ContainerImage.fromEcrRepository(repository, this.tagOrDigest);
  }
}

class GivenImage extends DjangoImage {
  public constructor(private readonly image: ecs.ContainerImage) {
    super();
  }

  public bind(): ecs.ContainerImage {
    return this.image;
  }
}

function directoryProblem(directory: string, file: string): string | undefined {
  const path = resolve(directory);
  if (!existsSync(path)) {
    return `the directory ${JSON.stringify(directory)} does not exist: looked for ${JSON.stringify(path)}, relative to the working directory`;
  }
  if (!statSync(path).isDirectory()) {
    return `${JSON.stringify(directory)} must be a directory, it is a file: give the directory that holds the Dockerfile`;
  }
  if (!existsSync(join(path, file))) {
    return `the directory ${JSON.stringify(path)} has no ${JSON.stringify(file)}: add it, or name another with 'file'`;
  }
  return undefined;
}

function tagOf(image: string): string {
  if (image.includes('@')) {
    return image.slice(image.indexOf('@') + 1);
  }
  return image.match(/:([^/:]+)$/)?.[1] ?? 'latest';
}

function warnAboutMovingTag(scope: Construct, image: string, tag: string): void {
  if (tag === 'latest') {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:moving-tag',
      `The image ${JSON.stringify(image)} has the tag 'latest', which moves: a new image under it starts no release (no migrations) and a task ` +
      'that restarts may run other code than its neighbours. Give the tag of a build, e.g. the commit, or a digest.');
  }
}
