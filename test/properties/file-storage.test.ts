import { PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, days, maybe, noBoolean, noMember, noObject, noStrings, notMatching, prefix, removalPolicy } from './arbitraries';
import { describeProperties } from './subject';
import { FileStorage } from '../../src/backing-services/storage/file-storage';
import { BucketLayout, FileStorageOptions, StaticFiles } from '../../src/backing-services/storage/file-storage-props';
import { ProcessDuty } from '../../src/config/process';
import { RecordingProcess } from '../backing-services/recording-process';
import { TOKEN } from '../helpers';

const pattern = fc.tuple(fc.stringMatching(/^[a-z0-9]{3,20}$/), fc.constantFrom('', '*', '-*', '-*-exports')).map((parts) => parts.join(''));

const valid: fc.Arbitrary<FileStorageOptions> = fc.record({
  layout: fc.oneof(
    fc.record({
      bucketLayout: maybe(fc.constantFrom(...Object.values(BucketLayout))), priceClass: maybe(fc.constantFrom(...Object.values(PriceClass))),
    }),
    fc.constant({ staticFiles: StaticFiles.CLOUDFRONT }),
    fc.constant({ staticFiles: StaticFiles.IN_IMAGE }),
  ),
  versions: fc.oneof(
    fc.constant({ mediaVersioned: false }),
    fc.record({ mediaVersioned: maybe(fc.constant(true)), noncurrentVersionExpiration: maybe(days(1, 3650)) }),
  ),
  rest: fc.record({
    corsAllowedOrigins: maybe(fc.array(fc.tuple(fc.constantFrom('http', 'https'), fc.domain()).map((parts) => parts.join('://')), { maxLength: 4 })),
    additionalBuckets: maybe(fc.array(pattern, { maxLength: 4 })),
    removalPolicy: maybe(removalPolicy(RemovalPolicy.SNAPSHOT)),
    variablePrefix: maybe(prefix),
  }),
}).map(({ layout, versions, rest }) => ({ ...layout, ...versions, ...rest }));

describeProperties<FileStorageOptions>({
  name: 'FileStorage',
  define: (stack, options) => {
    const storage = new FileStorage(stack, 'FileStorage', options);
    [ProcessDuty.APPLICATION, ProcessDuty.RELEASE].forEach((duty) => storage.attachTo(new RecordingProcess(stack, `Process-${duty}`, duty)));
  },
  valid,
  expectOf: (template) => {
    template.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    });
    template.resourcePropertiesCountIs('AWS::S3::BucketPolicy', {}, Object.keys(template.findResources('AWS::S3::Bucket')).length);
    // Rights on named buckets, and by named actions.
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.filter(({ Action, Resource }) => /\*/.test(JSON.stringify(Action)) || [Resource].flat().includes('*'))).toEqual([]);
  },
  invalid: [
    ['mediaBucket', noObject],
    ['staticBucket', noObject],
    ['accessLogBucket', noObject],
    ['bucketLayout', noMember],
    ['staticFiles', noMember],
    ['mediaVersioned', noBoolean],
    ['noncurrentVersionExpiration', fc.oneof(between(0, 99), fc.string(), fc.constantFrom(Duration.days(0), Duration.hours(36), Duration.millis(1), {}, true))],
    ['encryptionKey', noObject],
    ['corsAllowedOrigins', fc.oneof(noStrings, fc.constantFrom(['*'], ['example.com'], ['https://example.com/'], ['https://*.example.com'], ['']))],
    ['additionalBuckets', fc.oneof(noStrings, fc.constantFrom(['*'], ['a*'], ['arn:aws:s3:::bucket'], ['Bucket'], ['bucket/key'], ['ab'], ['']))],
    ['priceClass', noMember],
    ['variablePrefix', notMatching(/^[A-Za-z_][A-Za-z0-9_]*_$/)],
    ['removalPolicy', fc.oneof(noMember, fc.constant(RemovalPolicy.SNAPSHOT))],
  ],
  tokens: [
    ['noncurrentVersionExpiration', TOKEN.days],
    ['corsAllowedOrigins', () => [TOKEN.string()]],
    ['additionalBuckets', () => [TOKEN.string()]],
  ],
});
