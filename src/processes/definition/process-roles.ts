import * as iam from 'aws-cdk-lib/aws-iam';
import { Resource, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct, IConstruct } from 'constructs';

const ANY_RESOURCE = 'AwsSolutions-IAM5[Resource::*]';

/**
 * A role of another stack as one that this stack adds its rights to: rights to what this stack has would otherwise stand in the other one,
 * and the two would need each other.
 */
export function roleInStack(scope: Construct, id: string, role?: iam.IRole): iam.IRole | undefined {
  return role && Resource.isOwnedResource(role) && Stack.of(role) !== Stack.of(scope) ? iam.Role.fromRoleArn(scope, id, role.roleArn) : role;
}

/** Acknowledges what AWS forces on the policies of a process, and of a role that it was given, where nothing above it has done so. */
export function acknowledgeForcedResources(construct: IConstruct): void {
  const known = construct.node.scopes.some(({ node }) => node.metadata
    .some(({ type, data }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY && Object.keys(data as object).some((id) => id.endsWith(ANY_RESOURCE))));
  if (!known) {
    Validations.of(construct).acknowledge({
      id: ANY_RESOURCE,
      reason: 'AWS has no resource for ecr:GetAuthorizationToken and for the ssmmessages actions of ECS Exec; every other statement names its own',
    });
  }
}
