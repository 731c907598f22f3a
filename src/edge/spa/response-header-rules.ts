import { Duration } from 'aws-cdk-lib/core';
import { SpaDistributionOptions } from './spa-distribution-props';
import { durationBetween, isKnown, joined, Rule, show, wholeUnits } from '../../private/validation';

/** What browsers' lists of such sites ask for at most. */
const LONGEST_HSTS = Duration.days(730);

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MOST_HEADERS = 8;

/** Headers that have a place of their own, or that are not for all answers alike. */
const ELSEWHERE: Record<string, string> = {
  'content-security-policy': 'use \'contentSecurityPolicy\'',
  'content-security-policy-report-only': 'use \'contentSecurityPolicy\' with SpaContentSecurityPolicy.reportOnly()',
  'x-frame-options': 'give the directive frame-ancestors in \'contentSecurityPolicy\'',
  'strict-transport-security': 'use \'strictTransportSecurityMaxAge\'',
  'x-content-type-options': 'it is set already',
  'referrer-policy': 'it is set already, as Django\'s protection against cross-site requests needs it',
  'x-xss-protection': 'CloudFront refuses it here, and browsers look at it no more: \'contentSecurityPolicy\' took its place',
  'cache-control': 'files with a hash in their names, and those of \'immutablePaths\', are kept for a year, the others never',
  'content-type': 'the type of each file follows its name',
  'set-cookie': 'what CloudFront stores must not set cookies',
};

/** What holds for the headers of a site's files. */
export const RESPONSE_HEADER_RULES: Rule<SpaDistributionOptions>[] = [
  ({ contentSecurityPolicy }) => {
    const problem = contentSecurityPolicy?._problem();
    return problem && problem.split('\n- ').map((line) => `'contentSecurityPolicy' cannot be used: ${line}`).join('\n- ');
  },
  ({ responseHeaders = {} }) => joined(Object.entries(responseHeaders).map(([name, value]) => headerProblem(name, value))),
  ({ responseHeaders = {} }) => {
    const names = Object.keys(responseHeaders).map((name) => name.toLowerCase());
    const repeated = names.filter((name, index) => names.indexOf(name) !== index);
    return repeated.length > 0 ? `'responseHeaders' must not name a header twice, got ${repeated.map(show).join(', ')}: case makes no difference` : undefined;
  },
  ({ responseHeaders = {} }) => Object.keys(responseHeaders).length > MOST_HEADERS
    ? `'responseHeaders' must hold ${MOST_HEADERS} headers at most, got ${Object.keys(responseHeaders).length}: CloudFront takes 10 with those that are set already`
    : undefined,
  durationBetween('strictTransportSecurityMaxAge', Duration.seconds(0), LONGEST_HSTS),
  wholeUnits('strictTransportSecurityMaxAge', 'seconds'),
];

/** Kinds of headers that CloudFront takes from nobody, or not here: the deployment would fail. */
const REFUSED: [RegExp, string][] = [
  [/^access-control-/, 'CloudFront refuses it here, and the files are for pages of the site itself, which need none'],
  [/^(?:x-amz-cf|x-amzn|x-edge|x-accel|x-cache|proxy)(?:-|$)|^(?:connection|content-(?:encoding|length)|keep-alive|te|trailer|transfer-encoding|upgrade|via)$/,
    'it is CloudFront\'s own'],
];

function headerProblem(name: string, value: string): string | undefined {
  const lowerCase = name.toLowerCase();
  const hint = ELSEWHERE[lowerCase] ?? REFUSED.find(([pattern]) => pattern.test(lowerCase))?.[1];
  if (hint) {
    return `'responseHeaders' must not hold ${show(name)}: ${hint}`;
  }
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
    return `'responseHeaders' must hold names of headers, e.g. "Permissions-Policy", got ${show(name)}`;
  }
  return isKnown(value) && !/^[\x20-\x7e]+$/.test(value)
    ? `'responseHeaders' must hold values of printable ASCII characters on one line, got ${show(value)} for ${show(name)}`
    : undefined;
}
