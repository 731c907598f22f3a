import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Annotations, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DatabaseRotationOptions } from './database-rotation-props';
import { DatabaseUsers } from './database-users';
import { PrivateDatabaseProps } from './private-database-props';
import { dataSubnets } from '../../private/data-subnets';
import { describe } from '../../private/description';
import { NOT_URL_SAFE } from '../../private/postgres';

export const DEFAULT_ROTATION = Duration.days(30);
const POSTGRES_PORT = ec2.Port.tcp(5432);

/** What a rotation of the passwords concerns. */
export interface RotationContext {
  readonly props: PrivateDatabaseProps;
  readonly databaseGroup: ec2.SecurityGroup;
  readonly masterSecret: secretsmanager.ISecret;
  readonly users: DatabaseUsers;
  readonly companionPolicy: RemovalPolicy;
}

/**
 * Rotates the passwords of a database by the functions that AWS hosts. The one for alternating users makes a second user that is a member of the
 * first (`CREATE ROLE x_clone ...; GRANT x TO x_clone`), and gives each in turn a new password.
 *
 * Never at deployment: the users may not be prepared yet, and the release must not lose its password while it runs.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html
 */
export function rotatePasswords(
  scope: Construct, { props, databaseGroup, masterSecret, users, companionPolicy }: RotationContext, options: DatabaseRotationOptions,
): void {
  const { vpc } = props;
  const securityGroup = new ec2.SecurityGroup(scope, 'RotationSecurityGroup', {
    vpc,
    description: describe('Rotation of the passwords of', scope),
    allowAllOutbound: false,
  });
  // The function stands with the database: its group is in a rule of the database's, which is kept with it.
  securityGroup.applyRemovalPolicy(companionPolicy);
  securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'Secrets Manager');
  securityGroup.addEgressRule(databaseGroup, POSTGRES_PORT, 'Database');
  databaseGroup.addIngressRule(securityGroup, POSTGRES_PORT, 'Rotation of the passwords');

  const hosted = {
    vpc,
    vpcSubnets: rotationSubnets(scope, props, options),
    securityGroups: [securityGroup],
    // As the first password: a URL and a shell take it as it is.
    excludeCharacters: NOT_URL_SAFE,
  };
  const schedule = { automaticallyAfter: options.automaticallyAfter ?? DEFAULT_ROTATION, rotateImmediatelyOnUpdate: false };
  masterSecret.addRotationSchedule('Rotation', { hostedRotation: secretsmanager.HostedRotation.postgreSqlSingleUser(hosted), ...schedule });
  // The owner too: it acts as the group that owns the tables, and PostgreSQL lets nobody who acts as another change its own password.
  for (const { secret } of [users.owner, users.application]) {
    secret?.addRotationSchedule('Rotation', { hostedRotation: secretsmanager.HostedRotation.postgreSqlMultiUser({ ...hosted, masterSecret }), ...schedule });
  }
}

function rotationSubnets(scope: Construct, { vpc, vpcSubnets }: PrivateDatabaseProps, { vpcSubnets: selection }: DatabaseRotationOptions): ec2.SubnetSelection {
  if (selection) {
    return selection;
  }
  if (vpc.privateSubnets.length > 0) {
    return { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  }
  Annotations.of(scope).addWarningV2('cdk-django-on-fargate:rotation-subnets',
    "'rotation' runs in the subnets of the database, since the VPC has no private ones: without an interface endpoint for Secrets Manager in them it " +
    "never succeeds. Add one, or give 'rotation.vpcSubnets' subnets with a route to the internet.");
  return dataSubnets(vpc, vpcSubnets);
}
