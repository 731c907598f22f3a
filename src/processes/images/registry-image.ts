import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { RegistryImageOptions } from './django-image-options';
import { ecrCallFor, IMAGE_REFERENCE, optionsProblem, requireImage, tagOf, warnAboutMovingTag } from './image-reference';
import { tagParameterProblem, withTagParameters } from './tag-parameter';
import { secretNameProblem, textProblem } from '../../private/secret-name';
import { show } from '../../private/validation';

/** An image of any registry. */
export function registryImage(scope: Construct, image: string, options: RegistryImageOptions): ecs.ContainerImage {
  const { credentialsSecretName } = options;
  requireImage(scope, [optionsProblem(options), referenceProblem(image) ?? tagParameterProblem(image), credentialsProblem(credentialsSecretName)]);
  if (!Token.isUnresolved(image)) {
    warnAboutMovingTag(scope, image, tagOf(image));
  }
  return ecs.ContainerImage.fromRegistry(withTagParameters(scope, image), {
    credentials: credentialsSecretName
      ? secretsmanager.Secret.fromSecretNameV2(scope, 'RegistryCredentials', credentialsSecretName)
      : undefined,
  });
}

function referenceProblem(image: string): string | undefined {
  const problem = textProblem('the image', image);
  if (problem) {
    return problem;
  }
  const call = ecrCallFor(image, Token.isUnresolved(image) ? '<tag>' : tagOf(image));
  if (call) {
    return `the image ${show(image)} is in a private ECR repository, which the tasks have no right to read: use ${call}`;
  }
  return Token.isUnresolved(image) || IMAGE_REFERENCE.test(image)
    ? undefined
    : `the image must be 'registry/name:tag' with the name in lower case and without a scheme, got ${show(image)}`;
}

function credentialsProblem(secretName?: string): string | undefined {
  return secretName === undefined || secretName === null
    ? undefined
    : secretNameProblem("'credentialsSecretName'", secretName, '`DjangoImage.of(ecs.ContainerImage.fromRegistry(..., { credentials }))`');
}
