import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import {
  CpuArchitecture, DeploymentProfile, DjangoImage, DjangoOnFargate, DjangoOnFargateProps, DjangoVariable, EnvironmentConvention, EnvironmentSecret,
  IBackingService, IProcess, PrivateDatabase, ProcessDuty, WafProtectedAlb,
} from '../src';

type Props = Partial<DjangoOnFargateProps>;
type Container = { Environment: { Name: string; Value: unknown }[]; Secrets: { Name: string; ValueFrom: unknown }[]; EntryPoint: string[]; Command: string[] };

const image = DjangoImage.fromRegistry('registry.example.com/shop:4f2a9c1');

function shop(props: Props = {}, stack = new Stack(new App(), 'Stack')): { django: DjangoOnFargate; stack: Stack; template: Template } {
  const django = new DjangoOnFargate(stack, 'Shop', { image, project: 'shop', ...props });
  return { django, stack, template: Template.fromStack(stack) };
}

function containerOf(stack: Stack, template: Template, definition: ecs.TaskDefinition): Container {
  const logicalId = stack.getLogicalId(definition.node.defaultChild as ecs.CfnTaskDefinition);
  return template.findResources('AWS::ECS::TaskDefinition')[logicalId].Properties.ContainerDefinitions[0];
}

const namesOf = (container: Container) => [...container.Environment, ...container.Secrets].map(({ Name }) => Name).sort();
const valueOf = (container: Container, name: string) => container.Environment.find(({ Name }) => Name === name)?.Value;

const zone = (stack: Stack) => route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });

describe('A project from image and name alone', () => {
  const { django, stack, template } = shop();
  const web = containerOf(stack, template, django.application.taskDefinition);
  const release = containerOf(stack, template, django.releaseProcess.taskDefinition);

  test('has one of everything that a Django project needs', () => {
    const expected = {
      'AWS::RDS::DBInstance': 1,
      'AWS::ECS::Service': 1,
      'AWS::ECS::TaskDefinition': 2,
      'AWS::ElasticLoadBalancingV2::LoadBalancer': 1,
      'AWS::WAFv2::WebACL': 1,
      'AWS::CloudFront::Distribution': 1,
      'AWS::S3::Bucket': 3,
      'AWS::SecretsManager::Secret': 2,
      'Custom::DjangoRelease': 1,
      'AWS::Lambda::Function': 1,
    };
    for (const [type, count] of Object.entries(expected)) {
      template.resourceCountIs(type, count);
    }
  });

  test('serves by gunicorn with the settings of the project', () => {
    expect(web.Command).toEqual(['gunicorn', 'shop.wsgi:application']);
    expect(valueOf(web, 'DJANGO_SETTINGS_MODULE')).toBe('shop.settings');
  });

  test('gives web and release the same variables, but gunicorn\'s', () => {
    const gunicorn = ['FORWARDED_ALLOW_IPS', 'GUNICORN_CMD_ARGS', 'PORT', 'WEB_CONCURRENCY', 'XDG_RUNTIME_DIR'];
    const common = [
      'AWS_S3_REGION_NAME', 'AWS_STATIC_BUCKET_NAME', 'AWS_STORAGE_BUCKET_NAME', 'CSRF_TRUSTED_ORIGINS', 'DB_HOST', 'DB_NAME', 'DB_PASSWORD', 'DB_PORT', 'DB_SSLMODE',
      'DB_USER', 'DJANGO_ALLOWED_HOSTS', 'DJANGO_HTTPS', 'DJANGO_SECRET_KEY', 'DJANGO_SECRET_KEY_FALLBACKS', 'DJANGO_SETTINGS_MODULE', 'PGSSLMODE', 'REDIS_URL',
      'STATIC_URL',
    ];
    expect(namesOf(release).filter((name) => name !== 'PYTHONUNBUFFERED')).toEqual(common);
    expect(namesOf(web).filter((name) => name !== 'PYTHONUNBUFFERED')).toEqual([...common, ...gunicorn].sort());
  });

  test('keeps every password and key out of the plain environment', () => {
    expect(web.Secrets.map(({ Name }) => Name).sort()).toEqual(['DB_PASSWORD', 'DB_USER', 'DJANGO_SECRET_KEY', 'DJANGO_SECRET_KEY_FALLBACKS']);
  });

  test('migrates and collects static files once, before the web service changes', () => {
    template.hasResourceProperties('Custom::DjangoRelease', {
      Command: ['--wait-for-database', 'python', 'manage.py', 'migrate', '--noinput', '&&', 'python', 'manage.py', 'collectstatic', '--noinput'],
    });
    const [releaseId] = Object.keys(template.findResources('Custom::DjangoRelease'));
    template.hasResource('AWS::ECS::Service', { DependsOn: Match.arrayWith([releaseId]) });
  });

  test('allows the name of the load balancer and nothing else', () => {
    expect(valueOf(web, 'DJANGO_ALLOWED_HOSTS')).toEqual(stack.resolve(django.loadBalancer.loadBalancer.loadBalancerDnsName));
    expect(valueOf(web, 'DJANGO_HTTPS')).toBe('False');
  });

  test('says that it is served by plain HTTP', () => {
    Annotations.fromStack(stack).hasWarning('/Stack/Shop/LoadBalancer', Match.stringLikeRegexp('plain HTTP'));
  });

  test('lets the database be reached by the tasks only', () => {
    const ingress = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress', { Properties: { ToPort: stack.resolve(5432) } }));
    expect(ingress.map(({ Properties }) => Properties.SourceSecurityGroupId)).toEqual([stack.resolve(django.application.securityGroup.securityGroupId)]);
  });

  test('gives the release rights to publish static files that the application lacks', () => {
    const objects = stack.resolve(`${django.storage!.staticBucket!.bucketArn}/static/*`);
    const rolesThat = (action: string) => Object.values(template.findResources('AWS::IAM::Policy'))
      .filter(({ Properties }) => Properties.PolicyDocument.Statement.some(({ Action, Resource }: { Action: string | string[]; Resource: unknown }) =>
        [Action].flat().includes(action) && JSON.stringify(Resource) === JSON.stringify(objects)))
      .map(({ Properties }) => Properties.Roles[0]);
    const [application, publisher] = [django.application, django.releaseProcess].map(({ taskDefinition }) => stack.resolve(taskDefinition.taskRole.roleName));
    expect(rolesThat('s3:GetObject')).toEqual([application, publisher]);
    expect(rolesThat('s3:PutObject')).toEqual([publisher]);
  });

  test('has outputs for its address and for management commands', () => {
    expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
      'ShopManageLogs', 'ShopManageRelease', 'ShopManageRun', 'ShopManageShell', 'ShopManageTunnel', 'ShopUrl',
    ]);
  });
});

describe('Environment', () => {
  test('follows the convention', () => {
    const { django, stack, template } = shop({
      convention: EnvironmentConvention.custom({ databaseHost: ['PGHOST', 'DATABASE_HOST'], databaseSecretJson: ['DATABASE_SECRET_JSON'], https: [] }),
    });
    const names = namesOf(containerOf(stack, template, django.application.taskDefinition));
    expect(names).toEqual(expect.arrayContaining(['PGHOST', 'DATABASE_HOST', 'DATABASE_SECRET_JSON']));
    expect(names).not.toEqual(expect.arrayContaining(['DB_HOST']));
    expect(names).not.toContain('DJANGO_HTTPS');
  });

  test.each<[string, (stack: Stack) => Partial<DjangoOnFargateProps>, (django: DjangoOnFargate) => string]>([
    ['by its first name', (stack) => ({ domain: { domainName: 'shop.example.com', alternativeNames: ['www.shop.example.com'], hostedZone: zone(stack) } }), () => 'https://shop.example.com'],
    ['by the load balancer without a domain', () => ({}), (django) => `http://${django.loadBalancer.loadBalancer.loadBalancerDnsName}`],
  ])('has the address of the site, %s, where the convention asks for it', (_, propsOf, url) => {
    const stack = new Stack(new App(), 'Stack');
    const convention = EnvironmentConvention.custom({ siteUrl: ['SITE_ROOT'] });
    const django = new DjangoOnFargate(stack, 'Shop', { image, project: 'shop', convention, ...propsOf(stack) });
    const container = containerOf(stack, Template.fromStack(stack), django.application.taskDefinition);
    expect(valueOf(container, 'SITE_ROOT')).toEqual(stack.resolve(url(django)));
  });

  test('takes values and secrets of the user\'s own, in the props and later', () => {
    const stack = new Stack(new App(), 'Stack');
    const django = new DjangoOnFargate(stack, 'Shop', {
      image,
      project: 'shop',
      environment: { SENTRY_ENVIRONMENT: 'production' },
      secrets: { STRIPE_API_KEY: EnvironmentSecret.fromSecretName('shop/stripe', 'apiKey') },
    });
    django.addEnvironment('FEATURE', 'on');
    django.addSecret('MAPS_KEY', EnvironmentSecret.fromSsmParameter('/shop/maps'));
    const template = Template.fromStack(stack);
    for (const definition of [django.application.taskDefinition, django.releaseProcess.taskDefinition]) {
      const container = containerOf(stack, template, definition);
      expect(valueOf(container, 'SENTRY_ENVIRONMENT')).toBe('production');
      expect(valueOf(container, 'FEATURE')).toBe('on');
      expect(container.Secrets.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['STRIPE_API_KEY', 'MAPS_KEY']));
    }
  });

  test('has one value for a name', () => {
    const { django } = shop({ environment: { FEATURE: 'on' } });
    const message = "DjangoOnFargate at 'Stack/Shop' cannot be defined:\n- the variable \"FEATURE\" is set already: a name has one value";
    expect(() => django.addSecret('FEATURE', EnvironmentSecret.fromSecretName('feature'))).toThrow(new Error(message));
  });

  test('yields to the user\'s own gunicorn settings', () => {
    const { django, stack, template } = shop({ environment: { WEB_CONCURRENCY: '3' } });
    expect(valueOf(containerOf(stack, template, django.application.taskDefinition), 'WEB_CONCURRENCY')).toBe('3');
  });

  test('names modules that differ from the project', () => {
    const { django, stack, template } = shop({ project: 'core', settingsModule: 'core.settings.production', wsgiApplication: 'core.web:app', pythonExecutable: '/venv/bin/python' });
    const container = containerOf(stack, template, django.application.taskDefinition);
    expect(container.Command).toEqual(['gunicorn', 'core.web:app']);
    expect(container.EntryPoint[0]).toBe('/venv/bin/python');
    expect(valueOf(container, 'DJANGO_SETTINGS_MODULE')).toBe('core.settings.production');
    template.hasResourceProperties('Custom::DjangoRelease', { Command: Match.arrayWith(['/venv/bin/python']) });
  });
});

describe('Domain', () => {
  test('is served by HTTPS, allowed and trusted', () => {
    const stack = new Stack(new App(), 'Stack');
    const { django, template } = shop({ domain: { domainName: 'shop.example.com', hostedZone: zone(stack), alternativeNames: ['www.example.com'] } }, stack);
    const container = containerOf(stack, template, django.application.taskDefinition);
    expect(valueOf(container, 'DJANGO_ALLOWED_HOSTS')).toBe('shop.example.com,www.example.com');
    expect(valueOf(container, 'CSRF_TRUSTED_ORIGINS')).toBe('https://shop.example.com,https://www.example.com');
    expect(valueOf(container, 'DJANGO_HTTPS')).toBe('True');
    template.hasOutput('*', { Value: 'https://shop.example.com' });
  });
});

describe('Profiles', () => {
  test.each([
    [DeploymentProfile.PRODUCTION, { MultiAZ: true, DeletionProtection: true, DBInstanceClass: 'db.t4g.small', BackupRetentionPeriod: 14 }, 'RetainExceptOnCreate'],
    [DeploymentProfile.STAGING, { MultiAZ: false, DeletionProtection: false, DBInstanceClass: 'db.t4g.micro', BackupRetentionPeriod: 7 }, 'Snapshot'],
    [DeploymentProfile.DEVELOPMENT, { MultiAZ: false, DeletionProtection: false, DBInstanceClass: 'db.t4g.micro', BackupRetentionPeriod: 1 }, 'Delete'],
  ])('%s sets the database', (profile, properties, deletionPolicy) => {
    const { template } = shop({ profile });
    template.hasResource('AWS::RDS::DBInstance', { Properties: properties, DeletionPolicy: deletionPolicy });
  });

  test.each([
    [DeploymentProfile.PRODUCTION, 2, 'DISABLED', 10], [DeploymentProfile.STAGING, 1, 'DISABLED', 2], [DeploymentProfile.DEVELOPMENT, 0, 'ENABLED', undefined],
  ])('%s sets network and scaling', (profile, gateways, assignPublicIp, maxCapacity) => {
    const { template } = shop({ profile });
    template.resourceCountIs('AWS::EC2::NatGateway', gateways);
    template.hasResourceProperties('AWS::ECS::Service', { NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: assignPublicIp } } });
    const targets = Object.values(template.findResources('AWS::ApplicationAutoScaling::ScalableTarget'));
    expect(targets.map(({ Properties }) => Properties.MaxCapacity)).toEqual(maxCapacity === undefined ? [] : [maxCapacity]);
  });

  test('yield to each prop', () => {
    const { template } = shop({
      profile: DeploymentProfile.DEVELOPMENT,
      database: { multiAz: true, instanceType: 'm7g.large', deletionProtection: true },
      web: { cpu: 1024, minCapacity: 3, enableExecuteCommand: false },
      cpuArchitecture: CpuArchitecture.ARM64,
    });
    template.hasResourceProperties('AWS::RDS::DBInstance', { MultiAZ: true, DBInstanceClass: 'db.m7g.large', DeletionProtection: true });
    template.allResourcesProperties('AWS::ECS::TaskDefinition', { Cpu: '1024', Memory: '2048', RuntimePlatform: { CpuArchitecture: 'ARM64' } });
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 3, EnableExecuteCommand: false });
  });

  test('yield to one switch that leaves a first deployment unprotected', () => {
    const { template } = shop({ deletionProtection: false });
    template.hasResourceProperties('AWS::RDS::DBInstance', { DeletionProtection: false });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'deletion_protection.enabled', Value: 'false' }]),
    });
  });

  test('yield to nothing when a prop is there but undefined, as Python gives it', () => {
    const { template } = shop({
      profile: DeploymentProfile.STAGING, database: { multiAz: undefined }, web: { minCapacity: undefined }, network: { egress: undefined },
    });
    template.hasResourceProperties('AWS::RDS::DBInstance', { MultiAZ: false });
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
  });
});

describe('What the user has already', () => {
  test('network: makes none and uses its subnets', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    const { django, template } = shop({ network: { vpc } }, stack);
    template.resourceCountIs('AWS::EC2::VPC', 1);
    expect(django.network.vpc).toBe(vpc);
  });

  test('database in another stack: the application refers to it and nothing leads back', () => {
    const app = new App();
    const network = new Stack(app, 'Network');
    const vpc = new ec2.Vpc(network, 'Vpc', {
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC }, { name: 'private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }, { name: 'db', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
    });
    const data = new Stack(app, 'Data');
    const database = new PrivateDatabase(data, 'Database', { vpc });
    const application = new Stack(app, 'Application');
    const { django, template } = shop({ network: { vpc }, database: { existing: database } }, application);
    app.synth();
    expect(django.database).toBeUndefined();
    template.resourceCountIs('AWS::RDS::DBInstance', 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: Match.anyValue(), SourceSecurityGroupId: application.resolve(django.application.securityGroup.securityGroupId) });
    expect(application.dependencies).toEqual(expect.arrayContaining([data, network]));
    expect(data.dependencies).toEqual([network]);
  });

  test('load balancer, cluster and secret key', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    const existing = new WafProtectedAlb(stack, 'Alb', { vpc });
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    const { django, template } = shop({
      network: { vpc }, loadBalancer: { existing }, web: { cluster }, secretKey: EnvironmentSecret.fromSsmParameter('/shop/secret-key'),
    }, stack);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    template.resourceCountIs('AWS::ECS::Cluster', 1);
    template.resourceCountIs('AWS::SecretsManager::Secret', 1);
    expect(django.secretKey!.secret).toBeUndefined();
    expect(containerOf(stack, template, django.application.taskDefinition).Secrets.map(({ Name }) => Name)).toContain('DJANGO_SECRET_KEY');
  });

  test('file storage of the user\'s own making', () => {
    const existing: IBackingService = { attachTo: (process) => process.addVariable(DjangoVariable.MEDIA_BUCKET, 'uploads') };
    const { django, stack, template } = shop({ storage: { existing }, environment: { STATIC_URL: '/static/' } });
    template.resourceCountIs('AWS::CloudFront::Distribution', 0);
    const container = containerOf(stack, template, django.application.taskDefinition);
    expect(valueOf(container, 'AWS_STORAGE_BUCKET_NAME')).toBe('uploads');
    expect(valueOf(container, 'STATIC_URL')).toBe('/static/');
  });
});

describe('A backing service of the user\'s own making', () => {
  class Queue implements IBackingService {
    public readonly attached: ProcessDuty[] = [];
    public constructor(private readonly queue: sqs.Queue) {}
    public attachTo(process: IProcess): void {
      this.attached.push(process.duty);
      process.addEnvironment('QUEUE_URL', this.queue.queueUrl);
      this.queue.grantSendMessages(process);
    }
  }

  test.each(['in the props', 'later'])('attaches itself to each process once, given %s', (when) => {
    const stack = new Stack(new App(), 'Stack');
    const queue = new Queue(new sqs.Queue(stack, 'Queue'));
    const django = new DjangoOnFargate(stack, 'Shop', { image, project: 'shop', backingServices: when === 'in the props' ? [queue] : [] });
    if (when === 'later') {
      django.addBackingService(queue);
    }
    expect(queue.attached).toEqual([ProcessDuty.APPLICATION, ProcessDuty.RELEASE]);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['sqs:SendMessage']) })]) },
      Roles: [stack.resolve(django.application.taskDefinition.taskRole.roleName)],
    });
  });
});

describe('Release', () => {
  test('runs the user\'s commands', () => {
    const { template } = shop({ release: { commands: [['alembic', 'upgrade', 'head']], waitForDatabase: false, timeout: Duration.minutes(5), nonce: '42' } });
    template.hasResourceProperties('Custom::DjangoRelease', { Command: ['alembic', 'upgrade', 'head'], TimeoutSeconds: 300, Nonce: '42' });
  });
});

describe('Deployment without losing a request', () => {
  test.each([[30, 30, 30, 35], [60, 60, 60, 65], [115, 115, 115, 120]])(
    'with requests of %d s at most: drains %d s, finishes in %d s, is killed after %d s', (seconds, delay, graceful, stop) => {
      const { django, stack, template } = shop({ web: { requestTimeout: Duration.seconds(seconds) } });
      const container = containerOf(stack, template, django.application.taskDefinition) as Container & { StopTimeout: number };
      expect(container.StopTimeout).toBe(stop);
      expect(valueOf(container, 'GUNICORN_CMD_ARGS')).toContain(`--timeout=${seconds} --graceful-timeout=${graceful} --keep-alive=65`);
      template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
        TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: String(delay) }]),
      });
    });

  test('keeps connections longer than the load balancer does', () => {
    const { django, stack, template } = shop({ loadBalancer: { idleTimeout: Duration.seconds(120) } });
    expect(valueOf(containerOf(stack, template, django.application.taskDefinition), 'GUNICORN_CMD_ARGS')).toContain('--keep-alive=125');
  });
});

describe('A request timeout that cannot be', () => {
  test.each([
    [Duration.seconds(200), "'web.requestTimeout' must be between 1 second and 1 minute 55 seconds, got 3 minutes 20 seconds: "
      + 'Fargate gives a container at most 120 s to stop; do longer work in a worker'],
    [Duration.millis(1500), "'web.requestTimeout' must be in whole seconds, got 1 second 500 millis"],
  ])('%s is refused by its own name', (requestTimeout, reason) => {
    expect(() => shop({ web: { requestTimeout } })).toThrow(new Error(`DjangoOnFargate at 'Stack/Shop' cannot be defined:\n- ${reason}`));
  });
});

describe('Database connections', () => {
  test('are held against the instance', () => {
    const { stack } = shop({ database: { instanceType: 't4g.micro' }, web: { maxCapacity: 10 } });
    Annotations.fromStack(stack).hasWarning('/Stack/Shop', Match.stringLikeRegexp(
      'At 10 tasks the web service may open 160 database connections \\(tasks x workers x threads\\), the database accepts 80: lower'));
  });

  test('fit by default in every profile', () => {
    for (const profile of Object.values(DeploymentProfile)) {
      Annotations.fromStack(shop({ profile }).stack).hasNoWarning('/Stack/Shop', Match.anyValue());
    }
  });
});

describe('What cannot be defined', () => {
  const vpc = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
  const existing: IBackingService = { attachTo: () => undefined };
  test.each<[string, (stack: Stack) => Props, string[]]>([
    ['a project that is no package', () => ({ project: 'my-shop' }), [
      "'project' must be the package with the settings, as Python imports it, perhaps \"my_shop\", got \"my-shop\"",
    ]],
    ['modules that cannot be imported', () => ({ settingsModule: 'shop/settings.py', wsgiApplication: 'shop.wsgi' }), [
      "'settingsModule' must be a module as Python imports it, e.g. 'shop.settings', got \"shop/settings.py\"",
      "'wsgiApplication' must be 'module:application', e.g. 'shop.wsgi:application', got \"shop.wsgi\"",
    ]],
    ['options of a new network beside a given one', (stack) => ({ network: { vpc: vpc(stack), cidr: '10.1.0.0/16' } }), [
      "'network.vpc' is what you have already, so 'network.cidr' would have no effect: leave it out",
    ]],
    ['subnets without their VPC', () => ({ network: { taskSubnets: { subnetType: ec2.SubnetType.PUBLIC } } }), [
      "'network.taskSubnets' and 'network.databaseSubnets' choose from your own VPC: give it with 'network.vpc'",
    ]],
    ['options of a new database and storage beside given ones', () => ({ database: { existing, multiAz: true }, storage: { existing, mediaVersioned: true } }), [
      "'database.existing' is what you have already, so 'database.multiAz' would have no effect: leave it out",
      "'storage.existing' is what you have already, so 'storage.mediaVersioned' would have no effect: leave it out",
    ]],
    ['a domain beside a given load balancer', (stack) => {
      const given = vpc(stack);
      return {
        domain: { domainName: 'shop.example.com', hostedZone: zone(stack) },
        network: { vpc: given },
        loadBalancer: { existing: new WafProtectedAlb(stack, 'Alb', { vpc: given }) },
      };
    }, ["'domain' and 'loadBalancer.existing' exclude each other: give the domain to your load balancer"]],
    ['the domain twice', (stack) => {
      const domain = { domainName: 'shop.example.com', hostedZone: zone(stack) };
      return { domain, loadBalancer: { domain } };
    }, ["'domain' and 'loadBalancer.domain' are the same: keep 'domain'"]],
    ['variables that the library sets', () => ({ environment: { DB_HOST: 'db', DJANGO_SETTINGS_MODULE: 'x', DJANGO_SECRET_KEY: 'changeme' } }), [
      "'environment' must not set \"DB_HOST\": the library does; remove it, or give the library's another name with EnvironmentConvention.custom({ databaseHost: [...] }), or none with databaseHost: []",
      "'environment' must not set \"DJANGO_SETTINGS_MODULE\": use 'settingsModule'",
      "'environment' must not set \"DJANGO_SECRET_KEY\": the library does, from a secret that stands in no template; " +
        "remove it, or give the library's another name with EnvironmentConvention.custom({ secretKey: [...] }), or none with secretKey: []",
    ]],
    ['secrets that the library sets', () => ({ secrets: { DB_PASSWORD: EnvironmentSecret.fromSecretName('db') } }), [
      "'secrets' must not set \"DB_PASSWORD\": the library does, from a secret that stands in no template; " +
        "remove it, or give the library's another name with EnvironmentConvention.custom({ databasePassword: [...] }), or none with databasePassword: []",
    ]],
  ])('%s', (_, props, reasons) => {
    const stack = new Stack(new App(), 'Stack');
    expect(() => new DjangoOnFargate(stack, 'Shop', { image, project: 'shop', ...props(stack) }))
      .toThrow(new Error(["DjangoOnFargate at 'Stack/Shop' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n')));
  });
});
