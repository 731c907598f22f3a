import * as iam from 'aws-cdk-lib/aws-iam';
import { RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

const POLICY = 'service-role/AmazonRDSEnhancedMonitoringRole';

/** The role by which RDS writes the metrics of the operating system; one for the database and its replicas. */
export function createMonitoringRole(scope: Construct, removalPolicy: RemovalPolicy): iam.Role {
  const role = new iam.Role(scope, 'MonitoringRole', {
    assumedBy: new iam.ServicePrincipal('monitoring.rds.amazonaws.com'),
    managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName(POLICY)],
  });
  // A database that is kept still writes with it.
  role.applyRemovalPolicy(removalPolicy);
  role.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, {
    [`AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${POLICY}]`]: 'RDS demands the rights of this policy of AWS for enhanced monitoring, which follow the log group that it writes to',
  });
  return role;
}
