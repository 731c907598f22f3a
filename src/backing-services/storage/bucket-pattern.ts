import { isKnown, show } from '../../private/validation';

/** What must stand before the first `*`, so that a pattern cannot mean everybody's buckets. */
const SHORTEST_PREFIX = 3;

/**
 * Why something is neither the name of a bucket nor a pattern of names, if it is neither: completes the sentence "'x' must".
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function bucketPatternProblem(pattern: unknown): string | undefined {
  if (typeof pattern !== 'string') {
    return `be the name of a bucket or a pattern like 'cleantrac-*', got ${show(pattern)}`;
  }
  if (!isKnown(pattern)) {
    return undefined;
  }
  const got = `got ${show(pattern)}`;
  if (/^arn:|^s3:|\//.test(pattern)) {
    return `be the name of a bucket or a pattern like 'cleantrac-*', without ARN, scheme and path, ${got}`;
  }
  if (!/^[a-z0-9.*-]*$/.test(pattern)) {
    return `have small letters, digits, '.', '-' and '*' only, ${got}`;
  }
  const literal = pattern.replaceAll('*', '');
  if (pattern.includes('*') && pattern.indexOf('*') < SHORTEST_PREFIX) {
    return `begin with ${SHORTEST_PREFIX} or more characters before its '*', ${got}: it would give rights to buckets that are not meant; begin with what your buckets have in common`;
  }
  if (literal.length < 3 || literal.length > 63) {
    return `have 3 to 63 characters, ${got}`;
  }
  const legal = /^[a-z0-9]/.test(pattern) && /[a-z0-9*]$/.test(pattern) && !pattern.includes('..') && !/^(\d{1,3}\.){3}\d{1,3}$/.test(pattern);
  return legal ? undefined : `begin and end with a letter or digit, have no two '.' in a row and be no IP address, ${got}`;
}
