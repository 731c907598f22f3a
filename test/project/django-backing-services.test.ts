import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import {
  DatabaseAuthentication, DeploymentProfile, DjangoOnFargate, DjangoOnFargateProps, EnvironmentConvention, EnvironmentSecret, FileStorage, IPreparedService,
  IRotatedService, PrivateDatabase, RedisCache, SesSmtp, StaticFiles,
} from '../../src';
import { givenVpc, IMAGE, messageOf } from '../helpers';

type Props = Partial<DjangoOnFargateProps>;

interface Shop {
  readonly django: DjangoOnFargate;
  readonly stack: Stack;
  readonly template: Template;

  /** Environment and secrets of the application, by name. */
  readonly environment: Record<string, unknown>;
  readonly secrets: Record<string, unknown>;
}

function shop(props: Props | ((stack: Stack) => Props) = {}): Shop {
  const stack = new Stack(new App(), 'Stack');
  const django = new DjangoOnFargate(stack, 'Shop', { image: IMAGE, project: 'shop', ...typeof props === 'function' ? props(stack) : props });
  const template = Template.fromStack(stack);
  return { django, stack, template, ...variables(stack, template, django.application.taskDefinition) };
}

function variables(stack: Stack, template: Template, definition: ecs.TaskDefinition): Pick<Shop, 'environment' | 'secrets'> {
  const logicalId = stack.getLogicalId(definition.node.defaultChild as ecs.CfnTaskDefinition);
  const { Environment = [], Secrets = [] } = template.findResources('AWS::ECS::TaskDefinition')[logicalId].Properties.ContainerDefinitions[0];
  return {
    environment: Object.fromEntries(Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value])),
    secrets: Object.fromEntries(Secrets.map(({ Name, ValueFrom }: { Name: string; ValueFrom: unknown }) => [Name, ValueFrom])),
  };
}

const zone = (stack: Stack, zoneName = 'example.com') => route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName });

describe('A cache', () => {
  test('is absent by default, and REDIS_URL empty, so that the project falls back', () => {
    const { django, template, environment } = shop();
    expect(django.cache).toBeUndefined();
    expect(environment.REDIS_URL).toBe('');
    template.resourceCountIs('AWS::ElastiCache::ReplicationGroup', 0);
  });

  test('has an empty URL to append to as well, where the convention asks for it', () => {
    const convention = EnvironmentConvention.custom({ redisUrl: [], redisBaseUrl: ['REDIS_URL'] });
    expect(shop({ convention }).environment.REDIS_URL).toBe('');
    const { environment, secrets } = shop({ convention, cache: {} });
    expect(environment).not.toHaveProperty('REDIS_URL');
    expect(JSON.stringify(secrets.REDIS_URL)).toContain(':redis_base_url::');
  });

  test.each([
    ['named by you', { environment: { REDIS_URL: 'redis://elsewhere:6379/0' } }],
    ['kept by you', { secrets: { REDIS_URL: EnvironmentSecret.fromSecretName('shop/redis', 'url') } }],
  ])('%s takes the place of the empty URL', (_, props) => {
    const { environment, secrets } = shop(props);
    expect([environment.REDIS_URL, secrets.REDIS_URL].filter((value) => value !== undefined)).toHaveLength(1);
    expect(environment.REDIS_URL).not.toBe('');
  });

  test('of yours may come later', () => {
    const { django, stack, template } = shop((scope) => ({ network: { vpc: givenVpc(scope) } }));
    expect(variables(stack, template, django.application.taskDefinition).environment.REDIS_URL).toBe('');
    const app = new App();
    const later = new Stack(app, 'Stack');
    const other = new DjangoOnFargate(later, 'Shop', { image: IMAGE, project: 'shop' });
    other.addBackingService(new RedisCache(later, 'Cache', { vpc: other.network.vpc }));
    const { environment, secrets } = variables(later, Template.fromStack(later), other.application.taskDefinition);
    expect(environment).not.toHaveProperty('REDIS_URL');
    expect(secrets).toHaveProperty('REDIS_URL');
  });

  test.each([
    [DeploymentProfile.PRODUCTION, { NumCacheClusters: 2, AutomaticFailoverEnabled: true }, 'Snapshot'],
    [DeploymentProfile.STAGING, { NumCacheClusters: 1 }, 'Snapshot'],
    [DeploymentProfile.DEVELOPMENT, { NumCacheClusters: 1 }, 'Delete'],
  ])('is as the profile %s says, in the isolated subnets', (profile, properties, DeletionPolicy) => {
    const { stack, django, template, secrets } = shop({ profile, cache: {} });
    template.hasResource('AWS::ElastiCache::ReplicationGroup', { Properties: properties, DeletionPolicy });
    template.hasResourceProperties('AWS::ElastiCache::SubnetGroup', {
      SubnetIds: django.network.vpc.isolatedSubnets.map(({ subnetId }) => stack.resolve(subnetId)),
    });
    expect(secrets).toHaveProperty('REDIS_URL');
  });

  test('may be serverless', () => {
    const { template } = shop({ cache: { serverless: {} } });
    template.resourceCountIs('AWS::ElastiCache::ServerlessCache', 1);
  });
});

describe('Mail', () => {
  const records = (template: Template) => Object.keys(template.findResources('AWS::Route53::RecordSet', { Properties: { Type: Match.anyValue() } })).length;

  test('is absent by default', () => {
    const { django, template, environment } = shop();
    expect(django.email).toBeUndefined();
    expect(Object.keys(environment).filter((name) => /EMAIL/.test(name))).toEqual([]);
    template.resourceCountIs('AWS::SES::EmailIdentity', 0);
  });

  test('goes through SES, with the records in the zone of the site', () => {
    const { template, environment, secrets } = shop((stack) => ({
      domain: { domainName: 'shop.example.com', hostedZone: zone(stack) }, email: { fromAddress: 'Shop <shop@example.com>' },
    }));
    template.hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity: 'example.com' });
    // A and AAAA of the site, and for mail DKIM (3), MAIL FROM (2) and DMARC.
    expect(records(template)).toBe(2 + 6);
    expect(environment.DEFAULT_FROM_EMAIL).toBe('Shop <shop@example.com>');
    expect(secrets).toEqual(expect.objectContaining({ EMAIL_HOST_USER: expect.anything(), EMAIL_HOST_PASSWORD: expect.anything() }));
  });

  test('of another domain than the site\'s leaves the zone of the site alone', () => {
    const { template } = shop((stack) => ({
      domain: { domainName: 'shop.example.com', hostedZone: zone(stack) }, email: { fromAddress: 'shop@other.org' },
    }));
    template.hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity: 'other.org' });
    expect(records(template)).toBe(2);
  });

  test('has a way to SES where tasks have no internet', () => {
    const isolated = (stack: Stack): Props => ({
      network: { vpc: givenVpc(stack), taskSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } }, email: { fromAddress: 'shop@example.com' },
    });
    shop(isolated).template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Interface', SubnetIds: ['isolated-1', 'isolated-2'], PrivateDnsEnabled: true,
    });
    const { template } = shop({ email: { fromAddress: 'shop@example.com' } });
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 0);
  });

  test('goes through the endpoint that the network has already, which lets the tasks in', () => {
    const { template } = shop((stack) => ({
      network: { vpc: givenVpc(stack), taskSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } },
      email: {
        fromAddress: 'shop@example.com',
        existingVpcEndpoint: ec2.InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, 'Smtp', {
          vpcEndpointId: 'vpce-1', port: 587, securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'SmtpGroup', 'sg-smtp')],
        }),
      },
    }));
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-smtp', FromPort: 587, ToPort: 587 });
  });

  test('by another server is a backing service like any other', () => {
    const { environment, secrets } = shop((stack) => ({
      backingServices: [SesSmtp.fromSmtpServer(stack, 'Gmail', { host: 'smtp.gmail.com', fromAddress: 'shop@gmail.com', secretName: 'shop/gmail' })],
    }));
    expect(environment).toMatchObject({ EMAIL_HOST: 'smtp.gmail.com', EMAIL_PORT: '587', EMAIL_USE_TLS: 'True' });
    expect(secrets).toHaveProperty('EMAIL_HOST_PASSWORD');
  });

  test('leaves a name to you for which the convention has none', () => {
    const convention = EnvironmentConvention.custom({ emailUseTls: [] });
    const { environment } = shop({ convention, email: { fromAddress: 'shop@example.com' }, environment: { EMAIL_USE_TLS: '1' } });
    expect(environment).toMatchObject({ EMAIL_USE_TLS: '1', EMAIL_USE_SSL: 'False' });
  });

  test('leaves the names of mail to you where none is asked for', () => {
    expect(shop({ environment: { DEFAULT_FROM_EMAIL: 'shop@example.com' } }).environment.DEFAULT_FROM_EMAIL).toBe('shop@example.com');
    expect(messageOf(() => shop({ email: { fromAddress: 'shop@example.com' }, environment: { DEFAULT_FROM_EMAIL: 'shop@example.com' } }))).toBe(
      "DjangoOnFargate at 'Stack/Shop' cannot be defined:\n- 'environment' must not set \"DEFAULT_FROM_EMAIL\": the library does; " +
      "remove it, or give the library's another name with EnvironmentConvention.custom({ defaultFromEmail: [...] }), or none with defaultFromEmail: []",
    );
  });
});

describe('A database with users of its own', () => {
  const { django, stack, template, environment, secrets } = shop({ database: { authentication: DatabaseAuthentication.iam() } });

  test('is prepared before the release, which runs before the web service changes', () => {
    const [preparation] = Object.keys(template.findResources('Custom::DjangoPreparation'));
    template.hasResource('Custom::DjangoRelease', { DependsOn: Match.arrayWith([preparation]) });
    expect(django.preparations).toHaveLength(1);
  });

  test('gives the application no password', () => {
    expect(environment.DB_AUTHENTICATION).toBe('iam');
    expect(Object.keys(secrets).filter((name) => /^DB_/.test(name))).toEqual([]);
  });

  test('is migrated by its owner, used by another', () => {
    const release = variables(stack, template, django.releaseProcess.taskDefinition).environment;
    expect([release.DB_USER, environment.DB_USER]).toEqual(['django_iam_owner', 'django_iam_app']);
  });

  test('costs neither a Lambda function nor a log group nor a security group more, and five resources', () => {
    const plain = shop().template.toJSON().Resources;
    const prepared = template.toJSON().Resources;
    const count = (resources: Record<string, { Type: string }>, type: string) => Object.values(resources).filter(({ Type }) => Type === type).length;
    for (const type of ['AWS::Lambda::Function', 'AWS::Logs::LogGroup', 'AWS::EC2::SecurityGroup']) {
      expect(count(prepared, type)).toBe(count(plain, type));
    }
    // The task role's right to connect makes a policy where there was none.
    expect(Object.keys(prepared).length - Object.keys(plain).length).toBeLessThanOrEqual(5 + 2);
  });
});

test('whatever has to be prepared is prepared, also what is added later', () => {
  const stack = new Stack(new App(), 'Stack');
  const django = new DjangoOnFargate(stack, 'Shop', { image: IMAGE, project: 'shop', database: { extensions: ['pg_trgm'] } });
  const search: IPreparedService = {
    attachTo: (process) => process.addEnvironment('SEARCH_URL', 'https://search.example.com'),
    preparation: { image: 'registry.example.com/search:1', command: ['search', 'create-index'] },
  };
  django.addBackingService(search);
  const template = Template.fromStack(stack);
  const preparations = Object.keys(template.findResources('Custom::DjangoPreparation'));
  expect(preparations).toHaveLength(2);
  const [release] = Object.values(template.findResources('Custom::DjangoRelease'));
  expect(release.DependsOn).toEqual(expect.arrayContaining(preparations));
});

describe('Rotated credentials', () => {
  test.each<[string, Props, string]>([
    ['of the database', { database: { authentication: DatabaseAuthentication.passwords(), rotation: {} } }, 'rate(360 hours)'],
    ['of mail', { email: { fromAddress: 'shop@example.com', rotation: { automaticallyAfter: Duration.days(7) } } }, 'rate(84 hours)'],
    ['of both, the shorter time counting', {
      database: { authentication: DatabaseAuthentication.passwords(), rotation: { automaticallyAfter: Duration.hours(4) } },
      email: { fromAddress: 'shop@example.com', rotation: {} },
    }, 'rate(2 hours)'],
  ])('%s reach running tasks by a rollout in between', (_, props, rate) => {
    shop(props).template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: rate });
  });

  test.each<[string, (vpc: ec2.Vpc, rotating: PrivateDatabase) => Props]>([
    ['in the place of the project\'s own', (vpc, rotating) => ({ network: { vpc }, database: { existing: rotating } })],
    ['beside it', (vpc, rotating) => ({ network: { vpc }, backingServices: [rotating] })],
  ])('of a database of the user\'s %s do as well', (_, propsOf) => {
    const { template } = shop((stack) => {
      const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
      return propsOf(vpc, new PrivateDatabase(stack, 'Traceability', {
        vpc, variablePrefix: 'TRACEABILITY_', authentication: DatabaseAuthentication.passwords(), rotation: { automaticallyAfter: Duration.days(2) },
      }));
    });
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(24 hours)' });
  });

  test('of what is added later reach workers that were there before, the shorter time counting', () => {
    const stack = new Stack(new App(), 'Stack');
    const project = new DjangoOnFargate(stack, 'Shop', {
      image: IMAGE, project: 'shop', email: { fromAddress: 'shop@example.com', rotation: { automaticallyAfter: Duration.days(7) } },
    });
    project.addWorker('Worker', { command: ['celery'] });
    const later: IRotatedService = { attachTo: () => undefined, credentialsRotateAfter: Duration.days(1) };
    project.addBackingService(later);
    const schedules = Object.values(Template.fromStack(stack).findResources('AWS::Scheduler::Schedule'));
    expect(schedules.map(({ Properties }) => Properties.ScheduleExpression)).toEqual(['rate(12 hours)', 'rate(12 hours)']);
  });

  test('need none where tasks hold no password', () => {
    shop({ database: { authentication: DatabaseAuthentication.iam(), rotation: {} } }).template.resourceCountIs('AWS::Scheduler::Schedule', 0);
  });
});

describe('Static files in the image', () => {
  test.each([
    ['of a new storage', () => ({ storage: { staticFiles: StaticFiles.IN_IMAGE } })],
    ['of a given storage', (stack: Stack) => ({ storage: { existing: new FileStorage(stack, 'Files', { staticFiles: StaticFiles.IN_IMAGE }) } })],
  ])('%s are not collected again', (_, props) => {
    const { template, environment } = shop(props);
    template.hasResourceProperties('Custom::DjangoRelease', { Command: ['--wait-for-database', 'python', 'manage.py', 'migrate', '--noinput'] });
    template.resourceCountIs('AWS::CloudFront::Distribution', 0);
    expect(environment.STATIC_URL).toBe('/static/');
  });
});

describe('Aurora', () => {
  test.each([[DeploymentProfile.PRODUCTION, 2], [DeploymentProfile.STAGING, 1]])('has in %s as many instances as an instance would have standbys', (profile, instances) => {
    shop({ profile, database: { auroraServerless: {} } }).template.resourceCountIs('AWS::RDS::DBInstance', instances);
  });
});

test('the connection data of the database may be one URL', () => {
  const { secrets, environment } = shop({ convention: EnvironmentConvention.urls() });
  expect(secrets).toHaveProperty('DATABASE_URL');
  expect(environment).not.toHaveProperty('DB_HOST');
});

describe('The network of a database', () => {
  const vpcPolicy = (props: Props) => Object.values(shop(props).template.findResources('AWS::EC2::VPC'))[0].DeletionPolicy;

  test.each<[string, Props, string]>([
    ['stays with a kept one', {}, 'RetainExceptOnCreate'],
    ['goes where a snapshot is all that stays', { profile: DeploymentProfile.STAGING }, 'Delete'],
    ['goes with a destroyed one', { profile: DeploymentProfile.DEVELOPMENT }, 'Delete'],
    ['follows the policy of the database', { database: { removalPolicy: RemovalPolicy.DESTROY } }, 'Delete'],
    ['stays with a kept cache', { profile: DeploymentProfile.DEVELOPMENT, cache: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE } }, 'RetainExceptOnCreate'],
    ['stays with one that we do not know', { database: { existing: { attachTo: () => undefined } } }, 'RetainExceptOnCreate'],
  ])('%s', (_, props, policy) => {
    expect(vpcPolicy(props)).toBe(policy);
  });
});

describe('refuses', () => {
  test.each<[string, Props, string]>([
    ['a cache that cannot be', { cache: { nodeType: 't4g.micro' } }, "- 'cache.nodeType' "],
    ['a sender that is none', { email: { fromAddress: 'shop' } }, "- 'email.fromAddress' "],
    ['a value as the cache', { cache: true as never }, "- 'cache' must be an object with options, got true"],
  ])('%s', (_, props, start) => {
    expect(messageOf(() => shop(props))).toContain(start);
  });
});
