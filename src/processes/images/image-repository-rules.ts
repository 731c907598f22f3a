import { RemovalPolicy } from 'aws-cdk-lib/core';
import { ecrCallFor, REPOSITORY } from './image-reference';
import { ImageRepositoryProps } from './image-repository-props';
import { an, aRemovalPolicy, KEY, shaped, strings } from '../../private/shapes';
import { integerBetween, isKnown, joined, matches, Rule, show } from '../../private/validation';

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html */
const MAX_MOVING_TAGS = 5;
const TAG_FILTER = /^[\w.*-]{1,128}$/;

/** What holds for the props of an `ImageRepository`. */
export const IMAGE_REPOSITORY_RULES: Rule<ImageRepositoryProps>[] = shaped<ImageRepositoryProps>({
  movingTags: strings,
  pullAccounts: strings,
  encryptionKey: an(KEY),
  removalPolicy: aRemovalPolicy,
}, [
  ({ repositoryName: name }) => isKnown(name) && typeof name === 'string' && ecrCallFor(name, '<tag>')
    ? `'repositoryName' must be the name of the repository alone, got the URI ${show(name)}: use ${show(name.slice(name.indexOf('/') + 1))}`
    : undefined,
  ({ repositoryName: name }) => isKnown(name) && !(typeof name === 'string' && name.length >= 2 && name.length <= 256 && REPOSITORY.test(name))
    ? `'repositoryName' must be 2 to 256 lower-case letters, digits and the characters . _ - / between them, got ${show(name)}`
    : undefined,
  integerBetween('keepImages', 1, 1000),
  ({ movingTags = [] }) => movingTags.length > MAX_MOVING_TAGS ? `'movingTags' must be ${MAX_MOVING_TAGS} at most, got ${movingTags.length}` : undefined,
  ({ movingTags = [] }) => joined(movingTags.map((tag) => tagFilterProblem(tag) && `'movingTags' must ${tagFilterProblem(tag)}`)),
  ({ pullAccounts = [] }) => joined(pullAccounts.map((account) => matches<{ account: string }>('account', /^\d{12}$/, 'be')({ account })
    && `'pullAccounts' must hold the 12 digits of each account, got ${show(account)}`)),
  ({ removalPolicy }) => removalPolicy === RemovalPolicy.SNAPSHOT
    ? "'removalPolicy' must not be RemovalPolicy.SNAPSHOT: a repository has no snapshots; use RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE"
    : undefined,
]);

function tagFilterProblem(tag: string): string | undefined {
  if (!TAG_FILTER.test(tag)) {
    return `hold tags of letters, digits and the characters . _ -, with '*' for any, got ${show(tag)}`;
  }
  return (tag.match(/\*/g) ?? []).length > 2 ? `hold tags with two '*' at most, got ${show(tag)}` : undefined;
}
