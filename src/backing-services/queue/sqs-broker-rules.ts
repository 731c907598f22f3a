import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { SqsBrokerAttributes, SqsBrokerProps } from './sqs-broker-props';
import { an, aRemovalPolicy, KEY, QUEUE, requiredKind, shaped, TOPIC } from '../../private/shapes';
import { durationBetween, integerBetween, isDuration, isKnown, matches, Rule, show, wholeUnits } from '../../private/validation';
import { VARIABLE_PREFIX_RULES } from '../../private/variable-prefix';

export const DEFAULT_VISIBILITY = Duration.minutes(30);
export const DEFAULT_RETENTION = Duration.days(7);

const NAME_RULES: Rule<{ readonly celeryQueueName?: string; readonly variablePrefix?: string }>[] = [
  // Celery looks other characters up under a name in which they are replaced, and does not find the queue.
  matches('celeryQueueName', /^[A-Za-z0-9_-]{1,80}$/, "be letters, digits, '_' and '-', 80 characters at most"),
  ...VARIABLE_PREFIX_RULES,
];

/** What holds for the options of an `SqsBroker` wherever they are given. */
export const SQS_BROKER_RULES = shaped<SqsBrokerProps>({ encryptionKey: an(KEY), alarmTopic: an(TOPIC), removalPolicy: aRemovalPolicy }, [
  ...NAME_RULES,
  durationBetween('visibilityTimeout', Duration.seconds(1), Duration.hours(12), 'SQS holds a message back no longer; divide longer work into several tasks'),
  wholeUnits('visibilityTimeout', 'seconds'),
  durationBetween('retentionPeriod', Duration.minutes(1), Duration.days(14)),
  wholeUnits('retentionPeriod', 'seconds'),
  integerBetween('maxReceiveCount', 1, 1000),
  ({ removalPolicy }) => removalPolicy === RemovalPolicy.SNAPSHOT
    ? '\'removalPolicy\' must not be SNAPSHOT: a queue has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE'
    : undefined,
  ({ visibilityTimeout = DEFAULT_VISIBILITY, retentionPeriod = DEFAULT_RETENTION }) => isLonger(visibilityTimeout, retentionPeriod)
    ? `'visibilityTimeout' (${show(visibilityTimeout)}) must be shorter than 'retentionPeriod' (${show(retentionPeriod)}), ` +
      'else a message whose worker died is deleted before another gets it: raise \'retentionPeriod\''
    : undefined,
]);

/** What holds for the attributes of a queue that was there before. */
export const SQS_BROKER_ATTRIBUTES_RULES = shaped<SqsBrokerAttributes>({ queue: requiredKind(QUEUE) }, [
  ...NAME_RULES,
  ({ queue }) => queue?.fifo
    ? "'queue' must not be a FIFO queue: Celery's workers do not keep the order of messages, and a FIFO queue waits for each before the next. Give a standard one"
    : undefined,
]);

function isLonger(one: Duration, other: Duration): boolean {
  return [one, other].every((value) => isDuration(value) && isKnown(value)) && one.toMilliseconds() >= other.toMilliseconds();
}
