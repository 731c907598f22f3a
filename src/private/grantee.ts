import { IConstruct } from 'constructs';
import { isOf } from './shapes';
import { definitionError, show } from './validation';

/** Refuses what rights cannot be given to, which CDK would stumble over without saying so. */
export function requireGrantee(scope: IConstruct, className: string, grantee: unknown): void {
  if (!isOf({ member: 'grantPrincipal' }, grantee)) {
    throw new Error(definitionError(scope, className, [
      `'grantee' must be an iam.IGrantable, got ${show(grantee)}: give a role, or what has one, e.g. a ProcessDefinition or a function`,
    ]));
  }
}
