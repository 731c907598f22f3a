import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { tellTopic } from '../../src/private/alarm-topic';
import { newStack } from '../helpers';

function tell(topic: sns.ITopic, id: string = 'Alarm', stack: Stack = Stack.of(topic)) {
  const metric = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Waiting' });
  tellTopic(new cloudwatch.Alarm(stack, id, { metric, threshold: 1, evaluationPeriods: 1 }), topic);
}

const forAlarms = (topic: sns.Topic) => ({
  Sid: '1',
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Action: 'sns:Publish',
  Resource: Stack.of(topic).resolve(topic.topicArn),
  Condition: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).resolve(Stack.of(topic).account) } },
});

function statementsOf(stack: Stack, type: string, property: string) {
  return Object.values(Template.fromStack(stack).findResources(type)).flatMap(({ Properties }) => Properties[property].Statement);
}

test('alarms may publish to a topic whose policy is its own, and however many they are it is said once', () => {
  const stack = newStack();
  const topic = new sns.Topic(stack, 'Topic', { enforceSSL: true });
  tell(topic);
  tell(topic, 'Other');
  const allowed = statementsOf(stack, 'AWS::SNS::TopicPolicy', 'PolicyDocument').filter(({ Effect }) => Effect === 'Allow');
  expect(allowed).toEqual([forAlarms(topic)]);
});

test('a topic without a policy keeps the one of SNS, which lets everything in the account publish', () => {
  const stack = newStack();
  tell(new sns.Topic(stack, 'Topic'));
  Template.fromStack(stack).resourceCountIs('AWS::SNS::TopicPolicy', 0);
});

test('alarms may use the key of an encrypted topic, without which they publish nothing', () => {
  const stack = newStack();
  tell(new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'Key') }));
  expect(statementsOf(stack, 'AWS::KMS::Key', 'KeyPolicy')).toContainEqual({
    Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*',
  });
});

test('a topic that CloudWatch cannot publish to, whatever is done, is warned about', () => {
  const stack = newStack();
  tell(new sns.Topic(stack, 'Topic', { masterKey: kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/sns') }));
  Annotations.fromStack(stack).hasWarning('/Stack/Alarm', Match.stringLikeRegexp('encrypted with alias/aws/sns, which CloudWatch may not use'));
});

test('a topic of another stack gets its rights there, and a topic that was there before is taken as it is', () => {
  const stack = newStack();
  const topic = new sns.Topic(new Stack(stack.node.root as never, 'Topics'), 'Topic', { enforceSSL: true });
  tell(topic, 'Alarm', stack);
  tell(sns.Topic.fromTopicArn(stack, 'Known', 'arn:aws:sns:eu-central-1:123456789012:alarms'), 'Other', stack);
  expect(statementsOf(Stack.of(topic), 'AWS::SNS::TopicPolicy', 'PolicyDocument')).toContainEqual(forAlarms(topic));
  Template.fromStack(stack).resourceCountIs('AWS::SNS::TopicPolicy', 0);
});
