import { CfnOutput, CfnOutputProps, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** An output whose name is its path in the stack, without the hash that CDK puts behind: people and pipelines write it. */
export function createOutput(scope: Construct, id: string, props: CfnOutputProps): void {
  const output = new CfnOutput(scope, id, props);
  const { scopes } = output.node;
  output.overrideLogicalId(scopes.slice(scopes.indexOf(Stack.of(scope)) + 1).map(({ node }) => node.id.replace(/[^A-Za-z0-9]/g, '')).join(''));
}
