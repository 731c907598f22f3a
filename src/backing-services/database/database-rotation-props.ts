import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Duration } from 'aws-cdk-lib/core';

/** Options of the rotation of a database's passwords. */
export interface DatabaseRotationOptions {
  /**
   * Time between two rotations, 4 hours to 1,000 days. Every task must be started anew in between, by a deployment or by
   * a `RegularRollout`, because ECS reads passwords when a task starts.
   * @default Duration.days(30)
   */
  readonly automaticallyAfter?: Duration;

  /**
   * Subnets of the function that rotates: it must reach the database, and Secrets Manager by a NAT or an interface endpoint; public subnets are refused.
   * @default - the private subnets, else those of the database, with a warning
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
}
