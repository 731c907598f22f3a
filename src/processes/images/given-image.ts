import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { platformOf } from './directory-image';
import { requireImage } from './image-reference';
import { CpuArchitecture } from '../definition/cpu-architecture';

/** An image as ECS knows it. */
export function givenImage(scope: Construct, architecture: CpuArchitecture, image: ecs.ContainerImage): ecs.ContainerImage {
  requireImage(scope, [containerImageProblem(image)]);
  const { platform: wanted } = platformOf(architecture);
  // Only what is built from a directory tells its platform, and only by what CDK keeps for itself.
  const { directory, props } = image as unknown as { readonly directory?: string; readonly props?: ecs.AssetImageProps };
  if (directory !== undefined && props?.platform?.platform !== wanted) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:image-platform',
      (props?.platform ? `The image is built for ${props.platform.platform}` : 'The image is built for the processor of the machine that deploys') +
      ` and the tasks run on ${wanted}: on another one they stop with 'exec format error'. Use DjangoImage.fromDirectory(...), which builds for the tasks, or give ` +
      `the asset \`platform: Platform.${architecture === CpuArchitecture.ARM64 ? 'LINUX_ARM64' : 'LINUX_AMD64'}\`.`);
  }
  return image;
}

/** By its shape, because a user's own copy of CDK has an `ecs.ContainerImage` of its own. */
function containerImageProblem(image: unknown): string | undefined {
  if (typeof (image as ecs.ContainerImage | undefined)?.bind === 'function') {
    return undefined;
  }
  return `the image must be an ecs.ContainerImage, got ${image !== null && typeof image === 'object' ? 'another object' : JSON.stringify(image) ?? String(image)}: ` +
    'use DjangoImage.fromRegistry(...), .fromEcr(...) or .fromDirectory(...) for text';
}
