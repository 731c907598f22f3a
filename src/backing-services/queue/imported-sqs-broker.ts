import { Construct } from 'constructs';
import { attachQueue, DEFAULT_QUEUE_NAME, SqsAccess } from './sqs-access';
import { SqsBrokerAttributes } from './sqs-broker-props';
import { SQS_BROKER_ATTRIBUTES_RULES } from './sqs-broker-rules';
import { IBackingService } from '../../config/backing-service';
import { IProcess } from '../../config/process';
import { validateProps } from '../../private/validation';

/** A queue that was there before. */
export class ImportedSqsBroker extends Construct implements IBackingService {
  private readonly access: SqsAccess;

  public constructor(scope: Construct, id: string, attributes: SqsBrokerAttributes) {
    super(scope, id);
    attributes = validateProps(this, 'SqsBroker', attributes, SQS_BROKER_ATTRIBUTES_RULES);

    const { queue, celeryQueueName, variablePrefix } = attributes;
    this.access = {
      queue,
      encryptionKey: queue.encryptionMasterKey,
      celeryQueueName: celeryQueueName ?? DEFAULT_QUEUE_NAME,
      variablePrefix: variablePrefix ?? undefined,
    };
  }

  public attachTo(process: IProcess): void {
    attachQueue(this.access, process);
  }
}
