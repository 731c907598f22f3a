import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, maybe, noMember, noObject, noStrings, outside, removalPolicy } from './arbitraries';
import { describeProperties } from './subject';
import { ImageRepository } from '../../src/processes/images/image-repository';
import { ImageRepositoryProps } from '../../src/processes/images/image-repository-props';
import { TOKEN } from '../helpers';

const name = fc.stringMatching(/^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:-[a-z0-9]+)*){0,2}$/).filter((text) => text.length >= 2 && text.length <= 256);
const account = fc.stringMatching(/^\d{12}$/);
const tag = fc.stringMatching(/^\*?[\w.-]{1,20}\*?$/);

const valid: fc.Arbitrary<ImageRepositoryProps> = fc.record({
  repositoryName: maybe(name),
  keepImages: maybe(between(1, 1000)),
  movingTags: maybe(fc.array(tag, { maxLength: 5 })),
  pullAccounts: maybe(fc.array(account, { maxLength: 3 })),
  removalPolicy: maybe(removalPolicy(RemovalPolicy.SNAPSHOT)),
});

function expectOf(template: Template, options: ImageRepositoryProps): void {
  const [{ Properties: repository, DeletionPolicy: policy }] = Object.values(template.findResources('AWS::ECR::Repository'));
  const { rules } = JSON.parse(repository.LifecyclePolicy.LifecyclePolicyText);
  expect(rules.map(({ selection }: any) => selection.countNumber)).toEqual([7, options.keepImages ?? 10]);
  expect(repository.ImageScanningConfiguration).toEqual({ ScanOnPush: true });
  // Tags stay with their images, but for those that were named.
  expect(repository.ImageTagMutability).toMatch(/^IMMUTABLE/);
  expect(repository.ImageTagMutabilityExclusionFilters?.length ?? 0).toBe(options.movingTags?.length ?? 0);
  // What cannot be deleted with images in it is either kept or emptied.
  expect(repository.EmptyOnDelete ?? false).toBe(policy === 'Delete');
}

describeProperties<ImageRepositoryProps>({
  name: 'ImageRepository',
  define: (stack, options) => {
    const repository = new ImageRepository(stack, 'ImageRepository', options);
    repository.grantPush(iam.Role.fromRoleName(stack, 'Pipeline', 'pipeline'));
  },
  valid,
  expectOf,
  invalid: [
    ['repositoryName', fc.oneof(between(0, 99), fc.constantFrom('', 'a', 'Shop', 'shop:1', 'shop/', '/shop', 'a..b', 'ä', 'a'.repeat(257), true, [], {}))],
    ['keepImages', outside(1, 1000)],
    ['movingTags', fc.oneof(noStrings, fc.constantFrom([''], ['a b'], ['***'], ['a', 'b', 'c', 'd', 'e', 'f'], ['x'.repeat(129)]))],
    ['pullAccounts', fc.oneof(noStrings, fc.constantFrom([''], ['123'], ['arn:aws:iam::123456789012:root']))],
    ['encryptionKey', noObject],
    ['removalPolicy', noMember],
  ],
  tokens: [['repositoryName', TOKEN.string], ['keepImages', () => TOKEN.number(20)], ['pullAccounts', () => [TOKEN.string()]]],
});
