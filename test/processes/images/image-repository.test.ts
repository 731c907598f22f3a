import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { DjangoImage } from '../../../src/processes/images/django-image';
import { ImageRepository } from '../../../src/processes/images/image-repository';
import { ImageRepositoryProps } from '../../../src/processes/images/image-repository-props';
import { fromPython, givenVpc, messageOf, newStack, TOKEN } from '../../helpers';

const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];
const PUSH = ['ecr:CompleteLayerUpload', 'ecr:UploadLayerPart', 'ecr:InitiateLayerUpload', 'ecr:PutImage'];
const LOGIN = { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' };

function define(props?: ImageRepositoryProps, stack = newStack()) {
  const images = new ImageRepository(stack, 'Images', props);
  return { stack, images };
}

function resourceOf(stack: Stack): any {
  return Object.values(Template.fromStack(stack).findResources('AWS::ECR::Repository'))[0];
}

function keptBy(stack: Stack): unknown[] {
  return JSON.parse(resourceOf(stack).Properties.LifecyclePolicy.LifecyclePolicyText).rules
    .map(({ selection }: any) => [selection.tagStatus, selection.countType, selection.countNumber]);
}

describe('a repository by default', () => {
  const { stack } = define();

  // The images are data: what runs is started again from them.
  test('is kept beyond its own removal, under a logical id that is held, and is all there is', () => {
    const { Resources: resources } = Template.fromStack(stack).toJSON();
    expect(Object.keys(resources)).toEqual(['ImagesRepository2D0F5B9C']);
    expect(resources.ImagesRepository2D0F5B9C).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  test('scans what is pushed, and lets each tag stay with its image', () => {
    const { Properties: properties } = resourceOf(stack);
    expect(properties).toMatchObject({ ImageScanningConfiguration: { ScanOnPush: true }, ImageTagMutability: 'IMMUTABLE' });
    ['RepositoryName', 'EmptyOnDelete', 'ImageTagMutabilityExclusionFilters', 'RepositoryPolicyText', 'EncryptionConfiguration']
      .forEach((name) => expect(properties[name]).toBeUndefined());
  });

  test('keeps the last ten images that have a tag, and others for a week', () => {
    expect(keptBy(stack)).toEqual([['untagged', 'sinceImagePushed', 7], ['tagged', 'imageCountMoreThan', 10]]);
  });

  test('is the default where Python leaves it out', () => {
    const props = fromPython({}, 'repositoryName', 'keepImages', 'movingTags', 'pullAccounts', 'encryptionKey', 'removalPolicy');
    expect(Template.fromStack(define(props).stack).toJSON()).toEqual(Template.fromStack(stack).toJSON());
  });
});

describe('each setting of a repository', () => {
  test('can be chosen: its name', () => {
    expect(resourceOf(define({ repositoryName: 'acme/shop' }).stack).Properties.RepositoryName).toBe('acme/shop');
  });

  test('can be chosen: how many images are kept', () => {
    expect(keptBy(define({ keepImages: 50 }).stack)[1]).toEqual(['tagged', 'imageCountMoreThan', 50]);
  });

  test('can be chosen: the tags that move', () => {
    expect(resourceOf(define({ movingTags: ['latest', 'env-*'] }).stack).Properties).toMatchObject({
      ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      ImageTagMutabilityExclusionFilters: ['latest', 'env-*']
        .map((value) => ({ ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: value })),
    });
  });

  test('can be chosen: a key of your own', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    define({ encryptionKey }, stack);
    expect(resourceOf(stack).Properties.EncryptionConfiguration).toEqual({ EncryptionType: 'KMS', KmsKey: stack.resolve(encryptionKey.keyArn) });
  });

  test('can be chosen: that it goes with its images', () => {
    expect(resourceOf(define({ removalPolicy: RemovalPolicy.DESTROY }).stack)).toMatchObject({ DeletionPolicy: 'Delete', Properties: { EmptyOnDelete: true } });
    expect(resourceOf(define({ removalPolicy: RemovalPolicy.RETAIN }).stack).Properties.EmptyOnDelete).toBeUndefined();
  });

  test('can be known at deployment only', () => {
    const { stack } = define({ repositoryName: TOKEN.string(), keepImages: TOKEN.number(7), pullAccounts: [TOKEN.string()] });
    expect(keptBy(stack)[1]).toEqual(['tagged', 'imageCountMoreThan', 7]);
    expect(resourceOf(stack).Properties.RepositoryName).toBe('later');
  });
});

describe('rights to a repository', () => {
  const role = (stack: Stack) => new iam.Role(stack, 'Pipeline', { assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com') });

  test.each<[string, (images: ImageRepository, role: iam.Role) => void, string[]]>([
    ['push and pull', (images, grantee) => images.grantPush(grantee), [...PULL, ...PUSH]],
    ['pull', (images, grantee) => images.grantPull(grantee), PULL],
  ])('to %s are given for it alone', (_, grant, actions) => {
    const { stack, images } = define();
    grant(images, role(stack));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: stack.resolve(images.repository.repositoryArn) }, LOGIN] },
    });
  });

  test('to pull are given to other accounts by its own policy', () => {
    const { stack } = define({ pullAccounts: ['210987654321'] });
    expect(resourceOf(stack).Properties.RepositoryPolicyText.Statement).toEqual([{
      Effect: 'Allow',
      Action: PULL,
      Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::210987654321:root']] } },
    }]);
  });

  test.each<[string, (images: ImageRepository) => void]>([
    ['grantPush', (images) => images.grantPush('role' as any)], ['grantPull', (images) => images.grantPull('role' as any)],
  ])('are refused to what is nobody: %s', (_, grant) => {
    expect(messageOf(() => grant(define().images))).toBe(["ImageRepository at 'Stack/Images' cannot be defined:",
      "- 'grantee' must be an iam.IGrantable, got \"role\": give a role, or what has one, e.g. a ProcessDefinition or a function"].join('\n'));
  });
});

test('a repository in a stack of its own does not need what runs its images', () => {
  const app = new App();
  const { images } = define({}, new Stack(app, 'Images'));
  const stack = new Stack(app, 'Shop');
  new ProcessDefinition(stack, 'Process', { vpc: givenVpc(stack), image: DjangoImage.fromRepository(images.repository, '4f2a9c1'), command: ['gunicorn'] });
  const assembly = app.synth();
  expect(assembly.getStackByName('Shop').dependencies.map(({ id }) => id)).toContain('Images');
  expect(assembly.getStackByName('Images').dependencies.map(({ id }) => id)).not.toContain('Shop');
});

describe('a repository is refused with', () => {
  test.each<[string, any, string[]]>([
    ['a name in capitals', { repositoryName: 'Shop' }, ["'repositoryName' must be 2 to 256 lower-case letters, digits and the characters . _ - / between them, got \"Shop\""]],
    ['a URI', { repositoryName: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/shop' },
      ["'repositoryName' must be the name of the repository alone, got the URI \"123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/shop\": use \"acme/shop\""]],
    ['a name with a tag', { repositoryName: 'shop:1' }, ["'repositoryName' must be 2 to 256 lower-case letters, digits and the characters . _ - / between them, got \"shop:1\""]],
    ['a name of one letter', { repositoryName: 'a' }, ["'repositoryName' must be 2 to 256 lower-case letters, digits and the characters . _ - / between them, got \"a\""]],
    ['no images', { keepImages: 0 }, ["'keepImages' must be a whole number between 1 and 1000, got 0"]],
    ['one tag', { movingTags: 'latest' }, ["'movingTags' must be a list of strings, got \"latest\": write [\"latest\"]"]],
    ['what is no tag', { movingTags: ['a b', 'a*b*c*', TOKEN.string()] }, [
      "'movingTags' must hold tags of letters, digits and the characters . _ -, with '*' for any, got \"a b\"",
      "'movingTags' must hold tags with two '*' at most, got \"a*b*c*\"",
      "'movingTags' must hold tags of letters, digits and the characters . _ -, with '*' for any, got a token",
    ]],
    ['many tags', { movingTags: ['a', 'b', 'c', 'd', 'e', 'f'] }, ["'movingTags' must be 5 at most, got 6"]],
    ['what is no account', { pullAccounts: ['123', 'arn:aws:iam::123456789012:root'] }, [
      "'pullAccounts' must hold the 12 digits of each account, got \"123\"",
      "'pullAccounts' must hold the 12 digits of each account, got \"arn:aws:iam::123456789012:root\"",
    ]],
    ['the ARN of a key', { encryptionKey: 'arn:aws:kms:eu-central-1:1:key/1' },
      ["'encryptionKey' must be a kms.IKey, got \"arn:aws:kms:eu-central-1:1:key/1\": use kms.Key.fromKeyArn(this, 'Key', 'arn:…')"]],
    ['a snapshot', { removalPolicy: RemovalPolicy.SNAPSHOT },
      ["'removalPolicy' must not be RemovalPolicy.SNAPSHOT: a repository has no snapshots; use RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE"]],
  ])('%s', (_, props, reasons) => {
    expect(messageOf(() => define(props))).toBe(["ImageRepository at 'Stack/Images' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n'));
  });
});
