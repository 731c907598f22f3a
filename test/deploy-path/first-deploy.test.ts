import { Dependencies, pathsOf, references } from './dependencies';
import { ShopStack } from '../../examples/typescript/shop-stack';
import { MinimalStack } from '../../tools/bench/minimal';
import { DJANGO_APP, ofType, synthesise } from '../budgets/synthesised';

/** Resources that one waits for after each other at most: network, database, task definition, release, service, scaling. */
const LONGEST_PATH = 10;

/** What takes minutes to create. */
const SLOW = [
  'AWS::CertificateManager::Certificate', 'AWS::CloudFront::Distribution', 'AWS::EC2::NatGateway', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::RDS::DBInstance',
];

const APPS = {
  'the minimal app': synthesise((app) => new MinimalStack(app, 'App', DJANGO_APP)),
  'the example with a domain': synthesise((app) => new ShopStack(app, 'Shop-production', {
    domainName: 'shop.example.com', hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com',
  })),
};

describe.each(Object.entries(APPS))('the first deployment of %s', (_, { stack, resources }) => {
  const dependencies = new Dependencies(resources);
  const slow = SLOW.flatMap((type) => ofType(resources, type).map(([id]) => id));

  test(`makes at most ${LONGEST_PATH} resources one after the other`, () => {
    const path = dependencies.longestPath();
    // Shows the path when it is too long.
    expect(path.length <= LONGEST_PATH ? [] : path).toEqual([]);
  });

  test('makes what takes minutes side by side', () => {
    const waiting = slow.flatMap((id) => slow.filter((other) => dependencies.of(id).has(other)).map((other) => pathsOf(stack, [id, other]).join(' waits for ')));
    expect(slow.length).toBeGreaterThanOrEqual(5);
    expect(waiting).toEqual([]);
  });

  test('lets nothing wait for CloudFront but what has to know its name', () => {
    const [[distribution]] = ofType(resources, 'AWS::CloudFront::Distribution');
    expect(pathsOf(stack, dependencies.dependentsOf(distribution))).toEqual([
      // The settings have STATIC_URL, in each process.
      'Shop/Application/Task',
      'Shop/Release/Run/Default',
      'Shop/ReleaseProcess/Task',
      // Only this distribution may read the bucket.
      'Shop/Storage/Static/Policy',
      // The service runs the application after its release.
      'Shop/Web/Service/Service',
      'Shop/Web/Service/TaskCount/Target',
      'Shop/Web/Service/TaskCount/Target/Cpu',
      'Shop/Web/Service/TaskCount/Target/Memory',
    ]);
  });

  test('starts no task before its rights and its way to the internet are there', () => {
    const starters = [...ofType(resources, 'AWS::ECS::Service'), ...ofType(resources, 'Custom::DjangoRelease')].map(([id]) => id);
    const routes = ofType(resources, 'AWS::EC2::Route').map(([id]) => id).filter((id) => /Private/.test(id));
    const policies = ofType(resources, 'AWS::IAM::Policy').map(([id]) => id);
    expect(starters).toHaveLength(2);
    expect(routes).toHaveLength(2);
    for (const id of starters) {
      const taskDefinition = references(resources[id].Properties).find((name) => resources[name]?.Type === 'AWS::ECS::TaskDefinition')!;
      const roles = [...dependencies.of(taskDefinition)].filter((name) => resources[name].Type === 'AWS::IAM::Role');
      const needed = policies.filter((name) => roles.some((role) => dependencies.of(name).has(role)));
      expect(needed.length).toBeGreaterThanOrEqual(2);
      expect([...needed, ...routes].filter((name) => !dependencies.of(id).has(name))).toEqual([]);
    }
  });
});
