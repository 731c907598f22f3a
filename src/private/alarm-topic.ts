import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Annotations, Stack } from 'aws-cdk-lib/core';

/** The key that AWS has for SNS; nobody can let CloudWatch use it. */
const KEY_OF_SNS = 'alias/aws/sns';

/** Lets an alarm tell a topic, and CloudWatch publish to it. */
export function tellTopic(alarm: cloudwatch.Alarm, topic: sns.ITopic): void {
  // What SnsAction does, without the module that it comes from: that loads many more.
  alarm.addAlarmAction({ bind: () => ({ alarmActionArn: topic.topicArn }) });
  letAlarmsPublish(topic);
  if ((topic.masterKey as Partial<kms.IAlias> | undefined)?.aliasName === KEY_OF_SNS) {
    Annotations.of(alarm).addWarningV2('cdk-django-on-fargate:alarm-topic-key',
      `The topic of the alarm is encrypted with ${KEY_OF_SNS}, which CloudWatch may not use: the alarm fires and nobody is told. Encrypt the topic with a key of yours, ` +
      'or not at all.');
  }
}

/**
 * Lets alarms publish to a topic. The policy that SNS gives to a topic allows it, but one of its own, e.g. by `enforceSSL`, takes the place of that one,
 * and then alarms fire and nobody is told. A topic without a policy keeps the one of SNS. A key of an encrypted topic must let CloudWatch use it, too.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
function letAlarmsPublish(topic: sns.ITopic): void {
  const cloudWatch = new iam.ServicePrincipal('cloudwatch.amazonaws.com');
  if (topic.node.tryFindChild('Policy')) {
    topic.addToResourcePolicy(new iam.PolicyStatement({
      principals: [cloudWatch],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
    }));
  }
  topic.masterKey?.grant(cloudWatch, 'kms:Decrypt', 'kms:GenerateDataKey*');
}
