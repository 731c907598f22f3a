import { CfnElement, CfnResource, Reference, ReferenceStrength, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import { topLevelStackOf } from './global-stack';

/** What a value refers to in this app, if it is a reference. */
function referredTo(value: string | undefined): CfnElement | undefined {
  const token = value !== undefined && Token.isUnresolved(value) ? Tokenization.reverseString(value).firstToken : undefined;
  return Reference.isReference(token) ? token.target as CfnElement : undefined;
}

/** Whether a value refers to a resource of a type. By the type's name, because a user's own copy of CDK has classes of its own. */
export function refersTo(type: string, value: string | undefined): boolean {
  return (referredTo(value) as CfnResource | undefined)?.cfnResourceType === type;
}

/** The stack that a value comes from, if it is a reference: the one that people deploy. */
export function producerOf(value: string | undefined): Stack | undefined {
  const target = referredTo(value);
  return target && topLevelStackOf(Stack.of(target));
}

/** A value as a stack of another region can read it: without the custom resources that CDK makes for a reference between regions by default. */
export function readIn(stack: Stack, value: string): string {
  const producer = producerOf(value);
  return producer && producer.region !== stack.region ? Stack.consumeReference(value, ReferenceStrength.WEAK) : value;
}
