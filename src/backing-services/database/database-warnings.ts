import { Annotations, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { IConstruct, Construct } from 'constructs';
import { DEFAULT_ACU } from './aurora-serverless-rules';
import { warnAboutExtensions } from './database-access-rules';
import { PrivateDatabaseProps } from './private-database-props';
import { DEFAULT_INSTANCE_TYPE } from './server-settings';
import { IProcess, ProcessDuty } from '../../config/process';
import { instanceTypeProblem } from '../../private/postgres';

/** What is legal but risky. */
export function warnAboutDatabase(database: Construct, props: PrivateDatabaseProps, version: string, removalPolicy: RemovalPolicy): void {
  const warn = (topic: string, text: string) => Annotations.of(database).addWarningV2(`cdk-django-on-fargate:${topic}`, text);
  if ([RemovalPolicy.DESTROY, RemovalPolicy.SNAPSHOT].includes(removalPolicy) && (props.deletionProtection ?? true)) {
    warn('protected-database',
      `'removalPolicy' ${removalPolicy === RemovalPolicy.DESTROY ? 'DESTROY' : 'SNAPSHOT'} has no effect while 'deletionProtection' is on: deleting the stack fails. Set 'deletionProtection' to false.`);
  }
  const problem = props.auroraServerless ? undefined : instanceTypeProblem(props.instanceType ?? DEFAULT_INSTANCE_TYPE);
  if (problem) {
    warn('instance-type', `'instanceType' ${problem}.`);
  }
  if (props.snapshotIdentifier) {
    warn('snapshot', "'snapshotIdentifier' must stay as it is: a change, or leaving it out, makes CloudFormation replace the database by another one.");
  }
  if (props.auroraServerless && props.allowMajorVersionUpgrade !== undefined) {
    warn('major-upgrade',
      "'allowMajorVersionUpgrade' has no effect with 'auroraServerless': CloudFormation upgrades Aurora to whatever 'engineVersion' says. Leave it out.");
  }
  const pauses = props.auroraServerless && (props.auroraServerless.minCapacityAcu ?? DEFAULT_ACU.min) === 0;
  if (pauses && props.parameters?.['rds.logical_replication'] === '1') {
    warn('replication-keeps-awake',
      "'parameters' switch on \"rds.logical_replication\", with which Aurora never pauses at 0 ACU: leave it out, or give 'auroraServerless.minCapacityAcu' 0.5 or more.");
  }
  if (pauses && props.proxy) {
    warn('proxy-keeps-awake',
      "'proxy' keeps Aurora awake, which so never pauses at 0 ACU and is paid for at all times: leave out the proxy, or give 'auroraServerless.minCapacityAcu' 0.5 or more.");
  }
  if (props.proxy && props.sslRootCertificate) {
    warn('proxy-certificate',
      "'sslRootCertificate' must hold Amazon's root certificates beside those of RDS, because the certificate of the proxy is of the former: " +
      'append AmazonRootCA1.pem of https://www.amazontrust.com/repository/ to it.');
  }
  warnAboutExtensions(database, props.extensions, version, props.parameters ?? {});
}

/**
 * A proxy is ready only when it could log in as the application's user: where the preparation that makes the user is in a later stack, CloudFormation
 * waits for it in vain. With IAM a proxy has no user of its own to log in as.
 */
export function warnAboutLateUser(database: IConstruct, { duty, connections }: IProcess): void {
  if (duty === ProcessDuty.PREPARATION && connections.securityGroups.some((group) => Stack.of(group) !== Stack.of(database))) {
    Annotations.of(database).addWarningV2('cdk-django-on-fargate:proxy-before-user',
      "'proxy' is in another stack than the preparation, which makes the user that the proxy logs in as: the first deployment waits for it in vain. " +
      'Deploy both stacks without the proxy first, take DatabaseAuthentication.iam(), or put both into one stack.');
  }
}

/** Acknowledges that a generated password stays as it is. */
export function acknowledgeFixedPassword(secret: IConstruct): void {
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'ECS reads the secret when a task starts: a password that rotates by itself would lock running tasks out',
  });
}
