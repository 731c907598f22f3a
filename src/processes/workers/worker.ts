import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { createBackgroundService } from './background-service';
import { WorkerProps } from './worker-props';
import { queueWithin, warnAboutRisks, WORKER_RULES } from './worker-rules';
import { scalesOn, scaleWorker } from './worker-scaling';
import { validateProps } from '../../private/validation';
import { knownOr, warnAboutIdleScaling } from '../definition/task-count';

const DEFAULT_MAX_CAPACITY = 10;

/**
 * Worker: keeps tasks of a process running that nobody sends requests to, e.g. Celery's, replaces them without cutting short what they
 * do, rolls a failed deployment back and scales with the work, down to nothing if it may.
 *
 * ECS sends SIGTERM to the first process of the container. Celery then takes no more tasks and ends when those that it has are done
 * (warm shutdown), for which the process should have Fargate's longest time, 120 seconds. Two things are the project's: let Celery
 * acknowledge late (`task_acks_late`, `task_reject_on_worker_lost`), so that a longer task runs again, and make tasks that may run twice. A broker
 * gives such a task to another worker after its visibility timeout. Celery 5.5 and newer returns it at once with `REMAP_SIGTERM=SIGQUIT` in the environment and
 * `worker_soft_shutdown_timeout` in the settings: the seconds, less than 120, that tasks still get.
 *
 * It has no health check unless the process has one: ECS replaces a task whose process ends, and a deployment counts one as healthy when it ran for 40
 * seconds. `celery inspect ping` would start Python and Django for each check, which costs more CPU than many workers need, fails whenever the broker
 * is away, and is never answered over SQS.
 *
 * @example
 *
 * declare const cluster: ecs.Cluster;
 * const process = new ProcessDefinition(this, 'WorkerProcess', {
 *   vpc: cluster.vpc,
 *   image: DjangoImage.fromDirectory('backend'),
 *   command: CeleryCommand.worker('shop', { cpu: 1024 }),
 *   cpu: 1024,
 *   stopTimeout: Duration.seconds(120),
 * });
 * const worker = new Worker(this, 'Worker', { cluster, process, maxCapacity: 4 });
 */
export class Worker extends Construct {
  /** ECS service. */
  public readonly service: ecs.FargateService;

  /** Autoscaling of the tasks; absent when `minCapacity` is `maxCapacity`. */
  public readonly scaling?: ecs.ScalableTaskCount;

  /** Tasks at least. */
  public readonly minCapacity: number;

  /** Tasks at most. */
  public readonly maxCapacity: number;

  public constructor(scope: Construct, id: string, props: WorkerProps) {
    super(scope, id);
    props = validateProps(this, 'Worker', props, [...WORKER_RULES, queueWithin(Stack.of(this))]);
    warnAboutRisks(this, props);

    const { process, targetCpuPercent, targetMemoryPercent, queueScaling, metricScaling } = props;
    this.minCapacity = props.minCapacity ?? Math.min(1, knownOr(1, props.maxCapacity));
    this.maxCapacity = props.maxCapacity ?? (scalesOn(props) ? Math.max(DEFAULT_MAX_CAPACITY, 2 * knownOr(1, this.minCapacity)) : this.minCapacity);
    const scales = this.minCapacity !== this.maxCapacity;

    process.addDefaultEnvironment('PYTHONUNBUFFERED', '1');
    this.service = createBackgroundService(this, {
      ...props,
      // A count in the template would undo what autoscaling did, at each deployment.
      desiredCount: scales ? undefined : this.minCapacity,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
    });
    if (scales) {
      this.scaling = scaleWorker(this.service, props, this.minCapacity, this.maxCapacity);
      (this.service.node.defaultChild as ecs.CfnService).desiredCount = undefined;
    } else {
      warnAboutIdleScaling(this, { targetCpuPercent, targetMemoryPercent, queueScaling, metricScaling });
    }
  }
}
