import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';

/** Properties of an `SqsBroker`. */
export interface SqsBrokerProps {
  /**
   * Name that Celery has for the queue, its `task_default_queue`: letters, digits, `_` and `-`. SQS has a name of its own.
   * @default 'celery'
   */
  readonly celeryQueueName?: string;

  /**
   * Time in which a message that was received must be done, 1 second to 12 hours: then SQS gives it to another worker too. It must be longer than your longest
   * task (`task_time_limit`) and your longest `countdown` or `eta`, for which the message waits in the worker.
   * @default Duration.minutes(30)
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
   */
  readonly visibilityTimeout?: Duration;

  /**
   * Time that a message waits for a worker at most, 1 minute to 14 days.
   * @default Duration.days(7)
   */
  readonly retentionPeriod?: Duration;

  /**
   * Times that a message is received before it goes to the dead-letter queue, 1 to 1000: one that kills its worker each time must not do so for ever.
   * A worker that stops returns what it had received, which counts as well.
   * @default 5
   */
  readonly maxReceiveCount?: number;

  /**
   * Key that encrypts the messages. KMS then costs a little for each.
   * @default - a key of SQS, which costs nothing
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Topic that is told when a message arrives in the dead-letter queue.
   * @default - nobody is told
   */
  readonly alarmTopic?: sns.ITopic;

  /**
   * What happens to both queues, with their messages, when they are removed from the stack or replaced.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE; in `DjangoOnFargate` as the profile says
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * What stands before the names of the variables, for a second queue: `MAIL_` gives `MAIL_CELERY_QUEUE_URL`.
   * @default - nothing
   */
  readonly variablePrefix?: string;
}

/** Attributes of a queue that was there before, for `SqsBroker.fromQueue`. */
export interface SqsBrokerAttributes {
  /** Queue; no FIFO queue. Its visibility timeout must be longer than your longest task. */
  readonly queue: sqs.IQueue;

  /**
   * Name that Celery has for the queue, its `task_default_queue`: letters, digits, `_` and `-`.
   * @default 'celery'
   */
  readonly celeryQueueName?: string;

  /**
   * What stands before the names of the variables, for a second queue: `MAIL_` gives `MAIL_CELERY_QUEUE_URL`.
   * @default - nothing
   */
  readonly variablePrefix?: string;
}
