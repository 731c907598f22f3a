import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration, Lazy, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AlternateTargets } from './alternate-targets';
import { alarmProblem, createErrorAlarm, nameOfAlarm } from './rollback-alarms';
import { WebDeployment } from './web-deployment';
import { healthCheckOf } from './web-health-check';
import { capacityOf, createScaling, mostTasks, scales } from './web-scaling';
import { WebServer } from './web-server';
import { WebServiceProps } from './web-service-props';
import { DEFAULT_IDLE_TIMEOUT, DEFAULT_REQUEST_TIMEOUT, WEB_SERVICE_RULES } from './web-service-rules';
import { warnAboutArguments, warnAboutForgedAddresses, warnAboutRisks } from './web-service-warnings';
import { IRoutedService } from '../../config/routed-service';
import { definitionError, validateProps } from '../../private/validation';
import { blockOf } from '../../private/vpc';
import { FargateService } from '../definition/fargate-service';
import { capacityProviderStrategies } from '../definition/fargate-spot';
import { startAfterEverything } from '../definition/service-start';
import { warnAboutIdleScaling } from '../definition/task-count';
import { selectTaskSubnets } from '../definition/task-subnets';

/** What the server keeps a connection longer than the load balancer: shorter gives 502 now and then. */
const KEEP_ALIVE_MARGIN_SECONDS = 5;
/** In percent. Where requests move little by little, the deployment takes its time anyway, and somebody wants to know about errors. */
const DEFAULT_ERROR_PERCENT = 5;

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
 * alb.addService(web);
 */
export class WebService extends Construct implements IRoutedService {
  /** ECS service. */
  public readonly service: ecs.FargateService;

  /** Target group with the tasks. */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;

  /** Second target group, between which and the first requests move in a deployment; absent with a rolling one. */
  public readonly alternateTargetGroup?: elbv2.ApplicationTargetGroup;

  /** Name of the header whose requests reach new tasks first; absent unless `deployment` has one. */
  public readonly testHeader?: string;

  /** Autoscaling of the tasks; absent when `minCapacity` is `maxCapacity` and no schedule changes them. */
  public readonly scaling?: ecs.ScalableTaskCount;

  /** Alarm on errors that rolls a deployment back; absent where `rollbackErrorPercent` is 0. */
  public readonly errorAlarm?: cloudwatch.Alarm;

  /** Tasks at most, at any time. */
  public readonly maxCapacity: number;

  /**
   * Requests that are served at the same time, and so database connections, when all tasks run; 0 where there is no limit, as with uvicorn and
   * other servers of ASGI, and where `maxCapacity`, `workers` or `threads` are known at deployment only.
   */
  public readonly maxConcurrency: number;

  private readonly rollbackAlarmNames: string[] = [];
  private readonly alternateTargets?: AlternateTargets;

  public constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    props = validateProps(this, 'WebService', props, WEB_SERVICE_RULES);

    const { process } = props;
    const port = process.container.portMappings[0].containerPort;
    const server = props.server ?? WebServer.gunicorn();
    const deployment = props.deployment ?? WebDeployment.rolling();
    const requestTimeout = props.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT;
    const idleTimeout = props.loadBalancerIdleTimeout ?? DEFAULT_IDLE_TIMEOUT;
    const capacity = capacityOf(props);
    const subnets = selectTaskSubnets(props);
    const errorPercent = props.rollbackErrorPercent ?? (deployment._shiftsTraffic ? DEFAULT_ERROR_PERCENT : 0);
    warnAboutRisks(this, props, server, requestTimeout, idleTimeout);

    const settings = server._environment({
      port,
      cpu: process.cpu,
      requestTimeoutSeconds: requestTimeout.toSeconds(),
      idleTimeoutSeconds: idleTimeout.toSeconds(),
      keepAliveSeconds: idleTimeout.toSeconds() + KEEP_ALIVE_MARGIN_SECONDS,
      vpcBlock: blockOf(props.cluster.vpc),
    });
    warnAboutArguments(this, process, server._argumentsVariable, settings);
    warnAboutForgedAddresses(this, process, settings);
    Object.entries(settings).forEach(([name, value]) => process.addDefaultEnvironment(name, value));

    this.maxCapacity = mostTasks(capacity, props.scalingSchedules);
    const factors = [this.maxCapacity, ...server._requestsPerTask(process.cpu, process._command)];
    this.maxConcurrency = factors.some((factor) => Token.isUnresolved(factor)) ? 0 : factors.reduce((product, factor) => product * factor);
    this.targetGroup = this.createTargetGroup('Targets', props, port, requestTimeout);
    this.service = this.createService(props, deployment, subnets.subnets);
    if (deployment._shiftsTraffic) {
      this.alternateTargetGroup = this.createTargetGroup('AlternateTargets', props, port, requestTimeout);
      this.alternateTargets = new AlternateTargets(this, this.alternateTargetGroup);
      this.testHeader = deployment._testHeader;
    }
    this.service.loadBalancerTarget({ containerName: process.container.containerName, alternateTarget: this.alternateTargets })
      .attachToApplicationTargetGroup(this.targetGroup);
    if (props.healthCheckPort !== undefined) {
      this.targetGroup.registerConnectable(this.service, ec2.Port.tcp(props.healthCheckPort));
    }
    startAfterEverything(this.service, props, subnets);
    if (scales(capacity, props.scalingSchedules)) {
      this.scaling = createScaling(this.service, props, capacity, () => `${this.loadBalancerName()}/${this.targetGroup.targetGroupFullName}`);
    } else {
      const { targetCpuPercent, targetMemoryPercent, targetRequestsPerMinute } = props;
      warnAboutIdleScaling(this, { targetCpuPercent, targetMemoryPercent, targetRequestsPerMinute });
    }
    // A count in the template would undo what autoscaling did, at each deployment.
    (this.service.node.defaultChild as ecs.CfnService).desiredCount = this.scaling ? undefined : capacity.min;

    if (errorPercent > 0) {
      const targetGroups = [this.targetGroup, ...this.alternateTargetGroup ? [this.alternateTargetGroup] : []];
      this.errorAlarm = createErrorAlarm(this, targetGroups, () => this.loadBalancerName(), errorPercent);
      this.addRollbackAlarm(this.errorAlarm);
    }
    props.rollbackAlarms?.forEach((alarm) => this.addRollbackAlarm(alarm));
    this.node.addValidation({ validate: () => this.missingLoadBalancer() });
  }

  /**
   * Adds an alarm that rolls a deployment back when it goes off during it. One that watches the service itself must have an `alarmName`: the
   * service refers to the alarm, so the alarm cannot wait for the service otherwise.
   * @param alarm the alarm
   */
  public addRollbackAlarm(alarm: cloudwatch.IAlarm): void {
    const problem = alarmProblem(alarm, this.service);
    if (problem) {
      throw new Error(definitionError(this, 'WebService', [problem]));
    }
    if (this.rollbackAlarmNames.length === 0) {
      this.service.enableDeploymentAlarms(Lazy.list({ produce: () => this.rollbackAlarmNames }), { behavior: ecs.AlarmBehavior.ROLLBACK_ON_ALARM });
    }
    this.rollbackAlarmNames.push(nameOfAlarm(alarm));
  }

  public routedBy(rule: elbv2.ApplicationListenerRule, testRule?: elbv2.ApplicationListenerRule): void {
    this.alternateTargets?.routedBy(rule, testRule);
  }

  private createTargetGroup(id: string, props: WebServiceProps, port: number, requestTimeout: Duration): elbv2.ApplicationTargetGroup {
    return new elbv2.ApplicationTargetGroup(this, id, {
      vpc: props.cluster.vpc,
      port,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targetType: elbv2.TargetType.IP,
      // A request that is under way may take its whole time; nothing longer, for it holds up each deployment.
      deregistrationDelay: requestTimeout,
      slowStart: props.slowStart,
      healthCheck: healthCheckOf(props),
    });
  }

  private createService(props: WebServiceProps, deployment: WebDeployment, subnets: ec2.ISubnet[]): ecs.FargateService {
    return new FargateService(this, 'Service', {
      cluster: props.cluster,
      taskDefinition: props.process.taskDefinition,
      capacityProviderStrategies: capacityProviderStrategies(props.fargateSpot),
      vpcSubnets: { subnets },
      assignPublicIp: props.assignPublicIp ?? false,
      securityGroups: [props.process.securityGroup],
      ...deployment._serviceProps(),
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

  /** ECS refuses a service whose target group has no load balancer. */
  private missingLoadBalancer(): string[] {
    const problem = this.loadBalancerName() === undefined
      ? "its target group has no load balancer: give it to one, e.g. with 'addService(web)' of a WafProtectedAlb"
      : this.alternateTargets?.problem();
    return problem ? [definitionError(this, 'WebService', [problem])] : [];
  }

  private loadBalancerName(): string | undefined {
    try {
      return this.targetGroup.firstLoadBalancerFullName;
    } catch {
      return undefined;
    }
  }
}
