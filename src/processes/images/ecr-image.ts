import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Annotations, Resource, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { EcrImageOptions } from './django-image-options';
import { ecrCallFor, optionsProblem, REPOSITORY, requireImage, tagProblem, warnAboutMovingTag } from './image-reference';
import { tagParameterProblem, withTagParameters } from './tag-parameter';
import { textProblem } from '../../private/secret-name';
import { isOf } from '../../private/shapes';
import { matches, show } from '../../private/validation';

const ACCOUNT = matches<EcrImageOptions>('account', /^\d{12}$/, 'be the 12 digits of an account, as text');
const REGION = matches<EcrImageOptions>('region', /^[a-z]{2,}(-[a-z]+)+-\d$/, "be a region like 'eu-central-1'");

/** An image of a repository by its name. */
export function ecrImage(scope: Construct, repositoryName: string, tagOrDigest: string, options: EcrImageOptions): ecs.ContainerImage {
  requireImage(scope, [
    optionsProblem(options), nameProblem(repositoryName), tagProblem(tagOrDigest) ?? tagParameterProblem(tagOrDigest), ACCOUNT(options), REGION(options),
  ]);
  warnAboutMovingTag(scope, `${repositoryName}:${tagOrDigest}`, tagOrDigest);
  const { account, region } = options;
  const repository = account === undefined && region === undefined
    ? ecr.Repository.fromRepositoryName(scope, 'Repository', repositoryName)
    : ecr.Repository.fromRepositoryAttributes(scope, 'Repository', {
      repositoryName,
      repositoryArn: Stack.of(scope).formatArn({ service: 'ecr', account, region, resource: 'repository', resourceName: repositoryName }),
    });
  return ecs.ContainerImage.fromEcrRepository(repository, withTagParameters(scope, tagOrDigest));
}

/** An image of a repository that is a construct. */
export function repositoryImage(scope: Construct, repository: ecr.IRepository, tagOrDigest: string): ecs.ContainerImage {
  requireImage(scope, [repositoryProblem(repository), tagProblem(tagOrDigest) ?? tagParameterProblem(tagOrDigest)]);
  warnAboutMovingTag(scope, `${Token.isUnresolved(repository.repositoryName) ? repository.node.id : repository.repositoryName}:${tagOrDigest}`, tagOrDigest);
  if (Resource.isOwnedResource(repository) && Stack.of(repository) === Stack.of(scope)) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:empty-repository',
      'The repository of the image is made by the same stack, so it is empty at the first deployment, which fails because nothing can be pulled. Make it in a ' +
      'stack of its own: deploy that, push the image, then deploy this one.');
  }
  return ecs.ContainerImage.fromEcrRepository(repository, withTagParameters(scope, tagOrDigest));
}

function nameProblem(name: string): string | undefined {
  const problem = textProblem("'repositoryName'", name);
  if (problem || Token.isUnresolved(name)) {
    return problem;
  }
  const call = ecrCallFor(name, '<tag>');
  if (call) {
    return `'repositoryName' must be the name of the repository alone, got the URI ${show(name)}: use ${call}`;
  }
  return REPOSITORY.test(name)
    ? undefined
    : `'repositoryName' must be the name of the repository alone, in lower case, got ${show(name)}: give the tag as the second argument`;
}

function repositoryProblem(repository: unknown): string | undefined {
  if (isOf({ member: 'repository' }, repository)) {
    return "the repository must be an ecr.IRepository, got an ImageRepository: give its 'repository'";
  }
  return isOf({ member: 'repositoryUri' }, repository)
    ? undefined
    : `the repository must be an ecr.IRepository, got ${show(repository)}: use DjangoImage.fromEcr('shop', '4f2a9c1') for its name`;
}
