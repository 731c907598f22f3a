import { Annotations, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { textProblem } from '../../private/secret-name';
import { definitionError, show } from '../../private/validation';

const NAME = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** @see https://github.com/distribution/reference/blob/main/reference.go */
export const IMAGE_REFERENCE = new RegExp(`^(?:[a-zA-Z0-9.-]+(?::\\d+)?/)?${NAME}(?:/${NAME})*(?::\\w[\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`);
/** Name of a repository without its registry. */
export const REPOSITORY = new RegExp(`^${NAME}(?:/${NAME})*$`);
const PRIVATE_ECR = /^(\d{12})\.dkr[.-]ecr[^./]*\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.(?:aws|amazonwebservices\.com\.cn))\/([^:@]+)/;

const warnedAbout = new WeakMap<Stack, Set<string>>();

/** Throws where something is wrong with an image. */
export function requireImage(scope: Construct, problems: (string | undefined)[]): void {
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) {
    throw new Error(definitionError(scope, 'DjangoImage', found));
  }
}

/** The call for an image whose URI is in a private ECR repository; nothing for other images. */
export function ecrCallFor(uri: string, tag: string): string | undefined {
  const [, account, region, name] = uri.match(PRIVATE_ECR) ?? [];
  return name && `DjangoImage.fromEcr('${name}', '${tag}', { account: '${account}', region: '${region}' }), without the options where both are the stack's own`;
}

/** Why the options of an image are none, if they are none. */
export function optionsProblem(options: unknown): string | undefined {
  return typeof options === 'object' && !Array.isArray(options) ? undefined : `the options of the image must be an object, got ${show(options)}: name each value`;
}

/** Why something is no tag or digest, if it is none. */
export function tagProblem(tagOrDigest: string): string | undefined {
  const problem = textProblem("'tagOrDigest'", tagOrDigest);
  return problem || Token.isUnresolved(tagOrDigest) || TAG.test(tagOrDigest) || DIGEST.test(tagOrDigest)
    ? problem
    : `'tagOrDigest' must be a tag like '4f2a9c1' or a digest like 'sha256:…' with 64 hexadecimal digits, got ${show(tagOrDigest)}`;
}

/** The tag of an image, or its digest. */
export function tagOf(image: string): string {
  if (image.includes('@')) {
    return image.slice(image.indexOf('@') + 1);
  }
  return image.match(/:([^/:]+)$/)?.[1] ?? 'latest';
}

/** Once for each stack, though several processes have the image. */
export function warnAboutMovingTag(scope: Construct, image: string, tag: string): void {
  const before = warnedAbout.get(Stack.of(scope)) ?? new Set();
  if (tag === 'latest' && !before.has(image)) {
    warnedAbout.set(Stack.of(scope), before.add(image));
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:moving-tag',
      `The image ${JSON.stringify(image)} has the tag 'latest', which moves: a new image under it starts no release (no migrations), and ` +
      'commands and scheduled tasks may run other code than the web service. Give the tag of a build, e.g. the commit, or a digest.');
  }
}
