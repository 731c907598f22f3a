import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { SqsBroker } from '../../../src/backing-services/queue/sqs-broker';
import { SqsBrokerProps } from '../../../src/backing-services/queue/sqs-broker-props';
import { EnvironmentConvention } from '../../../src/config/environment-convention';
import { ProcessDuty } from '../../../src/config/process';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { fromPython, givenVpc, IMAGE, messageOf, newStack, TOKEN } from '../../helpers';
import { RecordingProcess } from '../recording-process';

const QUEUE = 'AWS::SQS::Queue';
const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'];

function define(options?: SqsBrokerProps, stack = newStack()) {
  const broker = new SqsBroker(stack, 'Broker', options);
  const process = new RecordingProcess(stack, 'Process');
  return { stack, broker, process };
}

function queuesOf(stack: Stack): { queue: any; deadLetters: any } {
  const queues = Object.values(Template.fromStack(stack).findResources(QUEUE));
  expect(queues).toHaveLength(2);
  const queue = queues.find(({ Properties }) => Properties.RedrivePolicy);
  return { queue, deadLetters: queues.find((other) => other !== queue) };
}

/** What a role may do, by statement. */
function rightsOf(stack: Stack): [string[], unknown][] {
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .map(({ Action, Resource }) => [[Action].flat(), Resource]);
}

describe('a broker by default', () => {
  const { stack, broker, process } = define();
  broker.attachTo(process);
  const template = Template.fromStack(stack);

  test('keeps what waits for a week, and what nobody gets done for the longest time there is', () => {
    const { queue, deadLetters } = queuesOf(stack);
    expect(queue.Properties).toEqual({
      VisibilityTimeout: 1800,
      MessageRetentionPeriod: 604_800,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: stack.resolve(broker.deadLetterQueue.queueArn), maxReceiveCount: 5 },
    });
    expect(deadLetters.Properties).toEqual({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
  });

  test('is reached by TLS only, and so are the dead letters', () => {
    template.resourceCountIs('AWS::SQS::QueuePolicy', 2);
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [{
          Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }],
      },
    });
  });

  test('stays, with its messages and its policy, when it is removed from the stack', () => {
    for (const type of [QUEUE, 'AWS::SQS::QueuePolicy']) {
      expect(Object.values(template.findResources(type)).map(({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy]))
        .toEqual([['RetainExceptOnCreate', 'Retain'], ['RetainExceptOnCreate', 'Retain']]);
    }
  });

  test('makes four resources', () => {
    expect(Object.keys(Template.fromStack(define().stack).toJSON().Resources)).toHaveLength(4 + 1);
  });

  test('keeps its logical ids', () => {
    expect(Object.keys(template.findResources(QUEUE))).toEqual(['BrokerDeadLettersE6C0AF8B', 'BrokerQueueC9A6FC96']);
  });

  test('tells a process where it is, and that the rights come from its role', () => {
    expect(stack.resolve(process.variables)).toEqual({
      CELERY_BROKER_URL: 'sqs://', CELERY_TASK_DEFAULT_QUEUE: 'celery', CELERY_QUEUE_URL: stack.resolve(broker.queue.queueUrl),
    });
    expect(process.secretVariables).toEqual({});
  });

  test('gives the application just what Celery calls, on this queue alone', () => {
    const arn = stack.resolve(broker.queue.queueArn);
    expect(rightsOf(stack)).toEqual([[CONSUME, arn], [['sqs:SendMessage'], arn]]);
  });
});

test.each([ProcessDuty.RELEASE, ProcessDuty.PREPARATION])('lets a process with the duty %s send tasks, and take none', (duty) => {
  const { stack, broker } = define();
  broker.attachTo(new RecordingProcess(stack, 'Other', duty));
  expect(rightsOf(stack)).toEqual([[['sqs:SendMessage'], stack.resolve(broker.queue.queueArn)]]);
});

test('has the times that it is given', () => {
  const { stack } = define({ visibilityTimeout: Duration.hours(12), retentionPeriod: Duration.days(14), maxReceiveCount: 1 });
  const { Properties } = queuesOf(stack).queue;
  expect(Properties).toMatchObject({ VisibilityTimeout: 43_200, MessageRetentionPeriod: 1_209_600, RedrivePolicy: { maxReceiveCount: 1 } });
});

test('goes with its stack where that is wanted', () => {
  const { stack } = define({ removalPolicy: RemovalPolicy.DESTROY });
  for (const { DeletionPolicy } of Object.values(Template.fromStack(stack).toJSON().Resources) as any[]) {
    expect(DeletionPolicy ?? 'Delete').toBe('Delete');
  }
});

test('encrypts with a key of ones own, which processes may use as far as they need', () => {
  const stack = newStack();
  const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:123456789012:key/1');
  const { broker, process } = define({ encryptionKey }, stack);
  broker.attachTo(process);
  for (const { Properties } of Object.values(queuesOf(stack))) {
    expect(Properties).toMatchObject({ KmsMasterKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/1', KmsDataKeyReusePeriodSeconds: 3600 });
    expect(Properties).not.toHaveProperty('SqsManagedSseEnabled');
  }
  expect(rightsOf(stack).filter(([actions]) => actions.some((action) => action.startsWith('kms:')))).toEqual([
    [['kms:Decrypt'], encryptionKey.keyArn],
    [['kms:GenerateDataKey', 'kms:Decrypt'], encryptionKey.keyArn],
  ]);
});

test('tells a topic of dead letters', () => {
  const stack = newStack();
  const alarmTopic = sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:123456789012:alarms');
  const { broker } = define({ alarmTopic }, stack);
  expect(broker.deadLetterAlarm).toBeDefined();
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Statistic: 'Maximum',
    Dimensions: [{ Name: 'QueueName', Value: stack.resolve(broker.deadLetterQueue.queueName) }],
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
    AlarmActions: [alarmTopic.topicArn],
  });
});

test('has metrics of what waits, for how long, and of what nobody got done', () => {
  const { stack, broker } = define();
  const described = [broker.metricWaiting(), broker.metricOldestAge({ period: Duration.minutes(1) }), broker.metricDeadLetters({ statistic: 'Average' })]
    .map(({ metricName, dimensions, period, statistic }) => [metricName, stack.resolve(dimensions!.QueueName), period.toSeconds(), statistic]);
  const [queue, deadLetters] = [broker.queue, broker.deadLetterQueue].map(({ queueName }) => stack.resolve(queueName));
  expect(described).toEqual([
    ['ApproximateNumberOfMessagesVisible', queue, 300, 'Maximum'],
    ['ApproximateAgeOfOldestMessage', queue, 60, 'Maximum'],
    ['ApproximateNumberOfMessagesVisible', deadLetters, 300, 'Average'],
  ]);
});

test('gives rights to others', () => {
  const { stack, broker } = define();
  const role = (id: string) => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  broker.grantSendMessages(role('Sender'));
  broker.grantConsumeMessages(role('Consumer'));
  const arn = stack.resolve(broker.queue.queueArn);
  expect(rightsOf(stack)).toEqual(expect.arrayContaining([[['sqs:SendMessage'], arn], [CONSUME, arn]]));
  expect(messageOf(() => broker.grantSendMessages({} as iam.IGrantable))).toBe("SqsBroker at 'Stack/Broker' cannot be defined:\n- 'grantee' must be an iam.IGrantable, got {}: " +
    'give a role, or what has one, e.g. a ProcessDefinition or a function');
});

test('stands beside another one under names with a prefix', () => {
  const { stack, broker, process } = define();
  broker.attachTo(process);
  new SqsBroker(stack, 'Mails', { variablePrefix: 'MAIL_', celeryQueueName: 'mails' }).attachTo(process);
  expect(Object.keys(process.variables)).toEqual([
    'CELERY_BROKER_URL', 'CELERY_TASK_DEFAULT_QUEUE', 'CELERY_QUEUE_URL', 'MAIL_CELERY_BROKER_URL', 'MAIL_CELERY_TASK_DEFAULT_QUEUE', 'MAIL_CELERY_QUEUE_URL',
  ]);
  expect(process.variables.MAIL_CELERY_TASK_DEFAULT_QUEUE).toBe('mails');
});

test('gives a real process the names of its convention', () => {
  const { stack, broker } = define();
  const convention = EnvironmentConvention.custom({ celeryBrokerUrl: ['BROKER_URL'], celeryTaskDefaultQueue: [] });
  broker.attachTo(new ProcessDefinition(stack, 'Definition', { vpc: givenVpc(stack), image: IMAGE, convention }));
  const [task] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  expect(task.Properties.ContainerDefinitions[0].Environment).toEqual([
    { Name: 'BROKER_URL', Value: 'sqs://' }, { Name: 'CELERY_QUEUE_URL', Value: stack.resolve(broker.queue.queueUrl) },
  ]);
});

test('serves a process of another stack without a cycle', () => {
  const app = new App();
  const data = new Stack(app, 'Data');
  const vpc = new ec2.Vpc(data, 'Vpc');
  const encryptionKey = new kms.Key(data, 'Key');
  const { broker } = define({ encryptionKey }, data);
  const stack = new Stack(app, 'Shop');
  broker.attachTo(new ProcessDefinition(stack, 'Definition', { vpc, image: IMAGE }));
  expect(() => app.synth()).not.toThrow();
  expect(data.dependencies).toEqual([]);
});

test('takes options that Python leaves out, and none at all', () => {
  const names = ['celeryQueueName', 'visibilityTimeout', 'retentionPeriod', 'maxReceiveCount', 'encryptionKey', 'alarmTopic', 'removalPolicy', 'variablePrefix'];
  expect(Template.fromStack(define(fromPython<SqsBrokerProps>({}, ...names)).stack).toJSON()).toEqual(Template.fromStack(define().stack).toJSON());
});

test('takes numbers and times that are known later', () => {
  const { stack } = define({ visibilityTimeout: TOKEN.seconds(60), retentionPeriod: TOKEN.seconds(6000), maxReceiveCount: TOKEN.number(3) });
  expect(queuesOf(stack).queue.Properties).toMatchObject({ VisibilityTimeout: 60, MessageRetentionPeriod: 6000, RedrivePolicy: { maxReceiveCount: 3 } });
});

test('breaks no rule of cdk-nag', () => {
  const { stack, broker, process } = define();
  broker.attachTo(process);
  expect(new AwsSolutionsChecks(stack.node.root as App).validateScope(stack).violations.map(({ ruleName }) => ruleName)).toEqual([]);
});

describe('a queue that was there before', () => {
  test('is handed over as it is', () => {
    const stack = newStack();
    const queue = sqs.Queue.fromQueueAttributes(stack, 'Queue', {
      queueArn: 'arn:aws:sqs:eu-central-1:123456789012:tasks', keyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1',
    });
    const process = new RecordingProcess(stack, 'Process');
    SqsBroker.fromQueue(stack, 'Broker', { queue, celeryQueueName: 'tasks', variablePrefix: 'OLD_' }).attachTo(process);
    expect(stack.resolve(process.variables)).toEqual({
      OLD_CELERY_BROKER_URL: 'sqs://', OLD_CELERY_TASK_DEFAULT_QUEUE: 'tasks', OLD_CELERY_QUEUE_URL: stack.resolve(queue.queueUrl),
    });
    expect(rightsOf(stack)).toEqual([
      [['kms:Decrypt'], queue.encryptionMasterKey!.keyArn], [CONSUME, queue.queueArn],
      [['kms:GenerateDataKey', 'kms:Decrypt'], queue.encryptionMasterKey!.keyArn], [['sqs:SendMessage'], queue.queueArn],
    ]);
    Template.fromStack(stack).resourceCountIs(QUEUE, 0);
  });

  test('is no FIFO queue', () => {
    const stack = newStack();
    const queue = sqs.Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:eu-central-1:123456789012:tasks.fifo');
    expect(messageOf(() => SqsBroker.fromQueue(stack, 'Broker', { queue }))).toBe("SqsBroker at 'Stack/Broker' cannot be defined:\n" +
      "- 'queue' must not be a FIFO queue: Celery's workers do not keep the order of messages, and a FIFO queue waits for each before the next. Give a standard one");
    expect(messageOf(() => SqsBroker.fromQueue(stack, 'Other', { queue: 'tasks', celeryQueueName: 'a.b' } as any))).toBe("SqsBroker at 'Stack/Other' cannot be defined:\n" +
      "- 'queue' must be an sqs.IQueue, got \"tasks\": use sqs.Queue.fromQueueArn(this, 'Queue', 'arn:…')\n" +
      "- 'celeryQueueName' must be letters, digits, '_' and '-', 80 characters at most, got \"a.b\"");
  });
});

test.each<[Record<string, unknown>, string]>([
  [{ celeryQueueName: 'shop.tasks' }, "'celeryQueueName' must be letters, digits, '_' and '-', 80 characters at most, got \"shop.tasks\""],
  [{ visibilityTimeout: Duration.hours(13) }, "'visibilityTimeout' must be between 1 second and 12 hours, got 13 hours: " +
    'SQS holds a message back no longer; divide longer work into several tasks'],
  [{ visibilityTimeout: Duration.millis(1500) }, "'visibilityTimeout' must be in whole seconds, got 1 second 500 millis"],
  [{ visibilityTimeout: 600 }, "'visibilityTimeout' must be a Duration between 1 second and 12 hours, got 600: use Duration.seconds(600)"],
  [{ retentionPeriod: Duration.days(15) }, "'retentionPeriod' must be between 1 minute and 14 days, got 15 days"],
  [{ retentionPeriod: Duration.minutes(20) }, "'visibilityTimeout' (30 minutes) must be shorter than 'retentionPeriod' (20 minutes), " +
    "else a message whose worker died is deleted before another gets it: raise 'retentionPeriod'"],
  [{ maxReceiveCount: 0 }, "'maxReceiveCount' must be a whole number between 1 and 1000, got 0"],
  [{ encryptionKey: 'alias/key' }, "'encryptionKey' must be a kms.IKey, got \"alias/key\": use kms.Key.fromKeyArn(this, 'Key', 'arn:…')"],
  [{ alarmTopic: 'alarms' }, "'alarmTopic' must be an sns.ITopic, got \"alarms\": make one, or use sns.Topic.fromTopicArn(this, 'Topic', 'arn:…')"],
  [{ removalPolicy: 'KEEP' }, "'removalPolicy' must be one of RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.SNAPSHOT, " +
    'RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, got "KEEP"'],
  [{ removalPolicy: RemovalPolicy.SNAPSHOT }, "'removalPolicy' must not be SNAPSHOT: a queue has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE"],
  [{ variablePrefix: 'mail' }, "'variablePrefix' must be letters, digits and underscores, not begin with a digit and end with an underscore, e.g. 'ARCHIVE_', got \"mail\""],
])('refuses %j', (options, problem) => {
  expect(messageOf(() => define(options))).toBe(`SqsBroker at 'Stack/Broker' cannot be defined:\n- ${problem}`);
});
