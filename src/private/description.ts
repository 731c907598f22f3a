import { Stack } from 'aws-cdk-lib/core';
import { IConstruct } from 'constructs';

/** What EC2 and RDS accept as a description of a resource. */
const MAX_LENGTH = 255;
const NOT_ALLOWED = /[^a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g;

/**
 * A description that names a construct by its path in the stack: many resources are replaced when it changes, and a stack that moves in
 * the app must not replace any. Construct ids may hold characters, and be longer, than AWS accepts.
 */
export function describe(text: string, construct: IConstruct): string {
  const { scopes } = construct.node;
  const ids = scopes.slice(scopes.indexOf(Stack.of(construct)) + 1).map(({ node }) => node.id);
  return `${text} ${ids.join('/')}`.replace(NOT_ALLOWED, '_').slice(0, MAX_LENGTH);
}
