import * as ecs from 'aws-cdk-lib/aws-ecs';
import { environmentNameProblem } from '../private/environment-name';
import { secretArnProblem, secretNameProblem, textProblem } from '../private/secret-name';
import { strings } from '../private/shapes';
import { isKnown, show } from '../private/validation';

const PARAMETER_NAME = /^(\/[\w.-]+)+$|^[\w.-]+$/;
/** @see https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN */
const KEY_ARN = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

/** Why something is not the name of a secret, if it is not. */
export function sourceNameProblem(name: string): string | undefined {
  return typeof name === 'string' && name.startsWith('arn:')
    ? `the name of the secret must not be an ARN, got ${show(name)}: take its name, or use \`EnvironmentSecret.fromSecretArn(...)\``
    : secretNameProblem('the name of the secret', name, '`EnvironmentSecret.fromSecretArn(...)`');
}

/** Why something is neither the name nor the complete ARN of a secret, if it is neither. */
export function secretReferenceProblem(secret: string): string | undefined {
  return typeof secret === 'string' && secret.startsWith('arn:')
    ? secretArnProblem('the ARN of the secret', secret)
    : secretNameProblem('the name of the secret', secret, '`EnvironmentSecret.fromSecretKeys(...)`');
}

/** Why something is not a key inside the JSON of a secret, if it is not. */
export function fieldProblem(key?: string): string | undefined {
  const problem = key === undefined || key === null ? undefined : textProblem('the key inside the secret', key);
  if (problem) {
    return problem;
  }
  return isKnown(key) && (key === '' || key.includes(':'))
    ? `the key inside the secret must not be empty or contain ':', got ${show(key)}: leave it out for the whole secret`
    : undefined;
}

/** Why something is not the ARN of a KMS key, if it is not. */
export function encryptionKeyProblem(arn?: string): string | undefined {
  const problem = arn === undefined || arn === null ? undefined : textProblem("'encryptionKeyArn'", arn);
  if (problem || !isKnown(arn) || KEY_ARN.test(arn)) {
    return problem;
  }
  return "'encryptionKeyArn' must be the ARN of a KMS key like 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab', " +
    `got ${show(arn)}${arn.includes('alias/') ? ': a right to an alias lets nobody decrypt' : ''}`;
}

/** Why something is not a secret of ECS, if it is not. By its shape, because a user's own copy of CDK has an `ecs.Secret` of its own. */
export function secretProblem(secret: unknown): string | undefined {
  const { arn, grantRead } = (secret ?? {}) as Partial<ecs.Secret>;
  return typeof arn === 'string' && typeof grantRead === 'function'
    ? undefined
    : `the secret must be an ecs.Secret, got ${secret !== null && typeof secret === 'object' ? 'another object' : typeof secret === 'string' ? 'text' : show(secret)}: ` +
      'use `ecs.Secret.fromSecretsManager(...)` or `ecs.Secret.fromSsmParameter(...)`, or `EnvironmentSecret.fromSecretName(...)` for a name; ' +
      'the value of a secret never belongs into the code';
}

/** Why something is not the name of a parameter, if it is not. */
export function parameterNameProblem(name: string): string | undefined {
  const problem = textProblem('the name of the parameter', name);
  if (problem) {
    return problem;
  }
  if (!isKnown(name)) {
    return "the name of the parameter must be known at synthesis, because its ARN depends on whether it begins with '/': " +
      'use `EnvironmentSecret.of(ecs.Secret.fromSsmParameter(...))` for a parameter that you have as a construct';
  }
  if (PARAMETER_NAME.test(name)) {
    return undefined;
  }
  const hint = /^[\w.-]+(\/[\w.-]+)+$/.test(name) ? `: use ${show(`/${name}`)}` : name.startsWith('arn:') ? ': take the name behind \'parameter\'' : '';
  return `the name of the parameter must begin with '/' where it has levels, and have letters, digits, '_', '.' and '-' in each, got ${show(name)}${hint}`;
}

/** The keys of a secret with the names of their variables; throws with everything that is wrong, also with what is known already. */
export function variablesOfKeys(
  keys: string[], names: { [key: string]: string } | undefined, known: (string | undefined)[],
): { readonly name: string; readonly key: string }[] {
  const problems = [...known, ...listProblems(keys, names ?? {})].filter((problem) => problem !== undefined);
  if (problems.length > 0) {
    throw new Error(['EnvironmentSecret.fromSecretKeys cannot be defined:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
  }
  return keys.map((key) => ({ key, name: variableOf(key, names ?? {}) }));
}

function listProblems(keys: string[], names: { [key: string]: string }): (string | undefined)[] {
  const misshapen = strings(keys);
  if (misshapen || !keys?.length) {
    return [`the keys must be ${misshapen ?? `a list with one or more of them, got ${show(keys)}: name each that shall become a variable`}`];
  }
  if (typeof names !== 'object' || Array.isArray(names)) {
    return [`'names' must be an object with the names of variables by key, got ${show(names)}`];
  }
  const repeated = keys.filter((key, index) => keys.indexOf(key) !== index);
  const unknown = Object.keys(names).filter((key) => !keys.includes(key));
  const variables = new Set(keys).size === keys.length ? keys.map((key) => variableOf(key, names)) : [];
  const shared = variables.filter((name, index) => variables.indexOf(name) !== index);
  return [
    ...keys.map((key) => keyNameProblem(key, names)),
    repeated.length > 0 ? `the keys have ${[...new Set(repeated)].map(show).join(', ')} more than once: give each once` : undefined,
    unknown.length > 0 ? `'names' has ${unknown.map(show).join(', ')}, which is none of the keys: add it to them, or leave it out` : undefined,
    shared.length > 0 ? `'names' gives ${[...new Set(shared)].map(show).join(', ')} to more than one key: give each its own` : undefined,
  ];
}

function keyNameProblem(key: string, names: { [key: string]: string }): string | undefined {
  if (!isKnown(key)) {
    return 'the keys must be known at synthesis, because they become names of variables: give plain text, or `EnvironmentSecret.fromSecretName(...)` for a token';
  }
  if (key === '' || key.includes(':')) {
    return `the key ${show(key)} must not be empty or contain ':': ECS separates the parts of an ARN by it`;
  }
  const name = variableOf(key, names);
  if (typeof name !== 'string') {
    return `the name of the variable for the key ${show(key)} must be given as text, got ${show(name)}`;
  }
  const problem = environmentNameProblem(name);
  if (!problem) {
    return undefined;
  }
  const reserved = problem.startsWith('is reserved');
  return `the variable ${show(name)} ${problem}` + (reserved || Object.hasOwn(names, key) ? '' : `: give it a name by 'names', { ${show(key)}: ${show(suggestion(key))} }`);
}

function variableOf(key: string, names: { [key: string]: string }): string {
  return Object.hasOwn(names, key) ? names[key] : key;
}

function suggestion(key: string): string {
  return key.replace(/([a-z])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)/, '_').toUpperCase();
}
