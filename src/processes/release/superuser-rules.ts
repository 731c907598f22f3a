import { RemovalPolicy } from 'aws-cdk-lib/core';
import { SuperuserLogin, SuperuserOptions } from './superuser-props';
import { nestedRules } from '../../private/nested-rules';
import { aRemovalPolicy, environmentSecret, required, Shape, shaped } from '../../private/shapes';
import { matches, Rule } from '../../private/validation';

const LOGIN_RULES = shaped<SuperuserLogin>({
  username: required(reference('username'), howToRefer('username')),
  password: required(reference('password'), howToRefer('password')),
  email: reference('email'),
}, []);

/** What holds for the options of a superuser wherever they are given. */
export const SUPERUSER_RULES: Rule<SuperuserOptions>[] = shaped<SuperuserOptions>({ removalPolicy: aRemovalPolicy }, [
  matches('email', /^[^\s@]+@[^\s@]+$/, "be an e-mail address, e.g. 'admin@example.com'"),
  matches('username', /^\S{1,150}$/, 'be 1 to 150 characters without spaces'),
  ...nestedRules<SuperuserOptions, 'existing'>('existing', LOGIN_RULES),
  ({ email, existing }) => !email && !existing
    ? "'email' must be given: the address of the superuser, or 'existing' with the login that you keep already"
    : undefined,
  ({ existing, ...others }) => {
    const superfluous = (['email', 'username', 'removalPolicy'] as const).filter((prop) => others[prop] !== undefined && others[prop] !== null);
    return existing && superfluous.length > 0
      ? `'existing' is what you have already, so ${superfluous.map((prop) => `'${prop}'`).join(', ')} would have no effect: leave it out`
      : undefined;
  },
  ({ removalPolicy }) => removalPolicy === RemovalPolicy.SNAPSHOT
    ? "'removalPolicy' must not be SNAPSHOT: a secret has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE"
    : undefined,
]);

/** A part of a login that stands elsewhere. What is given instead is not shown, since it may be the password. */
function reference(key: keyof SuperuserLogin): Shape {
  return (value) => environmentSecret(value) && `an EnvironmentSecret, never the text itself, which would stand in the template: ${howToRefer(key)}`;
}

function howToRefer(key: keyof SuperuserLogin): string {
  return `say where it stands, e.g. EnvironmentSecret.fromSecretName('shop/superuser', '${key}')`;
}
