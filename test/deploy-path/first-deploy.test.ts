import { Dependencies, pathsOf, references } from './dependencies';
import { ShopStack } from '../../examples/typescript/shop-stack';
import { MinimalStack } from '../../tools/bench/minimal';
import { DJANGO_APP, ofType, synthesise, Synthesised } from '../budgets/synthesised';

/** What takes minutes to create. */
const SLOW = [
  'AWS::CertificateManager::Certificate', 'AWS::CloudFront::Distribution', 'AWS::CloudFront::VpcOrigin', 'AWS::EC2::NatGateway',
  'AWS::ElastiCache::ReplicationGroup', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::RDS::DBInstance',
];

/** What a task connects to as soon as it starts. */
const CONNECTED = ['AWS::ElastiCache::ReplicationGroup', 'AWS::RDS::DBInstance', 'Custom::SesSmtpCredentials'];

interface FirstDeployment {
  readonly app: Synthesised;
  /** Resources that one waits for after each other at most. */
  readonly longestPath: number;
  readonly preparations: number;
  /** What starts tasks of the project: services, release, check. */
  readonly starters: number;
  /** What waits for CloudFront beside the policy of the bucket with the static files, which nobody but this distribution may read. */
  readonly followers: string[];
  /** What takes minutes and needs something else that does. */
  readonly sequences: string[];
}

const APPS: Record<string, FirstDeployment> = {
  'the minimal app': {
    app: synthesise((app) => new MinimalStack(app, 'App', DJANGO_APP)),
    // Network, subnet, subnet group, database, its secret, task definition, release, task definition, service, scaling.
    longestPath: 11,
    preparations: 0,
    starters: 2,
    followers: [
      // The settings have STATIC_URL, in each process.
      ...['Application/Task', 'Release/Run/Default', 'ReleaseProcess/Task'],
      // The service runs the application after its release.
      ...['Web/Service/Service', 'Web/Service/TaskCount/Target', 'Web/Service/TaskCount/Target/Cpu', 'Web/Service/TaskCount/Target/Memory'],
    ].map((path) => `Shop/${path}`),
    sequences: [],
  },
  'the example with IAM, a cache, mail and a domain': {
    app: synthesise((app) => new ShopStack(app, 'Shop-production', {
      env: { region: 'us-east-1' }, domainName: 'shop.example.com', hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com',
    })),
    // One more: the users are prepared before the release. Cache and mail are made beside the database.
    longestPath: 12,
    preparations: 1,
    starters: 5,
    // The project's name is known before: nothing of it waits.
    followers: [
      ...['AliasRecords/shop.example.com', 'AliasRecordsIpv6/shop.example.com'].map((path) => `Shop/LoadBalancer/${path}`),
      ...['Files/Bucket/Policy', 'Files/InvalidationRights', 'Files/Published/Default'].map((path) => `Shop/Spa/${path}`),
    ],
    sequences: [
      'Shop/LoadBalancer/LoadBalancer before Shop/LoadBalancer/VpcOrigin',
      ...['LoadBalancer/Certificate', 'LoadBalancer/LoadBalancer', 'LoadBalancer/VpcOrigin'].map((path) => `Shop/${path} before Shop/Spa/Distribution`),
    ],
  },
};

describe.each(Object.entries(APPS))('the first deployment of %s', (_, { app: { stack, resources }, longestPath, preparations, starters: starting, followers, sequences }) => {
  const dependencies = new Dependencies(resources);
  const idsOf = (types: string[]) => types.flatMap((type) => ofType(resources, type).map(([id]) => id));
  const slow = idsOf(SLOW);

  test(`makes at most ${longestPath} resources one after the other`, () => {
    const path = dependencies.longestPath();
    // Shows the path when it is too long.
    expect(path.length <= longestPath ? [] : path).toEqual([]);
  });

  test('makes what takes minutes side by side', () => {
    const waiting = slow.flatMap((id) => slow.filter((other) => dependencies.of(id).has(other)).map((other) => [other, id].flatMap((one) => pathsOf(stack, [one])).join(' before ')));
    expect(slow.length).toBeGreaterThanOrEqual(5);
    expect(waiting.sort()).toEqual([...sequences].sort());
  });

  test('lets nothing wait for CloudFront but what has to know its name', () => {
    const [[distribution]] = ofType(resources, 'AWS::CloudFront::Distribution');
    expect(pathsOf(stack, dependencies.dependentsOf(distribution))).toEqual([...followers, 'Shop/Storage/Static/Policy'].sort());
  });

  test('starts no task before its rights and its way to the internet are there', () => {
    const starters = idsOf(['AWS::ECS::Service', 'Custom::DjangoRelease', 'Custom::DjangoRolloutCheck', 'Custom::DjangoPreparation']);
    const routes = idsOf(['AWS::EC2::Route']).filter((id) => /Private/.test(id));
    const policies = idsOf(['AWS::IAM::Policy']);
    expect(starters).toHaveLength(starting + preparations);
    expect(routes).toHaveLength(2);
    for (const id of starters) {
      const taskDefinition = references(resources[id].Properties).find((name) => resources[name]?.Type === 'AWS::ECS::TaskDefinition')!;
      const roles = [...dependencies.of(taskDefinition)].filter((name) => resources[name].Type === 'AWS::IAM::Role');
      const needed = policies.filter((name) => roles.some((role) => dependencies.of(name).has(role)));
      expect(needed.length).toBeGreaterThanOrEqual(resources[id].Type === 'Custom::DjangoPreparation' ? 1 : 2);
      expect([...needed, ...routes].filter((name) => !dependencies.of(id).has(name))).toEqual([]);
    }
  });

  test('starts no task of the project before what it connects to, and prepares the database first', () => {
    const first = [...idsOf(CONNECTED), ...idsOf(['Custom::DjangoPreparation'])];
    expect(first).toHaveLength(preparations === 0 ? 1 : CONNECTED.length + preparations);
    for (const id of idsOf(['AWS::ECS::Service', 'Custom::DjangoRelease', 'Custom::DjangoRolloutCheck'])) {
      expect(first.filter((name) => !dependencies.of(id).has(name))).toEqual([]);
    }
  });

  test('prepares a database without waiting for anything but the database and the way to it', () => {
    const waited = idsOf(['Custom::DjangoPreparation']).flatMap((id) => [...dependencies.of(id)]).map((id) => resources[id].Type);
    const others = [/^AWS::CloudFront::/, /^AWS::ElastiCache::/, /^AWS::ElasticLoadBalancingV2::/, /^AWS::SES::/, /^AWS::WAFv2::/, /^AWS::S3::/, /^Custom::/];
    expect(waited.filter((type) => others.some((other) => other.test(type)))).toEqual([]);
  });
});
