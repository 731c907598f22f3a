import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import {
  DeploymentProfile, DjangoOnFargate, DjangoOnFargateProps, FileStorage, LogBucket, Network, PrivateDatabase, RedisCache, WafProtectedAlb,
} from '../../src';
import { givenVpc, IMAGE as image, messageOf, TOKEN, warningsOf } from '../helpers';

const HOW = 'implement its method attachTo(process), in Python as attach_to in a class with @jsii.implements(IBackingService)';
const CLUSTER_HOW = "import it with ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName, vpc }) instead of ecs.Cluster.fromClusterArn()";

function shop(props: object | undefined = {}, stack = new Stack(new App(), 'Stack')): { django: DjangoOnFargate; stack: Stack; template: Template } {
  const django = new DjangoOnFargate(stack, 'Shop', { image, project: 'shop', ...props } as DjangoOnFargateProps);
  return { django, stack, template: Template.fromStack(stack) };
}

function refusal(...reasons: string[]): string {
  return ["DjangoOnFargate at 'Stack/Shop' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n');
}

test('whatever is wrong in any room is told at once, once', () => {
  expect(messageOf(() => shop({
    domain: { domainName: 'shop.example.com' },
    environment: { DB_HOST: 'db', FLAG: true },
    network: { cidr: '10.0.0.0/8', maxAzs: 1 },
    database: { databaseName: 'my-app' },
    storage: { corsAllowedOrigins: ['*'] },
    web: { cpu: 300, maxCapacity: 0, command: 'gunicorn shop.wsgi' },
    release: { timeout: Duration.hours(1) },
    loadBalancer: { webAcl: { rateLimit: 1 } },
    pythonExecutable: 'python 3',
  })).replace(/ DNS in Route 53:.*/, '')).toBe(refusal(
    "'pythonExecutable' must be the program as one word, e.g. 'python3' or '/venv/bin/python', got \"python 3\"",
    "'environment' must not set \"DB_HOST\": the library does; remove it, or give the library's another name with EnvironmentConvention.custom({ databaseHost: [...] }), or none with databaseHost: []",
    "'domain.hostedZone' or 'certificate' must be given for \"shop.example.com\", got neither.",
    "'network.maxAzs' must be a whole number between 2 and 6, got 1: a load balancer and a database need two",
    "'network.cidr' must be between /16 and /28, got \"10.0.0.0/8\": AWS has no larger and no smaller VPCs",
    "'database.databaseName' must be letters, digits and '_', begin with a letter and have 63 characters at most, got \"my-app\": use \"my_app\"",
    "'storage.corsAllowedOrigins' must be a scheme and a host like 'https://www.example.com', without a path, got \"*\": " +
      "with '*' any page could use the presigned URLs that it gets hold of, so name each origin",
    "'web.maxCapacity' must be a whole number between 1 and 5000, got 0",
    "'web.cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 (1024 is one vCPU), got 300",
    "'web.command' must be a list of words, got \"gunicorn shop.wsgi\": write ['gunicorn', 'shop.wsgi']",
    "'release.timeout' must be between 1 minute and 55 minutes, got 1 hour: CloudFormation waits one hour at most",
    "'loadBalancer.webAcl.rateLimit' must be a whole number between 10 and 2000000000 requests in five minutes, got 1",
    "'environment' must have strings as values, got FLAG: true: quote them, or leave them out",
  ));
});

describe('what has no types, from JavaScript or a missing context value, is refused:', () => {
  test.each<[string, object, string[]]>([
    ['nothing', { image: undefined, project: undefined }, [
      "'image' must be given: use DjangoImage.fromDirectory('backend')",
      "'project' must be given: the package with the settings, e.g. 'shop'; a project of another framework gives 'web.command' and 'release.commands' instead",
    ]],
    ['texts for objects', { image: 'backend', network: { vpc: 'vpc-1' }, web: { cluster: 'shop' }, database: { existing: 'db' }, loadBalancer: { existing: 'alb' } }, [
      "'image' must be a DjangoImage, got \"backend\": use DjangoImage.fromDirectory('backend')",
      "'network.vpc' must be an ec2.IVpc, got \"vpc-1\": use ec2.Vpc.fromLookup(this, 'Vpc', { vpcId })",
      `'database.existing' must be an IBackingService, got "db": ${HOW}`,
      "'web.cluster' must be an ecs.ICluster, got \"shop\": use ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName, vpc })",
      "'loadBalancer.existing' must be a WafProtectedAlb, got \"alb\": make one, or leave it out to have one made",
    ]],
    ['texts for structs', { domain: 'shop.example.com', network: 'vpc-1' }, [
      "'domain' must be an object with options, got \"shop.example.com\"",
      "'network' must be an object with options, got \"vpc-1\"",
    ]],
    ['texts for enums', { profile: 'staging', cpuArchitecture: 'arm64' }, [
      "'profile' must be one of DeploymentProfile.PRODUCTION, DeploymentProfile.STAGING, DeploymentProfile.DEVELOPMENT, got \"staging\": use DeploymentProfile.STAGING",
      "'cpuArchitecture' must be one of CpuArchitecture.X86_64, CpuArchitecture.ARM64, got \"arm64\": use CpuArchitecture.ARM64",
    ]],
    ['a profile that is a token', { profile: TOKEN.string() }, [
      "'profile' must be one of DeploymentProfile.PRODUCTION, DeploymentProfile.STAGING, DeploymentProfile.DEVELOPMENT, got a token",
    ]],
    ['a literal secret key', { secretKey: 'hunter2' }, [
      "'secretKey' must be an EnvironmentSecret, never the key itself, which would stand in the template: " +
        "store it in Secrets Manager and give EnvironmentSecret.fromSecretName('shop/django'), or leave it out to have one generated",
    ]],
    ['names instead of a convention', { convention: { databaseHost: ['PGHOST'] } }, [
      "'convention' must be an EnvironmentConvention, got {\"databaseHost\":[\"PGHOST\"]}: use EnvironmentConvention.custom({ ... })",
    ]],
    ['numbers for durations', { web: { requestTimeout: 30 }, storage: { noncurrentVersionExpiration: 30 }, release: { timeout: 20 }, loadBalancer: { accessLogExpiration: 7 } }, [
      "'storage.noncurrentVersionExpiration' must be a Duration, got 30: use Duration.days(30)",
      "'web.requestTimeout' must be a Duration between 1 second and 1 minute 55 seconds, got 30: use Duration.seconds(30)",
      "'release.timeout' must be a Duration between 1 minute and 55 minutes, got 20: use Duration.minutes(20)",
      "'loadBalancer.accessLogExpiration' must be a Duration of 1 to 3650 whole days, got 7: use Duration.days(7)",
    ]],
    ['texts for lists', {
      domain: { domainName: 'a.example.com', alternativeNames: 'b.example.com', certificate: { certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1', env: {} } },
      storage: { corsAllowedOrigins: 'https://a.example.com' },
      loadBalancer: { webAcl: { uploadPaths: '/api/' } },
      network: { availabilityZones: 'eu-central-1a' },
    }, [
      "'domain.alternativeNames' must be a list of strings, got \"b.example.com\": write [\"b.example.com\"]",
      "'network.availabilityZones' must be a list of strings, got \"eu-central-1a\": write [\"eu-central-1a\"]",
      "'storage.corsAllowedOrigins' must be a list of strings, got \"https://a.example.com\": write [\"https://a.example.com\"]",
      "'loadBalancer.webAcl.uploadPaths' must be a list of strings, got \"/api/\": write [\"/api/\"]",
    ]],
    ['backing services that are none', { backingServices: [{ attach_to: () => undefined }] }, [
      `'backingServices' must be a list with an IBackingService as each element, got {} as element 1: ${HOW}`,
    ]],
    ['one backing service for a list', { backingServices: { attachTo: () => undefined } }, [
      `'backingServices' must be a list with an IBackingService as each element, got {}: ${HOW}`,
    ]],
  ])('%s', (_, props, reasons) => {
    expect(messageOf(() => shop(props))).toBe(refusal(...reasons));
  });

  test('constructs where their options are wanted', () => {
    const stack = new Stack(new App(), 'Stack');
    const network = new Network(stack, 'Network');
    const vpc = network.vpc;
    const constructs = {
      network,
      database: new PrivateDatabase(stack, 'Database', { vpc }),
      storage: new FileStorage(stack, 'Files'),
      cache: new RedisCache(stack, 'Cache', { vpc }),
      loadBalancer: new WafProtectedAlb(stack, 'Alb', { vpc }),
      monitoring: { logBucket: new LogBucket(stack, 'Logs') },
    };
    expect(messageOf(() => shop(constructs as object))).toBe(refusal(
      "'network' must be options, got an object of Network: give { vpc: … }",
      "'database' must be options, got an object of PrivateDatabase: give { existing: … }",
      "'storage' must be options, got an object of FileStorage: give { existing: … }",
      "'loadBalancer' must be options, got an object of WafProtectedAlb: give { existing: … }",
      "'cache' must be options, got an object of RedisCache: give it in 'backingServices'",
      "'monitoring.logBucket' must be an s3.IBucket, got an object of LogBucket: give its 'bucket'",
    ));
  });

  test('no props at all', () => {
    expect(messageOf(() => new DjangoOnFargate(new Stack(new App(), 'Stack'), 'Shop', undefined as any))).toBe(refusal(
      "'image' must be given: use DjangoImage.fromDirectory('backend')",
      "'project' must be given: the package with the settings, e.g. 'shop'; a project of another framework gives 'web.command' and 'release.commands' instead",
    ));
  });

  test.each([[{}, '{}'], [undefined, '"nothing"']])('%j as a backing service that comes later', (service, shown) => {
    const { django } = shop();
    expect(messageOf(() => django.addBackingService(service as any))).toBe(refusal(`'backingService' must be an IBackingService, got ${shown}: ${HOW}`));
  });
});

describe('what the user has already must be in one network:', () => {
  const RESIDENTS: [string, string, (stack: Stack, vpc: ec2.IVpc) => object][] = [
    ['database.existing', 'database.vpc', (stack, vpc) => ({ database: { existing: new PrivateDatabase(stack, 'Database', { vpc }) } })],
    ['loadBalancer.existing', 'loadBalancer.loadBalancer.vpc', (stack, vpc) => ({ loadBalancer: { existing: new WafProtectedAlb(stack, 'Alb', { vpc }) } })],
    ['web.cluster', 'cluster.vpc', (stack, vpc) => ({ web: { cluster: new ecs.Cluster(stack, 'Cluster', { vpc }) } })],
  ];

  test.each(RESIDENTS)('%s without network.vpc', (prop, expression, props) => {
    const stack = new Stack(new App(), 'Stack');
    expect(messageOf(() => shop(props(stack, givenVpc(stack)), stack)))
      .toBe(refusal(`'${prop}' is in the VPC vpc-1, but without 'network.vpc' a new VPC is made: give network: { vpc: ${expression} }`));
  });

  test.each(RESIDENTS)('%s in another VPC', (prop, expression, props) => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = new ec2.Vpc(stack, 'Own', { restrictDefaultSecurityGroup: false });
    expect(messageOf(() => shop({ network: { vpc }, ...props(stack, givenVpc(stack)) }, stack)))
      .toBe(refusal(`'${prop}' is in the VPC vpc-1, but 'network.vpc' is 'Stack/Own': give network: { vpc: ${expression} }`));
  });

  test.each(RESIDENTS)('%s in the same VPC passes', (_, __, props) => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = givenVpc(stack);
    expect(() => shop({ network: { vpc }, ...props(stack, vpc) }, stack)).not.toThrow();
  });

  test('a cluster that does not know its own', () => {
    const stack = new Stack(new App(), 'Stack');
    const cluster = ecs.Cluster.fromClusterArn(stack, 'Cluster', 'arn:aws:ecs:eu-central-1:123456789012:cluster/shop');
    expect(messageOf(() => shop({ web: { cluster } }, stack))).toBe(refusal(`'web.cluster' must know its VPC: ${CLUSTER_HOW}`));
  });

  test('a VPC of another region', () => {
    const app = new App();
    const vpc = new ec2.Vpc(new Stack(app, 'Network', { env: { region: 'eu-west-1' } }), 'Vpc', { restrictDefaultSecurityGroup: false });
    expect(messageOf(() => shop({ network: { vpc } }, new Stack(app, 'Stack', { env: { region: 'eu-central-1' } })))).toBe(refusal(
      "'network.vpc' must be in the region of the stack, which is eu-central-1, but it is in eu-west-1: make the stack in eu-west-1, or give a VPC in eu-central-1",
    ));
  });

  test('a VPC that has no room for the load balancer', () => {
    const stack = new Stack(new App(), 'Stack');
    expect(messageOf(() => shop({ network: { vpc: givenVpc(stack, { publicSubnetIds: undefined }) } }, stack))).toBe(refusal(
      "'network.vpc' must have public subnets in at least 2 availability zones, got none: add some, or give another VPC",
    ));
  });

  test('a backing service of the user\'s own making may call anything vpc', () => {
    expect(() => shop({ database: { existing: { attachTo: () => undefined, vpc: 'here' } } })).not.toThrow();
  });
});

describe('tasks at least and at most', () => {
  test.each<[DeploymentProfile, object, number | undefined, number | undefined]>([
    [DeploymentProfile.PRODUCTION, { minCapacity: 8 }, 8, 16],
    [DeploymentProfile.PRODUCTION, { minCapacity: 4000 }, 4000, 5000],
    [DeploymentProfile.PRODUCTION, { maxCapacity: 4 }, 2, 4],
    [DeploymentProfile.STAGING, {}, 1, 2],
    [DeploymentProfile.STAGING, { minCapacity: 3 }, 3, 6],
    [DeploymentProfile.STAGING, { minCapacity: 3, maxCapacity: 4 }, 3, 4],
    [DeploymentProfile.DEVELOPMENT, { minCapacity: 3 }, undefined, undefined],
    [DeploymentProfile.DEVELOPMENT, { maxCapacity: 3 }, 1, 3],
    [DeploymentProfile.PRODUCTION, { maxCapacity: TOKEN.number(7) }, 2, 7],
    [DeploymentProfile.PRODUCTION, { minCapacity: TOKEN.number(7) }, 7, 10],
  ])('in %s with %j', (profile, web, min, max) => {
    const targets = Object.values(shop({ profile, web }).template.findResources('AWS::ApplicationAutoScaling::ScalableTarget'));
    expect(targets.map(({ Properties }) => [Properties.MinCapacity, Properties.MaxCapacity])).toEqual(min === undefined ? [] : [[min, max]]);
  });

  test('that are the same leave targets without effect, which is said', () => {
    const { django } = shop({ web: { minCapacity: 2, maxCapacity: 2, targetCpuPercent: 50, targetRequestsPerMinute: 100 } });
    expect(warningsOf(django.web)).toEqual({
      'no-autoscaling': "'minCapacity' is 'maxCapacity', so nothing scales: raise 'maxCapacity', or leave out 'targetCpuPercent', 'targetRequestsPerMinute'.",
    });
  });
});

test('access logs expire in the bucket of all access logs', () => {
  const { stack, django, template } = shop({ loadBalancer: { accessLogExpiration: Duration.days(400) } });
  template.hasResource('AWS::S3::Bucket', { Properties: { LifecycleConfiguration: { Rules: [{ ExpirationInDays: 400, Status: 'Enabled' }] } } });
  expect(django.loadBalancer.accessLogBucket).toBe(django.accessLogBucket);
  Annotations.fromStack(stack).hasNoError('*', Match.anyValue());
});
