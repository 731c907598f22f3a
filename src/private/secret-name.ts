import { isKnown, show } from './validation';

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;
/** What Secrets Manager itself puts behind each name in an ARN. */
const ARN_SUFFIX = /-[A-Za-z0-9]{6}$/;
const COMPLETE_ARN = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;

/**
 * Why something is not given as text, if it is not: JavaScript, and TypeScript where a value is `any`, let everything
 * through. `what` begins the sentence; tokens are text.
 */
export function textProblem(what: string, value: unknown): string | undefined {
  if (typeof value === 'string') {
    return undefined;
  }
  return value === undefined || value === null
    ? `${what} must be given as text, got ${value}: the value that you hand over is missing, e.g. a context value or an environment variable that is not set`
    : `${what} must be given as text, got ${typeof value === 'object' ? 'an object' : show(value)}: give a string`;
}

/**
 * Why something is not the name of a secret in Secrets Manager that ECS can read, if it is not; `alternative` tells what to do with a
 * secret that is a construct.
 *
 * ECS reads secrets by ARN, and Secrets Manager takes `-secret` at the end of a name for the suffix of a complete one.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export function secretNameProblem(what: string, name: string, alternative: string): string | undefined {
  const problem = textProblem(what, name);
  if (problem || !isKnown(name)) {
    return problem;
  }
  if (name.startsWith('arn:')) {
    return `${what} must not be an ARN, got ${show(name)}: take the name of the secret, or ${alternative} for a secret that you have as a construct`;
  }
  if (!SECRET_NAME.test(name)) {
    return `${what} must be letters, digits and the characters / _ + = . @ -, got ${show(name)}`;
  }
  return ARN_SUFFIX.test(name)
    ? `${what} must not end with a hyphen and six characters, got ${show(name)}: Secrets Manager takes them for the end of a complete ARN and finds nothing, ` +
      `so no task would start; rename the secret, or use ${alternative} with its complete ARN`
    : undefined;
}

/** Why something is not the complete ARN of a secret in Secrets Manager, if it is not. */
export function secretArnProblem(what: string, arn: string): string | undefined {
  const problem = textProblem(what, arn);
  return problem || !isKnown(arn) || COMPLETE_ARN.test(arn)
    ? problem
    : `${what} must be complete, with the hyphen and the six characters that Secrets Manager put behind the name, ` +
      `like 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/stripe-AbCdEf', got ${show(arn)}`;
}
