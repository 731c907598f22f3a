import { Annotations, CfnOutput, Fn, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { definitionError } from '../../private/validation';

/** The region where CloudFront looks for its certificates and web ACLs. */
export const GLOBAL_REGION = 'us-east-1';

const ID = 'GlobalResources';

/**
 * The stack for what CloudFront wants in us-east-1: the construct's own one where that is there, else one below it in the tree, so that tags and
 * aspects reach it, which is deployed before it. The region must be known.
 */
export function globalStackOf(scope: Construct): Stack {
  const stack = Stack.of(scope);
  return stack.region === GLOBAL_REGION ? stack : supportStackOf(scope, topLevelStackOf(stack));
}

/** The place in the global stack that corresponds to a construct: the construct itself where it is there already. */
export function globalScopeOf(scope: Construct): Construct {
  const globalStack = globalStackOf(scope);
  if (globalStack === Stack.of(scope)) {
    return scope;
  }
  const path = scope.node.scopes.slice(topLevelStackOf(globalStack).node.scopes.length - 1);
  return path.reduce<Construct>((place, { node: { id } }) => (place.node.tryFindChild(id) as Construct) ?? new Construct(place, id), globalStack);
}

/**
 * A value of the global stack, as the stack of a construct can read it: as it is in the same stack, else by a plain output, without the custom
 * resources that CDK makes for a reference between regions by default.
 */
export function fromGlobalStack(scope: Construct, id: string, value: string): string {
  const globalStack = globalStackOf(scope);
  if (globalStack === Stack.of(scope)) {
    return value;
  }
  const output = new CfnOutput(globalScopeOf(scope), id, { value, description: `Read by the stack ${topLevelStackOf(Stack.of(scope)).stackName}` });
  return Fn.getStackOutput(globalStack.stackName, output.logicalId, GLOBAL_REGION);
}

/** The stack that people deploy: the one around all nested ones. */
export function topLevelStackOf(stack: Stack): Stack {
  return stack.nestedStackParent ? topLevelStackOf(stack.nestedStackParent) : stack;
}

function supportStackOf(scope: Construct, stack: Stack): Stack {
  if (Token.isUnresolved(stack.region)) {
    throw new Error(definitionError(scope, 'What CloudFront needs in us-east-1', [
      `the region of the stack '${stack.node.path}' must be known: give it as env: { region: '...' }`,
    ]));
  }
  return stack.node.tryFindChild(ID) as Stack ?? createSupportStack(stack);
}

/** Newer versions of CDK have another name for it, and warn about the old one at each synthesis. */
function deployFirst(first: Stack, stack: Stack & { addStackDependency?: Stack['addDependency'] }): void {
  const reason = `what CloudFront needs in ${GLOBAL_REGION} must be there first`;
  if (stack.addStackDependency) {
    stack.addStackDependency(first, reason);
  } else {
    stack.addDependency(first, reason);
  }
}

function createSupportStack(stack: Stack): Stack {
  const globalStack = new Stack(stack, ID, {
    // From the name of the stack and its region, because both may differ between deployments of one and the same app.
    stackName: `${stack.stackName}-${stack.region}-global`,
    description: `What CloudFront needs in ${GLOBAL_REGION} for the stack ${stack.stackName} in ${stack.region}`,
    env: { account: stack.account, region: GLOBAL_REGION },
    tags: stack.tags.tagValues(),
    terminationProtection: stack.terminationProtection,
  });
  deployFirst(globalStack, stack);
  if (globalStack.synthesizer.bootstrapQualifier !== stack.synthesizer.bootstrapQualifier) {
    Annotations.of(stack).addWarningV2('cdk-django-on-fargate:synthesizer',
      `the stack '${globalStack.node.path}' in ${GLOBAL_REGION} is not deployed by the synthesizer of '${stack.node.path}', which holds for one stack only: `
      + 'give the synthesizer to the app, as \'defaultStackSynthesizer\'');
  }
  return globalStack;
}
