import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { DjangoVariable } from '../../config/django-variable';
import { IProcess, ProcessDuty } from '../../config/process';

/** What a process gets of a queue. */
export interface SqsAccess {
  readonly queue: sqs.IQueue;
  readonly encryptionKey?: kms.IKey;
  readonly celeryQueueName: string;
  readonly variablePrefix?: string;
}

export const DEFAULT_QUEUE_NAME = 'celery';

/** What kombu calls to send a task. */
const SEND = ['sqs:SendMessage'];
/** What it calls besides to work tasks off; the attributes say how much waits, and whether what a worker rejects goes to another queue. */
const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'];

/** Hands a queue over to a process, with the rights that the process needs there. */
export function attachQueue({ queue, encryptionKey, celeryQueueName, variablePrefix }: SqsAccess, process: IProcess): void {
  // Nothing but the scheme: what kombu has no keys for it signs with the role of the task.
  process.addVariable(DjangoVariable.CELERY_BROKER_URL, 'sqs://', variablePrefix);
  process.addVariable(DjangoVariable.CELERY_TASK_DEFAULT_QUEUE, celeryQueueName, variablePrefix);
  process.addVariable(DjangoVariable.CELERY_QUEUE_URL, queue.queueUrl, variablePrefix);
  if (process.duty === ProcessDuty.APPLICATION) {
    grantConsumeMessages({ queue, encryptionKey }, process);
  }
  grantSendMessages({ queue, encryptionKey }, process);
}

/** The right to put tasks into the queue. */
export function grantSendMessages({ queue, encryptionKey }: Pick<SqsAccess, 'queue' | 'encryptionKey'>, grantee: iam.IGrantable): iam.Grant {
  encryptionKey?.grant(grantee, 'kms:GenerateDataKey', 'kms:Decrypt');
  return queue.grant(grantee, ...SEND);
}

/** The right to work tasks off. */
export function grantConsumeMessages({ queue, encryptionKey }: Pick<SqsAccess, 'queue' | 'encryptionKey'>, grantee: iam.IGrantable): iam.Grant {
  encryptionKey?.grant(grantee, 'kms:Decrypt');
  return queue.grant(grantee, ...CONSUME);
}
