import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { defaultAccess } from './django-spa';
import { ProfileDefaults } from './profile-defaults';
import { WafProtectedAlb } from '../edge/load-balancer/waf-protected-alb';
import { FlowLogs } from '../network/flow-logs';
import { Network } from '../network/network';
import { INetwork } from '../network/vpc-network';
import { given } from '../private/options';

/** The network of everything. */
export function createNetwork(scope: Construct, props: DjangoOnFargateProps, defaults: ProfileDefaults, accessLogBucket: s3.IBucket): INetwork {
  const { vpc, taskSubnets, databaseSubnets, ...layout } = props.network ?? {};
  if (vpc) {
    return Network.fromVpc(scope, 'Network', { vpc, taskSubnets, databaseSubnets });
  }
  // Whoever says how long flow logs are kept wants them, and in CloudWatch Logs.
  const flowLogs = layout.flowLogs ?? (layout.flowLogRetention === undefined ? defaults.flowLogs : FlowLogs.ALL);
  return new Network(scope, 'Network', {
    egress: defaults.egress(),
    removalPolicy: defaults.removalPolicy,
    vpcRemovalPolicy: vpcRemovalPolicy(props, defaults),
    ...given(layout),
    flowLogs,
    flowLogBucket: flowLogs === FlowLogs.NONE || layout.flowLogRetention !== undefined ? undefined : accessLogBucket,
  });
}

/** The cluster of the tasks. */
export function createCluster(scope: Construct, { containerInsights }: ProfileDefaults, { vpc }: INetwork): ecs.Cluster {
  const cluster = new ecs.Cluster(scope, 'Cluster', { vpc, containerInsightsV2: containerInsights });
  if (containerInsights === ecs.ContainerInsights.DISABLED) {
    Validations.of(cluster).acknowledge({ id: 'AwsSolutions-ECS4', reason: "Chosen by 'profile' or 'monitoring': Container Insights cost more than they tell of one task" });
  }
  return cluster;
}

/** The load balancer with its firewall. */
export function createLoadBalancer(
  scope: Construct, props: DjangoOnFargateProps, defaults: ProfileDefaults, { vpc }: INetwork, accessLogBucket: s3.IBucket,
): WafProtectedAlb {
  const { domain, loadBalancer, deletionProtection } = props;
  return new WafProtectedAlb(scope, 'LoadBalancer', {
    vpc,
    domain,
    access: defaultAccess(props),
    accessLogBucket,
    deletionProtection: deletionProtection ?? defaults.deletionProtection,
    removalPolicy: defaults.removalPolicy,
    logRetention: defaults.logRetention,
    ...given({ ...loadBalancer, accessLogExpiration: undefined }),
  });
}

/** The VPC stays with whatever is kept in it, and with a database that we do not know. A snapshot stands in no VPC. */
function vpcRemovalPolicy({ database, cache }: DjangoOnFargateProps, defaults: ProfileDefaults): RemovalPolicy {
  const policies = [
    database?.existing ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : database?.removalPolicy ?? defaults.databaseRemovalPolicy,
    ...cache ? [cache.removalPolicy ?? defaults.cacheRemovalPolicy] : [],
  ];
  return policies.find((policy) => [RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE].includes(policy)) ?? RemovalPolicy.DESTROY;
}
