import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ProcessDefinition } from '../processes/definition/process-definition';

/** Names of variables that tell Celery its broker: the library's, and what projects call theirs. */
const BROKER = /BROKER|CELERY|REDIS|VALKEY|RABBIT|AMQP|MQ|SQS/i;

/** Warns where Celery runs without a variable that could be its broker's, once everything was attached: a broker may come after the worker. */
export function warnAboutMissingBroker(scope: Construct, process: ProcessDefinition): void {
  scope.node.addValidation({
    validate: () => {
      if (!process._setsOneLike(BROKER)) {
        Annotations.of(scope).addWarningV2('cdk-django-on-fargate:celery-broker',
          "Celery has no broker: neither 'cache' nor an SqsBroker is there, REDIS_URL is empty, and no variable of yours is named after one. Give 'cache: {}', add " +
          "an SqsBroker with addBackingService, or give 'command' where it is not Celery that runs.");
      }
      return [];
    },
  });
}
