import { createHash } from 'crypto';
import { Fn, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** RDS: letters, digits and single hyphens, 63 characters, a letter first and no hyphen at the end. A suffix like `-r15` must fit too. */
const MOST = 59;
const HASH_LENGTH = 8;

/** The value and the values in it, resolved, as a few letters and digits that change when they do. */
export function hashOf(scope: Construct, value: unknown): string {
  return createHash('sha256').update(JSON.stringify(Stack.of(scope).resolve(value) ?? null)).digest('hex').slice(0, HASH_LENGTH);
}

/**
 * The name of something that RDS lets nobody call twice: it must be known before, because the log groups have it in their names. A part of the
 * stack's own id keeps it apart from what a deleted stack of the same name left behind; a hash of what replaces the resource, from the
 * one that it replaces.
 */
export function databaseIdentifier(scope: Construct, replacing: unknown): string {
  const stack = Stack.of(scope);
  const stackPart = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', stack.stackId))));
  const ids = idsInStack(scope);
  const path = [...Token.isUnresolved(stack.stackName) ? [] : [stack.stackName], ...ids].join('-').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '');
  const prefix = (path || 'database').slice(0, MOST - 2 * (HASH_LENGTH + 1)).replace(/-+$/, '');
  return `${prefix}-${hashOf(scope, [ids, replacing])}-${stackPart}`;
}

/** What a logical id is made of: a stack that moves in the app keeps its resources, and so must the identifier keep itself. */
function idsInStack(scope: Construct): string[] {
  const { scopes } = scope.node;
  return scopes.slice(scopes.indexOf(Stack.of(scope)) + 1).map(({ node }) => node.id).filter((id) => id !== 'Default');
}
