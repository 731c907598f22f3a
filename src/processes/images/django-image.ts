import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { directoryImage } from './directory-image';
import { DirectoryImageOptions, EcrImageOptions, RegistryImageOptions } from './django-image-options';
import { ecrImage, repositoryImage } from './ecr-image';
import { givenImage } from './given-image';
import { registryImage } from './registry-image';
import { withoutNulls } from '../../private/options';
import { CpuArchitecture } from '../definition/cpu-architecture';

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
    return new BoundImage((scope, architecture) => directoryImage(scope, architecture, directory, withoutNulls(options ?? {})), directory);
  }

  /**
   * An image in any registry.
   * @param image e.g. `ghcr.io/acme/shop:4f2a9c1` or `…@sha256:…`; a tag that moves is warned about
   * @param options credentials of a private registry
   */
  public static fromRegistry(image: string, options: RegistryImageOptions = {}): DjangoImage {
    return new BoundImage((scope) => registryImage(scope, image, withoutNulls(options ?? {})));
  }

  /**
   * An image in an ECR repository, of the stack's account and region or of another.
   * @param repositoryName name of the repository, not its URI
   * @param tagOrDigest the tag, or the digest (`sha256:…`); for a tag that a pipeline decides, `ImageTag.fromSsmParameter(...)`
   * @param options where the repository is
   */
  public static fromEcr(repositoryName: string, tagOrDigest: string, options: EcrImageOptions = {}): DjangoImage {
    return new BoundImage((scope) => ecrImage(scope, repositoryName, tagOrDigest, withoutNulls(options ?? {})));
  }

  /**
   * An image in an ECR repository that is a construct, e.g. the `repository` of an `ImageRepository`. Make the repository in a stack of its own: it is empty at
   * first, and tasks need the image.
   * @param repository the repository
   * @param tagOrDigest the tag, or the digest (`sha256:…`); for a tag that a pipeline decides, `ImageTag.fromSsmParameter(...)`
   */
  public static fromRepository(repository: ecr.IRepository, tagOrDigest: string): DjangoImage {
    return new BoundImage((scope) => repositoryImage(scope, repository, tagOrDigest));
  }

  /**
   * Any image as ECS knows it.
   * @param image the image
   */
  public static of(image: ecs.ContainerImage): DjangoImage {
    return new BoundImage((scope, architecture) => givenImage(scope, architecture, image));
  }

  /**
   * Directory that the image is built from; absent where it comes from elsewhere.
   * @internal
   */
  public readonly _directory?: string;

  /**
   * Binds the image to a scope. Called by the construct that runs it.
   * @param scope where an asset or an import may be made
   * @param architecture processor that the tasks run on
   */
  public abstract bind(scope: Construct, architecture: CpuArchitecture): ecs.ContainerImage;
}

class BoundImage extends DjangoImage {
  public constructor(
    private readonly binding: (scope: Construct, architecture: CpuArchitecture) => ecs.ContainerImage, public override readonly _directory?: string,
  ) {
    super();
  }

  public bind(scope: Construct, architecture: CpuArchitecture): ecs.ContainerImage {
    return this.binding(scope, architecture);
  }
}
