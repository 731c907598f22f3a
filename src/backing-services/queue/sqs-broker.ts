import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ImportedSqsBroker } from './imported-sqs-broker';
import { attachQueue, DEFAULT_QUEUE_NAME, grantConsumeMessages, grantSendMessages, SqsAccess } from './sqs-access';
import { SqsBrokerAttributes, SqsBrokerProps } from './sqs-broker-props';
import { DEFAULT_RETENTION, DEFAULT_VISIBILITY, SQS_BROKER_RULES } from './sqs-broker-rules';
import { IBackingService } from '../../config/backing-service';
import { IProcess } from '../../config/process';
import { tellTopic } from '../../private/alarm-topic';
import { requireGrantee } from '../../private/grantee';
import { given } from '../../private/options';
import { validateProps } from '../../private/validation';

/** The longest that SQS has. A message keeps its age when it becomes a dead letter, so this must be longer than in the queue itself. */
const DEAD_LETTER_RETENTION = Duration.days(14);

/**
 * Broker for Celery on Amazon SQS: a queue, and a dead-letter queue for messages that no worker gets done. There is no server to pay for or to
 * patch; the first million requests of each month are free, and an idle worker makes about 240,000.
 *
 * A process gets `CELERY_BROKER_URL` (`sqs://`), `CELERY_TASK_DEFAULT_QUEUE` and `CELERY_QUEUE_URL`, and rights on this queue alone. It may neither list nor
 * make queues, so Celery must know this one by `predefined_queues` in its `broker_transport_options`, and the image must have `kombu[sqs]`. What
 * needs queues of its own does not work: remote control (`celery inspect`), which Celery leaves off by itself, events (`-E`, Flower) and results. Beat works.
 *
 * @example
 *
 * declare const shop: DjangoOnFargate;
 * const broker = new SqsBroker(this, 'Broker', { visibilityTimeout: Duration.hours(1) });
 * shop.addBackingService(broker);
 */
export class SqsBroker extends Construct implements IBackingService {
  /**
   * A queue that was there before.
   * @param scope scope of the construct
   * @param id id of the construct
   * @param attributes the queue, and how Celery calls it
   */
  public static fromQueue(scope: Construct, id: string, attributes: SqsBrokerAttributes): IBackingService {
    return new ImportedSqsBroker(scope, id, attributes);
  }

  /** Queue with the tasks that wait; give it to the `queueScaling` of a `Worker`. */
  public readonly queue: sqs.Queue;

  /** Queue with the messages that were received too often. */
  public readonly deadLetterQueue: sqs.Queue;

  /** Alarm on the dead-letter queue; absent without `alarmTopic`. */
  public readonly deadLetterAlarm?: cloudwatch.Alarm;

  /** Name that Celery has for the queue. */
  public readonly celeryQueueName: string;

  private readonly access: SqsAccess;

  public constructor(scope: Construct, id: string, props: SqsBrokerProps = {}) {
    super(scope, id);
    props = validateProps(this, 'SqsBroker', props, SQS_BROKER_RULES);

    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    const { encryptionKey, variablePrefix } = props;
    this.celeryQueueName = props.celeryQueueName ?? DEFAULT_QUEUE_NAME;

    const common = { encryptionMasterKey: encryptionKey, removalPolicy };
    this.deadLetterQueue = this.createQueue('DeadLetters', { ...common, retentionPeriod: DEAD_LETTER_RETENTION });
    this.queue = this.createQueue('Queue', {
      ...common,
      visibilityTimeout: props.visibilityTimeout ?? DEFAULT_VISIBILITY,
      retentionPeriod: props.retentionPeriod ?? DEFAULT_RETENTION,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: props.maxReceiveCount ?? 5 },
    });
    this.deadLetterAlarm = props.alarmTopic && this.createDeadLetterAlarm(props.alarmTopic);
    this.access = { queue: this.queue, encryptionKey, celeryQueueName: this.celeryQueueName, variablePrefix };
  }

  public attachTo(process: IProcess): void {
    attachQueue(this.access, process);
  }

  /**
   * Grants the right to put tasks into the queue.
   * @param grantee who gets it
   */
  public grantSendMessages(grantee: iam.IGrantable): iam.Grant {
    requireGrantee(this, 'SqsBroker', grantee);
    return grantSendMessages(this.access, grantee);
  }

  /**
   * Grants the right to work the tasks of the queue off.
   * @param grantee who gets it
   */
  public grantConsumeMessages(grantee: iam.IGrantable): iam.Grant {
    requireGrantee(this, 'SqsBroker', grantee);
    return grantConsumeMessages(this.access, grantee);
  }

  /**
   * Tasks that wait for a worker.
   * @param options statistic, period and the like; the maximum over five minutes when left out
   */
  public metricWaiting(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateNumberOfMessagesVisible(atMost(options));
  }

  /**
   * Age, in seconds, of the task that waits longest.
   * @param options statistic, period and the like; the maximum over five minutes when left out
   */
  public metricOldestAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateAgeOfOldestMessage(atMost(options));
  }

  /**
   * Messages in the dead-letter queue.
   * @param options statistic, period and the like; the maximum over five minutes when left out
   */
  public metricDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible(atMost(options));
  }

  private createQueue(id: string, props: sqs.QueueProps & { readonly removalPolicy: RemovalPolicy }): sqs.Queue {
    const queue = new sqs.Queue(this, id, {
      ...props,
      encryption: props.encryptionMasterKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
      // One call to KMS for many messages.
      dataKeyReuse: props.encryptionMasterKey && Duration.hours(1),
      enforceSSL: true,
    });
    // Without it a queue that is kept would be reached without TLS too.
    (queue.node.findChild('Policy') as sqs.QueuePolicy).applyRemovalPolicy(props.removalPolicy);
    return queue;
  }

  private createDeadLetterAlarm(topic: sns.ITopic): cloudwatch.Alarm {
    const alarm = this.metricDeadLetters().createAlarm(this, 'DeadLetterAlarm', {
      alarmDescription: 'Tasks that no worker got done: read the messages of the dead-letter queue, correct the cause and start a redrive to their queue.',
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    tellTopic(alarm, topic);
    return alarm;
  }
}

function atMost(options?: cloudwatch.MetricOptions): cloudwatch.MetricOptions {
  return { statistic: cloudwatch.Stats.MAXIMUM, ...given(options) };
}
