import { existsSync, statSync } from 'fs';
import { isAbsolute, join, relative, resolve } from 'path';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Annotations, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CpuArchitecture } from './cpu-architecture';
import { secretNameProblem, textProblem } from '../private/secret-name';
import { definitionError } from '../private/validation';

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

const NAME = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const REPOSITORY = new RegExp(`^${NAME}(?:/${NAME})*$`);
/** @see https://github.com/distribution/reference/blob/main/reference.go */
const IMAGE_REFERENCE = new RegExp(`^(?:[a-zA-Z0-9.-]+(?::\\d+)?/)?${NAME}(?:/${NAME})*(?::\\w[\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`);
const PRIVATE_ECR = /^\d{12}\.dkr\.ecr[^/]*\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

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
    const problem = directoryProblem(this.directory, file) ?? buildArgsProblem(this.options.buildArgs);
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
    const { credentialsSecretName } = this.options;
    const problems = [referenceProblem(this.image), credentialsProblem(credentialsSecretName)].filter((problem) => problem !== undefined);
    if (problems.length > 0) {
      throw new Error(definitionError(scope, 'DjangoImage', problems));
    }
    if (!Token.isUnresolved(this.image)) {
      warnAboutMovingTag(scope, this.image, tagOf(this.image));
    }
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
    const problems = [repositoryProblem(this.repositoryName), tagProblem(this.tagOrDigest)].filter((problem) => problem !== undefined);
    if (problems.length > 0) {
      throw new Error(definitionError(scope, 'DjangoImage', problems));
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

  public bind(scope: Construct): ecs.ContainerImage {
    const problem = containerImageProblem(this.image);
    if (problem) {
      throw new Error(definitionError(scope, 'DjangoImage', [problem]));
    }
    return this.image;
  }
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
  const tokens = Object.keys(buildArgs).filter((name) => Token.isUnresolved(buildArgs[name]));
  return tokens.length > 0
    ? `'buildArgs' must be known at synthesis, because the image is built before the deployment, got tokens for ${tokens.join(', ')}: ` +
      'give plain values, or hand them over as environment variables'
    : undefined;
}

function referenceProblem(image: string): string | undefined {
  const problem = textProblem('the image', image);
  if (problem || Token.isUnresolved(image)) {
    return problem;
  }
  const ecrName = image.match(PRIVATE_ECR);
  if (ecrName) {
    return `the image ${JSON.stringify(image)} is in a private ECR repository, which the tasks have no right to read: use DjangoImage.fromEcr('${ecrName[1]}', ` +
      `'${tagOf(image)}'), or DjangoImage.of(ecs.ContainerImage.fromEcrRepository(...)) for one of another account or region`;
  }
  return IMAGE_REFERENCE.test(image)
    ? undefined
    : `the image must be 'registry/name:tag' with the name in lower case and without a scheme, got ${JSON.stringify(image)}`;
}

function credentialsProblem(secretName?: string): string | undefined {
  return secretName === undefined || secretName === null
    ? undefined
    : secretNameProblem("'credentialsSecretName'", secretName, '`DjangoImage.of(ecs.ContainerImage.fromRegistry(..., { credentials }))`');
}

/** By its shape, because a user's own copy of CDK has an `ecs.ContainerImage` of its own. */
function containerImageProblem(image: unknown): string | undefined {
  if (typeof (image as ecs.ContainerImage | undefined)?.bind === 'function') {
    return undefined;
  }
  return `the image must be an ecs.ContainerImage, got ${image !== null && typeof image === 'object' ? 'another object' : JSON.stringify(image) ?? String(image)}: ` +
    'use DjangoImage.fromRegistry(...), .fromEcr(...) or .fromDirectory(...) for text';
}

function repositoryProblem(name: string): string | undefined {
  const problem = textProblem("'repositoryName'", name);
  if (problem || Token.isUnresolved(name)) {
    return problem;
  }
  const uri = name.match(PRIVATE_ECR);
  if (uri) {
    return `'repositoryName' must be the name of the repository alone, got the URI ${JSON.stringify(name)}: give '${uri[1]}', ` +
      'or use DjangoImage.of(ecs.ContainerImage.fromEcrRepository(...)) for a repository of another account or region';
  }
  return REPOSITORY.test(name)
    ? undefined
    : `'repositoryName' must be the name of the repository alone, in lower case, got ${JSON.stringify(name)}: give the tag as the second argument`;
}

function tagProblem(tagOrDigest: string): string | undefined {
  return textProblem("'tagOrDigest'", tagOrDigest) ?? wrongTag(tagOrDigest);
}

function wrongTag(tagOrDigest: string): string | undefined {
  return Token.isUnresolved(tagOrDigest) || TAG.test(tagOrDigest) || DIGEST.test(tagOrDigest)
    ? undefined
    : `'tagOrDigest' must be a tag like '4f2a9c1' or a digest like 'sha256:…' with 64 hexadecimal digits, got ${JSON.stringify(tagOrDigest)}`;
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
