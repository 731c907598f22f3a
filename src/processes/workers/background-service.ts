import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { FargateService } from '../definition/fargate-service';
import { capacityProviderStrategies } from '../definition/fargate-spot';
import { FargateSpotOptions } from '../definition/fargate-spot-props';
import { ProcessDefinition } from '../definition/process-definition';
import { startAfterEverything } from '../definition/service-start';
import { selectTaskSubnets, TaskPlacement } from '../definition/task-subnets';

/** What differs between the services that nobody sends requests to. */
export interface BackgroundServiceSettings extends TaskPlacement {
  readonly process: ProcessDefinition;

  /** Tasks at first; absent where autoscaling counts them. */
  readonly desiredCount?: number;

  readonly minHealthyPercent: number;
  readonly maxHealthyPercent: number;
  readonly fargateSpot?: FargateSpotOptions;
  readonly enableExecuteCommand?: boolean;
}

/** An ECS service without a load balancer. Its tasks start after everything that they need, and a deployment that fails is rolled back. */
export function createBackgroundService(scope: Construct, settings: BackgroundServiceSettings): ecs.FargateService {
  const { cluster, process, desiredCount, minHealthyPercent, maxHealthyPercent, fargateSpot } = settings;
  const subnets = selectTaskSubnets(settings);
  const service = new FargateService(scope, 'Service', {
    cluster,
    taskDefinition: process.taskDefinition,
    desiredCount,
    vpcSubnets: { subnets: subnets.subnets },
    assignPublicIp: settings.assignPublicIp ?? false,
    securityGroups: [process.securityGroup],
    circuitBreaker: { enable: true, rollback: true },
    minHealthyPercent,
    maxHealthyPercent,
    // It starts a task in another zone before it stops one: ECS refuses it where there may be no task more than wanted.
    availabilityZoneRebalancing: maxHealthyPercent > 100 ? ecs.AvailabilityZoneRebalancing.ENABLED : ecs.AvailabilityZoneRebalancing.DISABLED,
    capacityProviderStrategies: capacityProviderStrategies(fargateSpot),
    enableExecuteCommand: settings.enableExecuteCommand ?? false,
    enableECSManagedTags: true,
    propagateTags: ecs.PropagatedTagSource.SERVICE,
  });
  startAfterEverything(service, settings, subnets);
  return service;
}
