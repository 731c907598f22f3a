import { environmentNameProblem, looksLikeSecret } from './environment-name';
import { Shape, shaped } from './shapes';
import { isGiven, isKnown, Rule, show } from './validation';

/** Environment variables of a user's own. */
export interface OwnEnvironment {
  readonly environment?: { [name: string]: string };
  readonly secrets?: { [name: string]: unknown };
}

/** What holds for environment variables and secrets of a user's own. */
export const ENVIRONMENT_RULES: Rule<OwnEnvironment>[] = shaped<OwnEnvironment>({
  environment: names("{ DEBUG: 'false' }"),
  secrets: names("{ STRIPE_API_KEY: EnvironmentSecret.fromSecretName('shop/stripe', 'apiKey') }"),
}, [
  ({ environment, secrets }) => {
    const problems = [...new Set([...Object.keys(environment ?? {}), ...Object.keys(secrets ?? {})])]
      .map((name) => ({ name, problem: environmentNameProblem(name) }))
      .filter(({ problem }) => problem !== undefined)
      .map(({ name, problem }) => `the variable ${show(name)} ${problem}`);
    return problems.length > 0 ? problems.join('\n- ') : undefined;
  },
  ({ environment, secrets }) => {
    const both = Object.keys(environment ?? {}).filter((name) => Object.hasOwn(secrets ?? {}, name));
    return both.length > 0 ? `'environment' and 'secrets' both set ${both.join(', ')}: keep it in one of them` : undefined;
  },
  ({ environment }) => {
    const wrong = Object.entries(environment ?? {}).filter(([, value]) => environmentValueProblem(value) !== undefined);
    return wrong.length > 0
      ? `'environment' must have strings as values, got ${wrong.map(([name, value]) => `${name}: ${show(value)}`).join(', ')}: quote them, or leave them out`
      : undefined;
  },
  ({ secrets }) => {
    const wrong = Object.entries(secrets ?? {}).filter(([, secret]) => typeof (secret as { bind?: unknown } | undefined)?.bind !== 'function');
    return wrong.length > 0
      ? `'secrets' must have an EnvironmentSecret as each value, ${wrong.map(([name]) => name).join(', ')} has none: ` +
        'use EnvironmentSecret.fromSecretName(...), or EnvironmentSecret.of(...) for what you have as a construct'
      : undefined;
  },
]);

/** Values by the names of variables. What is given instead is not shown, since it may be a secret. */
function names(example: string): Shape {
  return (value) => !isGiven(value) || (typeof value === 'object' && !Array.isArray(value))
    ? undefined
    : `an object with a value for each name, got a ${Array.isArray(value) ? 'list' : typeof value}: write ${example}`;
}

/** Why a value cannot be the value of an environment variable, if it cannot. */
export function environmentValueProblem(value: unknown): string | undefined {
  return typeof value === 'string' ? undefined : `must have a string as its value, got ${show(value)}: quote it, or leave it out`;
}

/** The names of literal values that seem to be secrets. */
export function literalSecrets(environment: { [name: string]: string } | undefined): string[] {
  return Object.entries(environment ?? {})
    .filter(([name, value]) => isKnown(value) && looksLikeSecret(name, value))
    .map(([name]) => name);
}
