import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { DeploymentProfile } from '../config/deployment-profile';
import { Egress } from '../network/egress';
import { FlowLogs } from '../network/flow-logs';

/** What a profile sets where the props say nothing. `docs/profiles.md` prints this table; a test holds them together. */
export interface ProfileDefaults {
  readonly egress: () => Egress;
  readonly flowLogs: FlowLogs;
  readonly removalPolicy: RemovalPolicy;
  readonly databaseRemovalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
  readonly instanceType: string;
  readonly multiAz: boolean;
  readonly cacheReplicas: number;
  readonly cacheRemovalPolicy: RemovalPolicy;
  readonly backupRetention: Duration;
  readonly cpu: number;
  readonly memoryLimitMiB: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly containerInsights: ecs.ContainerInsights;
  readonly enableExecuteCommand: boolean;
  readonly logRetention: logs.RetentionDays;
}

export const PROFILE_DEFAULTS: Record<DeploymentProfile, ProfileDefaults> = {
  [DeploymentProfile.PRODUCTION]: {
    egress: () => Egress.natGateways(2),
    flowLogs: FlowLogs.ALL,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    databaseRemovalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    deletionProtection: true,
    instanceType: 't4g.small',
    multiAz: true,
    cacheReplicas: 1,
    cacheRemovalPolicy: RemovalPolicy.SNAPSHOT,
    backupRetention: Duration.days(14),
    cpu: 512,
    memoryLimitMiB: 1024,
    minCapacity: 2,
    maxCapacity: 10,
    containerInsights: ecs.ContainerInsights.ENABLED,
    enableExecuteCommand: false,
    logRetention: logs.RetentionDays.THREE_MONTHS,
  },
  [DeploymentProfile.STAGING]: {
    egress: () => Egress.natGateways(1),
    flowLogs: FlowLogs.NONE,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    databaseRemovalPolicy: RemovalPolicy.SNAPSHOT,
    deletionProtection: false,
    instanceType: 't4g.micro',
    multiAz: false,
    cacheReplicas: 0,
    cacheRemovalPolicy: RemovalPolicy.SNAPSHOT,
    backupRetention: Duration.days(7),
    cpu: 256,
    memoryLimitMiB: 512,
    minCapacity: 1,
    maxCapacity: 2,
    containerInsights: ecs.ContainerInsights.DISABLED,
    enableExecuteCommand: true,
    logRetention: logs.RetentionDays.ONE_MONTH,
  },
  [DeploymentProfile.DEVELOPMENT]: {
    egress: () => Egress.publicIp(),
    flowLogs: FlowLogs.NONE,
    removalPolicy: RemovalPolicy.DESTROY,
    databaseRemovalPolicy: RemovalPolicy.DESTROY,
    deletionProtection: false,
    instanceType: 't4g.micro',
    multiAz: false,
    cacheReplicas: 0,
    cacheRemovalPolicy: RemovalPolicy.DESTROY,
    backupRetention: Duration.days(1),
    cpu: 256,
    memoryLimitMiB: 512,
    minCapacity: 1,
    maxCapacity: 1,
    containerInsights: ecs.ContainerInsights.DISABLED,
    enableExecuteCommand: true,
    logRetention: logs.RetentionDays.ONE_WEEK,
  },
};

/** What holds where a prop of its own says nothing: what is said for the whole project, else what the profile says. */
export function defaultsOf({ profile, monitoring, removalPolicy }: DjangoOnFargateProps): ProfileDefaults {
  const defaults = PROFILE_DEFAULTS[profile ?? DeploymentProfile.PRODUCTION];
  return {
    ...defaults,
    logRetention: monitoring?.logRetention ?? defaults.logRetention,
    containerInsights: monitoring?.containerInsights ?? defaults.containerInsights,
    ...removalPolicy && removalPolicies(removalPolicy),
  };
}

/** A cache has nothing to keep but its last snapshot, secrets and logs have no snapshots. */
function removalPolicies(policy: RemovalPolicy): Pick<ProfileDefaults, 'removalPolicy' | 'databaseRemovalPolicy' | 'cacheRemovalPolicy'> {
  return policy === RemovalPolicy.DESTROY
    ? { removalPolicy: policy, databaseRemovalPolicy: policy, cacheRemovalPolicy: policy }
    : { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, databaseRemovalPolicy: policy, cacheRemovalPolicy: RemovalPolicy.SNAPSHOT };
}
