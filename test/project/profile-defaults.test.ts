import { readFileSync } from 'fs';
import { join } from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { DeploymentProfile, DjangoImage, DjangoMonitoringOptions, DjangoOnFargate, FlowLogs, Network } from '../../src';
import { PROFILE_DEFAULTS, ProfileDefaults } from '../../src/project/profile-defaults';

const document = readFileSync(join(__dirname, '../../docs/profiles.md'), 'utf8');
const profiles = [DeploymentProfile.PRODUCTION, DeploymentProfile.STAGING, DeploymentProfile.DEVELOPMENT];

const KEPT: Partial<Record<RemovalPolicy, string>> = {
  [RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE]: 'kept',
  [RemovalPolicy.SNAPSHOT]: 'last snapshot kept',
  [RemovalPolicy.DESTROY]: 'destroyed',
};

function egressOf(profile: ProfileDefaults): string {
  const stack = new Stack();
  const network = new Network(stack, 'Network', { egress: profile.egress() });
  const gateways = Object.keys(Template.fromStack(stack).findResources('AWS::EC2::NatGateway')).length;
  return network.assignPublicIp ? 'public IP per task' : `${gateways} NAT gateway${gateways === 1 ? '' : 's'}`;
}

const ROWS: Record<string, (profile: ProfileDefaults) => string> = {
  'way out of the network': egressOf,
  'flow logs': (profile) => profile.flowLogs === FlowLogs.ALL ? 'to the log bucket' : 'none',
  'database class': (profile) => profile.instanceType,
  'standby database': (profile) => profile.multiAz ? 'yes' : 'no',
  'backups kept': (profile) => profile.backupRetention.toHumanString(),
  'cache nodes beside the first, where there is a cache': (profile) => `${profile.cacheReplicas || 'none'}`,
  'cache, when removed from the stack': (profile) => KEPT[profile.cacheRemovalPolicy]!,
  'deletion protection (database, load balancer)': (profile) => profile.deletionProtection ? 'yes' : 'no',
  'database, when removed from the stack': (profile) => KEPT[profile.databaseRemovalPolicy]!,
  'Django\'s key, sender of mail and log groups, when removed from the stack': (profile) => KEPT[profile.removalPolicy]!,
  'task size': (profile) => `${profile.cpu} CPU, ${profile.memoryLimitMiB} MiB`,
  'tasks': ({ minCapacity, maxCapacity }) => minCapacity === maxCapacity ? `${minCapacity}` : `${minCapacity} to ${maxCapacity}`,
  'Container Insights': (profile) => profile.containerInsights === ecs.ContainerInsights.DISABLED ? 'off' : 'on',
  'ECS Exec': (profile) => profile.enableExecuteCommand ? 'on' : 'off',
  'logs kept': (profile) => `${profile.logRetention} days`,
};

describe('The published table of profiles', () => {
  test.each(Object.keys(ROWS))('says what the code does about: %s', (what) => {
    const row = document.split('\n').find((line) => line.startsWith(`| ${what} |`));
    expect(row?.split('|').slice(3, 6).map((cell) => cell.trim())).toEqual(profiles.map((profile) => ROWS[what](PROFILE_DEFAULTS[profile])));
  });

  test('has a sum under each column of prices', () => {
    const prices = document.slice(document.indexOf('## What they cost')).split('\n').filter((line) => /\d\.\d\d/.test(line) && line.startsWith('| '));
    const cells = prices.map((line) => line.split('|').slice(2, 5).map((cell) => Number(cell.replace(/[^\d.]/g, ''))));
    const together = cells.pop()!;
    together.forEach((sum, column) => expect(cells.reduce((all, row) => all + row[column], 0)).toBeCloseTo(sum, 2));
  });
});

describe('What is said for the whole project', () => {
  const shop = (monitoring?: DjangoMonitoringOptions) => {
    const stack = new Stack();
    new DjangoOnFargate(stack, 'Shop', { image: DjangoImage.fromRegistry('registry.example.com/shop:1'), project: 'shop', monitoring });
    return Template.fromStack(stack);
  };

  test('holds for every log group and for the cluster', () => {
    const template = shop({ logRetention: logs.RetentionDays.TWO_WEEKS, containerInsights: ecs.ContainerInsights.ENHANCED });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 14 });
    template.hasResourceProperties('AWS::ECS::Cluster', { ClusterSettings: [{ Name: 'containerInsights', Value: 'enhanced' }] });
  });

  test('leaves to the profile what it does not say, as Python passes it', () => {
    expect(shop({ logRetention: undefined, containerInsights: ecs.ContainerInsights.ENABLED }).toJSON()).toEqual(shop().toJSON());
  });

  test('must be known to CloudWatch', () => {
    expect(() => shop({ logRetention: 11 as logs.RetentionDays })).toThrow("'monitoring.logRetention' must be one of");
  });
});
