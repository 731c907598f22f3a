import { isKnown, show } from './validation';

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;

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

/** Why something is not the name of a secret in Secrets Manager, if it is not; `alternative` tells what to do with a secret that is a construct. */
export function secretNameProblem(what: string, name: string, alternative: string): string | undefined {
  const problem = textProblem(what, name);
  if (problem || !isKnown(name) || SECRET_NAME.test(name)) {
    return problem;
  }
  return name.startsWith('arn:')
    ? `${what} must not be an ARN, got ${show(name)}: take the name of the secret, or ${alternative} for a secret that you have as a construct`
    : `${what} must be letters, digits and the characters / _ + = . @ -, got ${show(name)}`;
}
