import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { createBackgroundService } from './background-service';
import { BeatProps } from './beat-props';
import { BACKGROUND_RULES } from './worker-rules';
import { boolean, CLUSTER, PROCESS, requiredKind, shaped } from '../../private/shapes';
import { validateProps } from '../../private/validation';
import { warnAboutMissingAddress } from '../definition/task-subnets';

/** Until it is certain that the next task does not run: Fargate needs about half a minute to start one. */
const LONGEST_STOP_SECONDS = 35;

const RULES = shaped<BeatProps>({
  cluster: requiredKind(CLUSTER), process: requiredKind(PROCESS), enabled: boolean, enableExecuteCommand: boolean, assignPublicIp: boolean,
}, BACKGROUND_RULES);

/**
 * Beat: runs one task of a process that must never run twice, e.g. Celery's beat or another scheduler that puts work into queues.
 *
 * A deployment stops the running task before it starts the new one (0 % and 100 %), and no availability zone is rebalanced, for that starts one
 * before it stops another. ECS counts tasks that run, not those that it has told to stop, so the process must end soon then: beat does so in a second, and
 * a short `stopTimeout` sees to it. ECS cannot vouch for a task whose host it lost sight of; where even that would do harm, let tasks take a lock.
 *
 * **WARNING**: another id or another cluster makes a second service, and CloudFormation deletes the first one only at the end of the deployment: two beats
 * until then. Deploy with `enabled: false` before.
 *
 * There is no beat for about a minute at each deployment. What falls into it is late with an interval and left out with a `crontab`, unless beat remembers its
 * schedule elsewhere than in a file, e.g. in the database (django-celery-beat). What must not be missed is better a `ScheduledTask`, which
 * costs nothing while it waits, and alarms.
 *
 * @example
 *
 * declare const cluster: ecs.Cluster;
 * const process = new ProcessDefinition(this, 'BeatProcess', {
 *   vpc: cluster.vpc,
 *   image: DjangoImage.fromDirectory('backend'),
 *   command: CeleryCommand.beat('shop'),
 *   cpu: 256,
 *   stopTimeout: Duration.seconds(10),
 * });
 * new Beat(this, 'Beat', { cluster, process });
 */
export class Beat extends Construct {
  /** ECS service. */
  public readonly service: ecs.FargateService;

  public constructor(scope: Construct, id: string, props: BeatProps) {
    super(scope, id);
    props = validateProps(this, 'Beat', props, RULES);
    warnAboutRisks(this, props);

    props.process.addDefaultEnvironment('PYTHONUNBUFFERED', '1');
    this.service = createBackgroundService(this, {
      ...props,
      desiredCount: props.enabled ?? true ? 1 : 0,
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
    });
  }
}

/** Warns about what is legal but risky. */
function warnAboutRisks(scope: Construct, props: BeatProps): void {
  const seconds = props.process.stopTimeout.toSeconds();
  if (seconds > LONGEST_STOP_SECONDS) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:beat-stop-timeout',
      `A process that does not end when it is asked to may run for ${seconds} seconds more, and ECS starts the next one meanwhile: two beats send ` +
      "each task twice. Give the process 'stopTimeout: Duration.seconds(10)'; Celery's beat needs one.");
  }
  warnAboutMissingAddress(scope, props);
}
