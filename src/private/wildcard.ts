import { Stack, Validations } from 'aws-cdk-lib/core';
import { IConstruct } from 'constructs';

/**
 * Acknowledges wildcards at the end of resource names that AWS forces on a policy, under the id that cdk-nag derives from the resource.
 * `Validations.acknowledge` refuses such ids where they hold a pseudo parameter (`<AWS::Partition>`), hence its metadata is written directly.
 */
export function acknowledgeForcedWildcards(policy: IConstruct, resources: string[], reason: string): void {
  for (const resource of resources) {
    const id = `AwsSolutions-IAM5[Resource::${flatten(Stack.of(policy).resolve(resource))}]`;
    policy.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [id]: reason });
  }
}

/** A resolved value as cdk-nag writes it: `<LogicalId>`, `<LogicalId.Attribute>`, joins joined. */
function flatten(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as { 'Ref'?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, unknown[]] };
  if (ref) {
    return `<${ref}>`;
  }
  if (attribute) {
    return `<${attribute.join('.')}>`;
  }
  return join ? join[1].map(flatten).join(join[0]) : JSON.stringify(value);
}
