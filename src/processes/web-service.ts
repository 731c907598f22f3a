import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration, Lazy, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { gunicornEnvironment, workersFor } from './gunicorn';
import { selectTaskSubnets } from './task-subnets';
import { WebServiceProps } from './web-service-props';
import { DEFAULT_IDLE_TIMEOUT, DEFAULT_REQUEST_TIMEOUT, MOST_TASKS, warnAboutArguments, warnAboutIdleTargets, warnAboutRisks, WEB_SERVICE_RULES } from './web-service-rules';
import { definitionError, validateProps } from '../private/validation';

const DEFAULT_THREADS = 16;
/** What gunicorn keeps a connection longer than the load balancer: shorter gives 502 now and then. */
const KEEP_ALIVE_MARGIN_SECONDS = 5;

/**
 * Web service: keeps tasks of a process running behind a load balancer, replaces them without losing a
 * request, rolls a failed deployment back and scales with the load.
 *
 * @example
 *
 * declare const cluster: ecs.Cluster;
 * declare const process: ProcessDefinition;
 * declare const alb: WafProtectedAlb;
 * const web = new WebService(this, 'Web', { cluster, process });
 * alb.addTargetGroup(web.targetGroup);
 */
export class WebService extends Construct {
  /** ECS service. */
  public readonly service: ecs.FargateService;

  /** Target group with the tasks; give it to a load balancer. */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;

  /** Autoscaling of the tasks; absent when `minCapacity` is `maxCapacity`. */
  public readonly scaling?: ecs.ScalableTaskCount;

  /** Tasks at most. */
  public readonly maxCapacity: number;

  /**
   * Requests that are served at the same time, and so database connections, when all tasks run; 0 where `maxCapacity`,
   * `workers` or `threads` are known at deployment only.
   */
  public readonly maxConcurrency: number;

  public constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    validateProps(this, 'WebService', props, WEB_SERVICE_RULES);
    warnAboutRisks(this, props);

    const { process } = props;
    const port = process.container.portMappings[0].containerPort;
    const requestTimeout = props.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT;
    const workers = props.workers ?? workersFor(process.cpu);
    const threads = props.threads ?? DEFAULT_THREADS;
    const minCapacity = props.minCapacity ?? Math.min(2, knownOr(2, props.maxCapacity));
    this.maxCapacity = props.maxCapacity ?? Math.min(MOST_TASKS, Math.max(10, 2 * knownOr(1, minCapacity)));
    const subnets = selectTaskSubnets(props);
    const idleTimeout = props.loadBalancerIdleTimeout ?? DEFAULT_IDLE_TIMEOUT;

    const settings = gunicornEnvironment({
      port,
      workers,
      threads,
      requestTimeoutSeconds: requestTimeout.toSeconds(),
      keepAliveSeconds: idleTimeout.toSeconds() + KEEP_ALIVE_MARGIN_SECONDS,
      gracefulTimeoutSeconds: requestTimeout.toSeconds(),
    });
    warnAboutArguments(this, process, settings);
    Object.entries(settings).forEach(([name, value]) => process.addDefaultEnvironment(name, value));

    const factors = [this.maxCapacity, workers, threads];
    this.maxConcurrency = factors.some((factor) => Token.isUnresolved(factor)) ? 0 : factors.reduce((product, factor) => product * factor);
    this.targetGroup = this.createTargetGroup(props, port, requestTimeout);
    this.service = this.createService(props, subnets.subnets);
    this.service.attachToApplicationTargetGroup(this.targetGroup);
    // The service alone: its autoscaling waits for it anyway.
    this.service.node.defaultChild!.node.addDependency(
      process.startDependencies,
      subnets.internetConnectivityEstablished,
    );
    if (this.maxCapacity > minCapacity || Token.isUnresolved(this.maxCapacity) || Token.isUnresolved(minCapacity)) {
      this.scaling = this.createScaling(props, minCapacity);
      // A count in the template would undo what autoscaling did, at each deployment.
      (this.service.node.defaultChild as ecs.CfnService).desiredCount = undefined;
    } else {
      (this.service.node.defaultChild as ecs.CfnService).desiredCount = minCapacity;
      warnAboutIdleTargets(this, props);
    }
    this.node.addValidation({ validate: () => this.missingLoadBalancer() });
  }

  private createTargetGroup(props: WebServiceProps, port: number, requestTimeout: Duration): elbv2.ApplicationTargetGroup {
    return new elbv2.ApplicationTargetGroup(this, 'Targets', {
      vpc: props.cluster.vpc,
      port,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targetType: elbv2.TargetType.IP,
      // A request that is under way may take its whole time; nothing longer, for it holds up each deployment.
      deregistrationDelay: requestTimeout,
      healthCheck: {
        path: props.healthCheckPath ?? '/health/',
        healthyHttpCodes: props.healthCheckCodes ?? '200',
        // The load balancer's own defaults (30 s, five times) cost minutes of each deployment.
        interval: Duration.seconds(5),
        timeout: Duration.seconds(4),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 5,
      },
    });
  }

  private createService(props: WebServiceProps, subnets: ec2.ISubnet[]): ecs.FargateService {
    return new ecs.FargateService(this, 'Service', {
      cluster: props.cluster,
      taskDefinition: props.process.taskDefinition,
      vpcSubnets: { subnets },
      assignPublicIp: props.assignPublicIp ?? false,
      securityGroups: [props.process.securityGroup],
      circuitBreaker: { enable: true, rollback: true },
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
      healthCheckGracePeriod: props.healthCheckGracePeriod ?? Duration.minutes(2),
      enableExecuteCommand: props.enableExecuteCommand ?? false,
      enableECSManagedTags: true,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
  }

  private createScaling(props: WebServiceProps, minCapacity: number): ecs.ScalableTaskCount {
    const scaling = this.service.autoScaleTaskCount({ minCapacity, maxCapacity: this.maxCapacity });
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: props.targetCpuPercent ?? 70 });
    scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: props.targetMemoryPercent ?? 80 });
    if (props.targetRequestsPerMinute !== undefined) {
      // `scaleOnRequestCount` wants the load balancer now; ours is known when the target group is given to it.
      (scaling.node.findChild('Target') as appscaling.ScalableTarget).scaleToTrackMetric('Requests', {
        predefinedMetric: appscaling.PredefinedMetric.ALB_REQUEST_COUNT_PER_TARGET,
        targetValue: props.targetRequestsPerMinute,
        resourceLabel: Lazy.string({ produce: () => `${this.loadBalancerName()}/${this.targetGroup.targetGroupFullName}` }),
      });
    }
    return scaling;
  }

  /** ECS refuses a service whose target group has no load balancer. */
  private missingLoadBalancer(): string[] {
    return this.loadBalancerName() !== undefined ? [] : [definitionError(this, 'WebService', [
      "its target group has no load balancer: give it to one, e.g. with 'addTargetGroup(web.targetGroup)' of a WafProtectedAlb",
    ])];
  }

  private loadBalancerName(): string | undefined {
    try {
      return this.targetGroup.firstLoadBalancerFullName;
    } catch {
      return undefined;
    }
  }
}

function knownOr(otherwise: number, value: number | undefined): number {
  return value === undefined || Token.isUnresolved(value) ? otherwise : value;
}
