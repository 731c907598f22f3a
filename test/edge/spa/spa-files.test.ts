import { mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { SpaSource } from '../../../src/edge/spa/source/spa-source';
import { SpaFiles, SpaFilesSettings } from '../../../src/edge/spa/spa-files';
import { fromPython, newStack, TOKEN } from '../../helpers';

const DIRECTORY = mkdtempSync(join(tmpdir(), 'spa-'));
writeFileSync(join(DIRECTORY, 'index.html'), 'page');

function define(settings: Partial<SpaFilesSettings> | ((stack: Stack) => Partial<SpaFilesSettings>) = {}) {
  const stack = newStack();
  const files = new SpaFiles(stack, 'Files', {
    source: SpaSource.directory(DIRECTORY),
    removalPolicy: RemovalPolicy.RETAIN,
    logRetention: RetentionDays.ONE_MONTH,
    ...typeof settings === 'function' ? settings(stack) : settings,
  });
  const distribution = new cloudfront.Distribution(stack, 'Distribution', { defaultBehavior: { origin: new HttpOrigin('origin.example.com') } });
  const published = files.publishTo(distribution);
  return { stack, files, distribution, published, template: Template.fromStack(stack) };
}

/** Actions that the handler may do, by what it may do them with. */
function rightsOf({ stack, files, template }: ReturnType<typeof define>): Record<string, string[]> {
  const names: [unknown, string][] = [
    [stack.resolve(files.bucket.arnForObjects('*')), 'objects'], [stack.resolve(files.bucket.bucketArn), 'bucket'],
  ];
  const [role] = Object.values(template.findResources('AWS::IAM::Role'));
  const statements: any[] = role.Properties.Policies[0].PolicyDocument.Statement;
  return Object.fromEntries(statements.map(({ Action, Resource }) => [
    names.find(([value]) => JSON.stringify(value) === JSON.stringify(Resource))?.[1] ?? (JSON.stringify(Resource).includes('.zip') ? 'build' : 'logs'), [Action].flat(),
  ]));
}

describe('the bucket', () => {
  test('is private, encrypted and reached by TLS only, and stays', () => {
    const { template } = define();
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
        Tags: Match.absent(),
      },
    });
    template.hasResource('AWS::S3::BucketPolicy', { DeletionPolicy: 'Retain', Properties: { PolicyDocument: { Statement: [{ Effect: 'Deny' }, { Effect: 'Deny' }] } } });
  });

  test('is kept by a failed first deployment too, which could not delete it', () => {
    const { template } = define({ removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('lets superseded files expire after 30 days, and no others', () => {
    define().template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          { ExpirationInDays: 30, Status: 'Enabled', TagFilters: [{ Key: 'superseded', Value: 'true' }] },
          { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, ExpirationInDays: Match.absent(), Status: 'Enabled' },
        ],
      },
      VersioningConfiguration: Match.absent(),
    });
  });

  test('says that it may be emptied where it goes', () => {
    const { template } = define({ removalPolicy: RemovalPolicy.DESTROY });
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete', Properties: { Tags: [{ Key: 'emptied-on-delete', Value: 'true' }] } });
    template.hasResource('AWS::S3::BucketPolicy', { DeletionPolicy: 'Delete' });
    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
    template.hasResourceProperties('Custom::SpaFiles', { EmptyOnDelete: 'true' });
  });

  test('keeps its logical id', () => {
    const { stack, files } = define();
    expect(stack.getLogicalId(files.bucket.node.defaultChild as s3.CfnBucket)).toBe('FilesBucket7C17EE2E');
  });
});

describe('what publishes the files', () => {
  test('gets all that it needs', () => {
    const { stack, files, distribution, template } = define({ config: { siteName: 'Shop' }, immutablePaths: ['/assets/*'] });
    template.hasResourceProperties('Custom::SpaFiles', {
      ConstructPath: 'Stack/Files',
      BucketName: stack.resolve(files.bucket.bucketName),
      DistributionId: stack.resolve(distribution.distributionId),
      SourceBucket: { 'Fn::Sub': Match.stringLikeRegexp('^cdk-.*-assets-') },
      SourceKey: Match.stringLikeRegexp('^[0-9a-f]{64}\\.zip$'),
      Config: '{"siteName":"Shop"}',
      ImmutablePaths: ['/assets/*'],
      EmptyOnDelete: Match.absent(),
      ServiceTimeout: '420',
    });
  });

  test('gets nothing that is left out', () => {
    const { template } = define(fromPython({}, 'config', 'immutablePaths'));
    template.hasResourceProperties('Custom::SpaFiles', { Config: Match.absent(), ImmutablePaths: Match.absent() });
  });

  test('gets a configuration that is known at deployment only', () => {
    const { template } = define((scope) => ({ config: { region: scope.region, later: TOKEN.string() } }));
    template.hasResourceProperties('Custom::SpaFiles', { Config: { 'Fn::Join': ['', ['{"region":"', { Ref: 'AWS::Region' }, '","later":"later"}']] } });
  });

  test('answers before CloudFormation gives up', () => {
    const { template } = define();
    template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'spa-files/index.handler', Timeout: 300, MemorySize: 1024, Runtime: 'python3.14' });
    template.hasResourceProperties('Custom::SpaFiles', { ServiceTimeout: '420' });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('may read its build, write and mark files, and no more', () => {
    expect(rightsOf(define())).toEqual({
      objects: ['s3:PutObject', 's3:GetObject', 's3:GetObjectTagging', 's3:PutObjectTagging'],
      bucket: ['s3:ListBucket'],
      build: ['s3:GetObject'],
      logs: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    });
  });

  test('may delete files only where the bucket goes', () => {
    expect(rightsOf(define({ removalPolicy: RemovalPolicy.DESTROY }))).toMatchObject({
      objects: ['s3:PutObject', 's3:GetObject', 's3:GetObjectTagging', 's3:PutObjectTagging', 's3:DeleteObject'],
      bucket: ['s3:ListBucket', 's3:GetBucketTagging'],
    });
  });

  test('may invalidate in this distribution only', () => {
    const { stack, distribution, template } = define();
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{
          Effect: 'Allow',
          Action: 'cloudfront:CreateInvalidation',
          Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudfront::', { Ref: 'AWS::AccountId' }, ':distribution/', stack.resolve(distribution.distributionId)]] },
        }],
      },
    });
  });

  test('comes after the distribution and all rights; its function, role and logs wait for neither', () => {
    const { template } = define();
    const resources = template.toJSON().Resources as Record<string, any>;
    const needs = (name: string, seen = new Set<string>()): Set<string> => {
      const text = JSON.stringify([resources[name].Properties, [resources[name].DependsOn ?? []].flat().map((Ref) => ({ Ref }))]);
      [...text.matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)/g)].map(([, found]) => found).filter((found) => found in resources && !seen.has(found))
        .forEach((found) => needs(found, seen.add(found)));
      return seen;
    };
    const ofType = (type: string) => Object.keys(resources).find((name) => resources[name].Type === type)!;
    const distribution = ofType('AWS::CloudFront::Distribution');
    const types = [...needs(ofType('Custom::SpaFiles'))].map((name) => resources[name].Type).sort();
    expect(types).toEqual([
      'AWS::CloudFront::Distribution', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy',
    ]);
    ['AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::Logs::LogGroup', 'AWS::S3::Bucket'].forEach((type) => expect(needs(ofType(type))).not.toContain(distribution));
  });

  test('is seven resources, bucket and all', () => {
    const { template } = define();
    expect(Object.values(template.toJSON().Resources).filter((resource: any) => !resource.Type.startsWith('AWS::CloudFront'))).toHaveLength(7);
  });
});

describe('files that somebody else publishes', () => {
  const external = { source: SpaSource.external() };

  test('need a bucket only', () => {
    const { published, template } = define(external);
    expect(published).toBeUndefined();
    expect(Object.values(template.toJSON().Resources).map((resource: any) => resource.Type).sort()).toEqual([
      'AWS::CloudFront::Distribution', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy',
    ]);
  });

  test('get their configuration from the stack, by a handler that may write and no more', () => {
    const defined = define({ ...external, config: { siteName: 'Shop' } });
    defined.template.hasResourceProperties('Custom::SpaFiles', { Config: '{"siteName":"Shop"}', SourceBucket: Match.absent(), SourceKey: Match.absent() });
    expect(rightsOf(defined)).toEqual({ objects: ['s3:PutObject'], logs: ['logs:CreateLogStream', 'logs:PutLogEvents'] });
  });

  test('are deleted with a bucket that goes, by a handler that may delete and no more', () => {
    const defined = define({ ...external, removalPolicy: RemovalPolicy.DESTROY });
    defined.template.hasResourceProperties('Custom::SpaFiles', { EmptyOnDelete: 'true' });
    expect(rightsOf(defined)).toEqual({
      objects: ['s3:DeleteObject'], bucket: ['s3:ListBucket', 's3:GetBucketTagging'], logs: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    });
  });

  test('lie in the same bucket as before', () => {
    const idOf = ({ stack, files }: ReturnType<typeof define>) => stack.getLogicalId(files.bucket.node.defaultChild as s3.CfnBucket);
    expect(idOf(define(external))).toBe(idOf(define()));
  });
});

test('two of them stand in one stack', () => {
  const stack = newStack();
  const settings = { source: SpaSource.directory(DIRECTORY), removalPolicy: RemovalPolicy.RETAIN, logRetention: RetentionDays.ONE_MONTH };
  ['One', 'Two'].forEach((id) => new SpaFiles(stack, id, settings));
  Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 2);
});
