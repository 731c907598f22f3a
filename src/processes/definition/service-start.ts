import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { FargateSpotOptions } from './fargate-spot-props';
import { ProcessDefinition } from './process-definition';

interface StartProps {
  readonly process: ProcessDefinition;
  readonly cluster: ecs.ICluster;
  readonly fargateSpot?: FargateSpotOptions;
}

/** Lets the service alone wait for all that its tasks need: what belongs to it, as autoscaling does, waits for the service anyway. */
export function startAfterEverything(service: ecs.FargateService, { process, cluster, fargateSpot }: StartProps, subnets: ec2.SelectedSubnets): void {
  const { node } = service.node.defaultChild!;
  node.addDependency(process.startDependencies, subnets.internetConnectivityEstablished);
  if (fargateSpot) {
    // The capacity providers of a cluster are associated with it after it is there.
    node.addDependency(cluster);
  }
}
