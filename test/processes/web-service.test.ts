import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, CfnResource, Duration, Stack } from 'aws-cdk-lib/core';
import { ProcessDefinition } from '../../src/processes/process-definition';
import { ProcessDefinitionProps } from '../../src/processes/process-definition-props';
import { WebService } from '../../src/processes/web-service';
import { WebServiceProps } from '../../src/processes/web-service-props';
import { fromPython, givenVpc, IMAGE, messageOf, newStack, TOKEN, warningsOf } from '../helpers';

const COMMAND = ['gunicorn', 'shop.wsgi:application'];

interface Options {
  readonly stack?: Stack;
  readonly vpc?: ec2.IVpc;
  readonly process?: Partial<ProcessDefinitionProps>;
  readonly bare?: boolean;
}

/** A web service behind a load balancer, unless `bare`. */
function define(props: Partial<WebServiceProps> = {}, options: Options = {}) {
  const stack = options.stack ?? newStack();
  const vpc = options.vpc ?? givenVpc(stack);
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc });
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, command: COMMAND, containerPort: 8000, ...options.process });
  const web = new WebService(stack, 'Web', { cluster, process, ...props });
  const listener = options.bare ? undefined : listenerIn(stack, vpc, web);
  return { stack, vpc, cluster, process, web, listener };
}

function listenerIn(stack: Stack, vpc: ec2.IVpc, web: WebService): elbv2.ApplicationListener {
  const alb = new elbv2.ApplicationLoadBalancer(stack, 'Alb', { vpc });
  return alb.addListener('Http', { port: 80, defaultTargetGroups: [web.targetGroup] });
}

function environmentOf(stack: Stack): Record<string, string> {
  const [definition] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  return Object.fromEntries(definition.Properties.ContainerDefinitions[0].Environment.map(({ Name, Value }: any) => [Name, Value]));
}

function argumentsOf(stack: Stack): Record<string, string> {
  return Object.fromEntries(environmentOf(stack).GUNICORN_CMD_ARGS.split(' ').map((argument) => argument.replace(/^--/, '').split('=')));
}

function serviceOf(stack: Stack): any {
  return Object.values(Template.fromStack(stack).findResources('AWS::ECS::Service'))[0];
}

describe('a web service by default', () => {
  const { stack, process, web, listener } = define();
  const template = Template.fromStack(stack);

  test('keeps the old tasks until the new ones are healthy, and goes back when they are not', () => {
    expect(serviceOf(stack).Properties).toMatchObject({
      Cluster: 'shop',
      LaunchType: 'FARGATE',
      DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MinimumHealthyPercent: 100, MaximumPercent: 200 },
      AvailabilityZoneRebalancing: 'ENABLED',
      HealthCheckGracePeriodSeconds: 120,
      EnableECSManagedTags: true,
      PropagateTags: 'SERVICE',
      TaskDefinition: stack.resolve(process.taskDefinition.taskDefinitionArn),
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED', Subnets: ['private-1', 'private-2'], SecurityGroups: [stack.resolve(process.securityGroup.securityGroupId)],
        },
      },
      LoadBalancers: [{ ContainerName: 'django', ContainerPort: 8000, TargetGroupArn: stack.resolve(web.targetGroup.targetGroupArn) }],
    });
    expect(serviceOf(stack).Properties.EnableExecuteCommand).toBeFalsy();
  });

  test('takes part in a deployment for seconds, not minutes: checked every 5 s, healthy after two, drained for the longest request', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      HealthCheckPath: '/health/',
      Matcher: { HttpCode: '200' },
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 4,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 5,
      Port: 8000,
      Protocol: 'HTTP',
      TargetType: 'ip',
      VpcId: 'vpc-1',
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]),
    });
  });

  test('runs gunicorn by the size of its task and by the time-outs around it', () => {
    expect(environmentOf(stack)).toMatchObject({ PORT: '8000', WEB_CONCURRENCY: '1', FORWARDED_ALLOW_IPS: '*', PYTHONUNBUFFERED: '1' });
    expect(argumentsOf(stack)).toMatchObject({ 'bind': '0.0.0.0:8000', 'threads': '16', 'timeout': '30', 'graceful-timeout': '30', 'keep-alive': '65' });
  });

  test('scales from 2 to 10 tasks with CPU and memory, and leaves the number of tasks to that', () => {
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 10 });
    const policy = (metric: string, target: number) => template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: { PredefinedMetricSpecification: { PredefinedMetricType: metric }, TargetValue: target },
    });
    policy('ECSServiceAverageCPUUtilization', 70);
    policy('ECSServiceAverageMemoryUtilization', 80);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 2);
    // In the template it would undo what autoscaling did, at each deployment.
    expect(serviceOf(stack).Properties).not.toHaveProperty('DesiredCount');
    expect(web.scaling).toBeDefined();
  });

  test('is reached by its load balancer alone, on its port', () => {
    expect(Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties)).toEqual([{
      Description: 'Load balancer to target',
      GroupId: stack.resolve(process.securityGroup.securityGroupId),
      SourceSecurityGroupId: stack.resolve(listener!.loadBalancer.connections.securityGroups[0].securityGroupId),
      IpProtocol: 'tcp',
      FromPort: 8000,
      ToPort: 8000,
    }]);
  });

  test('knows how many requests, and so database connections, it may have at once', () => {
    expect([web.maxCapacity, web.maxConcurrency]).toEqual([10, 160]);
  });

  test('is not warned about', () => {
    expect(warningsOf(web)).toEqual({});
  });

  test('makes a service, a target group and what scales it', () => {
    const own = Object.entries<any>(template.toJSON().Resources).filter(([id]) => id.startsWith('Web')).map(([, { Type }]) => Type).sort();
    expect(own).toEqual([
      'AWS::ApplicationAutoScaling::ScalableTarget', 'AWS::ApplicationAutoScaling::ScalingPolicy', 'AWS::ApplicationAutoScaling::ScalingPolicy',
      'AWS::ECS::Service', 'AWS::ElasticLoadBalancingV2::TargetGroup',
    ]);
  });

  test('keeps its ids, for a service or target group with another would be replaced', () => {
    expect(Object.keys(template.findResources('AWS::ECS::Service'))).toEqual(['WebServiceD04B5F3E']);
    expect(Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup'))).toEqual(['WebTargets2D282C48']);
  });
});

describe('the service starts', () => {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const { process, web, listener } = define({}, { stack, vpc });
  process.startAfter(new CfnResource(stack, 'Late', { type: 'Test::Late' }));
  new s3.Bucket(stack, 'Bucket').grantRead(process);
  const template = Template.fromStack(stack);
  const { DependsOn: before } = serviceOf(stack);

  test('after the listener, since ECS refuses a target group without a load balancer', () => {
    expect(before).toContain(stack.getLogicalId(listener!.node.defaultChild as CfnResource));
  });

  test('after the policies of both its roles, which it needs at once', () => {
    const policies = Object.keys(template.findResources('AWS::IAM::Policy'));
    expect(policies).toHaveLength(2);
    expect(before).toEqual(expect.arrayContaining(policies));
  });

  test('after the routes of its subnets, without which it pulls no image', () => {
    const routes = vpc.privateSubnets.map((subnet) => stack.getLogicalId(subnet.node.findChild('DefaultRoute') as CfnResource));
    expect(before).toEqual(expect.arrayContaining(routes));
  });

  test('after what came later', () => {
    expect(before).toContain('Late');
  });

  test('in the private subnets of the VPC', () => {
    const { Subnets: subnets } = serviceOf(stack).Properties.NetworkConfiguration.AwsvpcConfiguration;
    expect(subnets).toEqual(stack.resolve(vpc.privateSubnets.map(({ subnetId }) => subnetId)));
    expect(web.service.cluster.vpc).toBe(vpc);
  });
});

describe('each setting of a web service', () => {
  test.each<[string, Partial<WebServiceProps>, any]>([
    ['the path of its health check', { healthCheckPath: '/up/' }, { HealthCheckPath: '/up/' }],
    ['the codes of its health check', { healthCheckCodes: '200,204' }, { Matcher: { HttpCode: '200,204' } }],
    ['the longest request', { requestTimeout: Duration.seconds(10) },
      { TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '10' }]) }],
  ])('can be chosen: %s', (_, props, expected) => {
    Template.fromStack(define(props).stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', expected);
  });

  test.each<[string, Partial<WebServiceProps>, Options, object]>([
    ['the longest request', { requestTimeout: Duration.seconds(10) }, {}, { 'timeout': '10', 'graceful-timeout': '10' }],
    ['a minute for a request', { requestTimeout: Duration.minutes(1) }, { process: { stopTimeoutSeconds: 62 } }, { 'timeout': '60', 'graceful-timeout': '60' }],
    ['the threads', { threads: 4 }, {}, { threads: '4' }],
    ['the idle time-out of the load balancer', { loadBalancerIdleTimeout: Duration.minutes(2) }, {}, { 'keep-alive': '125' }],
    ['the port', {}, { process: { containerPort: 9000 } }, { bind: '0.0.0.0:9000' }],
  ])('reaches gunicorn: %s', (_, props, options, expected) => {
    expect(argumentsOf(define(props, options).stack)).toMatchObject(expected);
  });

  test.each<[string, Partial<WebServiceProps>, Options, string]>([
    ['as they are given', { workers: 3 }, {}, '3'],
    ['one for each vCPU', {}, { process: { cpu: 4096, memoryLimitMiB: 8192 } }, '4'],
    ['at least one', {}, { process: { cpu: 256 } }, '1'],
  ])('has worker processes %s', (_, props, options, workers) => {
    expect(environmentOf(define(props, options).stack).WEB_CONCURRENCY).toBe(workers);
  });

  test.each<[Partial<WebServiceProps>, number, number]>([
    [{ minCapacity: 3 }, 3, 10], [{ minCapacity: 12 }, 12, 24], [{ minCapacity: 4000 }, 4000, 5000],
    [{ minCapacity: 12, maxCapacity: 20 }, 12, 20], [{ maxCapacity: 4 }, 2, 4], [{ minCapacity: 1, maxCapacity: 2 }, 1, 2],
  ])('scales within %j', (props, MinCapacity, MaxCapacity) => {
    const { stack, web } = define(props);
    Template.fromStack(stack).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity, MaxCapacity });
    expect(web.maxCapacity).toBe(MaxCapacity);
    expect(web.maxConcurrency).toBe(MaxCapacity * 16);
  });

  test.each<[Partial<WebServiceProps>, number]>([[{ maxCapacity: 1 }, 1], [{ minCapacity: 2, maxCapacity: 2 }, 2], [{ minCapacity: 12, maxCapacity: 12 }, 12]])(
    'runs a fixed number of tasks with %j', (props, count) => {
      const { stack, web } = define(props);
      expect(serviceOf(stack).Properties.DesiredCount).toBe(count);
      Template.fromStack(stack).resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
      expect(web.scaling).toBeUndefined();
    });

  test('scales with CPU, memory and requests as given', () => {
    const { stack, web, listener } = define({ targetCpuPercent: 50, targetMemoryPercent: 60, targetRequestsPerMinute: 1000 });
    const configurations = Object.values(Template.fromStack(stack).findResources('AWS::ApplicationAutoScaling::ScalingPolicy'))
      .map(({ Properties }) => Properties.TargetTrackingScalingPolicyConfiguration);
    const part = (index: number) => ({ 'Fn::Select': [index, { 'Fn::Split': ['/', stack.resolve(listener!.listenerArn)] }] });
    expect(configurations).toEqual([
      { PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' }, TargetValue: 50 },
      { PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' }, TargetValue: 60 },
      {
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'ALBRequestCountPerTarget',
          ResourceLabel: { 'Fn::Join': ['', [part(1), '/', part(2), '/', part(3), '/', stack.resolve(web.targetGroup.targetGroupFullName)]] },
        },
        TargetValue: 1000,
      },
    ]);
  });

  test('opens a shell where asked for, with the rights that it takes', () => {
    const { stack, process } = define({ enableExecuteCommand: true });
    expect(serviceOf(stack).Properties.EnableExecuteCommand).toBe(true);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(process.taskDefinition.taskRole.roleName)],
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['ssmmessages:OpenDataChannel']), Resource: '*' })]) },
    });
  });

  test('gives a task more time to start', () => {
    expect(serviceOf(define({ healthCheckGracePeriod: Duration.minutes(5) }).stack).Properties.HealthCheckGracePeriodSeconds).toBe(300);
  });

  test('is the default where Python leaves it out', () => {
    const names = ['healthCheckPath', 'healthCheckCodes', 'healthCheckGracePeriod', 'requestTimeout', 'workers', 'threads', 'minCapacity', 'maxCapacity', 'targetCpuPercent',
      'targetMemoryPercent', 'targetRequestsPerMinute', 'enableExecuteCommand', 'taskSubnets', 'assignPublicIp', 'loadBalancerIdleTimeout'];
    expect(Template.fromStack(define(fromPython({}, ...names)).stack).toJSON()).toEqual(Template.fromStack(define().stack).toJSON());
  });

  test('can be known at deployment only', () => {
    const { stack, web } = define({
      healthCheckPath: `/${TOKEN.string()}`,
      healthCheckCodes: TOKEN.string(),
      healthCheckGracePeriod: TOKEN.seconds(90),
      workers: TOKEN.number(3),
      threads: TOKEN.number(4),
      minCapacity: TOKEN.number(1),
      maxCapacity: TOKEN.number(5),
      targetCpuPercent: TOKEN.number(55),
      targetRequestsPerMinute: TOKEN.number(99),
    }, { process: { containerPort: TOKEN.number(9000) } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 1, MaxCapacity: 5 });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { HealthCheckPath: '/later', Matcher: { HttpCode: 'later' }, Port: 9000 });
    expect(serviceOf(stack).Properties).toMatchObject({ HealthCheckGracePeriodSeconds: 90 });
    expect(serviceOf(stack).Properties).not.toHaveProperty('DesiredCount');
    expect(environmentOf(stack)).toMatchObject({ PORT: '9000', WEB_CONCURRENCY: '3' });
    expect(argumentsOf(stack)).toMatchObject({ bind: '0.0.0.0:9000', threads: '4' });
    expect(web.maxConcurrency).toBe(0);
  });

  test.each<[Partial<WebServiceProps>, number, number]>([[{ minCapacity: TOKEN.number(1) }, 1, 10], [{ maxCapacity: TOKEN.number(9) }, 2, 9]])(
    'takes a token for one of the two capacities', (props, MinCapacity, MaxCapacity) => {
      Template.fromStack(define(props).stack).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity, MaxCapacity });
    });
});

describe('the tasks run', () => {
  const networkOf = (props: Partial<WebServiceProps>) => serviceOf(define(props).stack).Properties.NetworkConfiguration.AwsvpcConfiguration;

  test('in the public subnets when they get a public address', () => {
    expect(networkOf({ assignPublicIp: true })).toMatchObject({ AssignPublicIp: 'ENABLED', Subnets: ['public-1', 'public-2'] });
  });

  test('in the subnets that are given', () => {
    expect(networkOf({ taskSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } })).toMatchObject({ AssignPublicIp: 'DISABLED', Subnets: ['isolated-1', 'isolated-2'] });
  });

  test('in a VPC that has public subnets only', () => {
    const stack = newStack();
    const vpc = givenVpc(stack, { privateSubnetIds: undefined, isolatedSubnetIds: undefined });
    expect(serviceOf(define({ assignPublicIp: true }, { stack, vpc }).stack).Properties.NetworkConfiguration.AwsvpcConfiguration.Subnets).toEqual(['public-1', 'public-2']);
  });

  test('in a VPC that the CLI has yet to look up', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-central-1' } });
    const vpc = ec2.Vpc.fromLookup(stack, 'Looked', { vpcName: 'shop' });
    expect(() => define({ taskSubnets: { subnetGroupName: 'Tasks' } }, { stack, vpc })).not.toThrow();
  });
});

describe('gunicorn', () => {
  test.each([5, 30, 60, 115])('ends requests of %d s before ECS kills it, and the load balancer waits for them', (seconds) => {
    const { stack, process } = define({ requestTimeout: Duration.seconds(seconds) }, { process: { stopTimeoutSeconds: seconds + 2 } });
    const settings = argumentsOf(stack);
    expect(Number(settings['graceful-timeout'])).toBeLessThan(process.stopTimeoutSeconds);
    expect(Number(settings['graceful-timeout'])).toBeGreaterThanOrEqual(seconds);
    Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: String(seconds) }]),
    });
  });

  test('takes what you set instead of what the library sets, with a warning where requests could be lost', () => {
    const { stack, web } = define({}, { process: { environment: { WEB_CONCURRENCY: '5', GUNICORN_CMD_ARGS: '--max-requests=1000' } } });
    expect(environmentOf(stack)).toMatchObject({ WEB_CONCURRENCY: '5', GUNICORN_CMD_ARGS: '--max-requests=1000', PORT: '8000' });
    expect(warningsOf(web)).toEqual({
      'gunicorn-arguments': 'GUNICORN_CMD_ARGS is yours, so the library does not set it. Add to yours what you do not decide otherwise, above all the keep-alive, ' +
        "which must be longer than the load balancer's idle timeout: --bind=0.0.0.0:8000 --worker-class=gthread --threads=16 --timeout=30 --graceful-timeout=30 " +
        '--keep-alive=65 --worker-tmp-dir=/dev/shm --access-logfile=-',
    });
  });
});

describe('a web service is refused with', () => {
  const path = (example: string, got: string) => `'healthCheckPath' must begin with '/', have no spaces and 1024 characters at most, e.g. "${example}", got ${JSON.stringify(got)}`;
  const shortTime = 'Fargate gives a container at most 120 s to stop; do longer work in a worker';
  test.each<[string, any, string[], Options?]>([
    ['neither cluster nor process', { cluster: undefined, process: undefined, threads: 0 }, [
      "'cluster' must be given: use ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName, vpc })",
      "'process' must be given: make one",
      "'threads' must be a whole number between 1 and 512, got 0",
    ]],
    ['a health check without a slash', { healthCheckPath: 'health' }, [path('/health/', 'health')]],
    ['no health check', { healthCheckPath: '' }, [path('/health/', '')]],
    ['a whole URL', { healthCheckPath: 'https://shop.example.com/up' }, [path('/up/', 'https://shop.example.com/up')]],
    ['a health check with a query', { healthCheckPath: 'up?deep=1' }, [path('/up?deep=1', 'up?deep=1')]],
    ['a health check with a space', { healthCheckPath: '/up now/' }, [path('/up/', '/up now/')]],
    ['a text for codes', { healthCheckCodes: 'OK' }, ["'healthCheckCodes' must be status codes like '200' or '200,204', got \"OK\""]],
    ['codes that a load balancer does not take', { healthCheckCodes: '200,500' }, ["'healthCheckCodes' must be between 200 and 499, got \"200,500\""]],
    ['a long grace period', { healthCheckGracePeriod: Duration.hours(2) }, ["'healthCheckGracePeriod' must be between 0 seconds and 1 hour, got 2 hours"]],
    ['a grace period with a fraction', { healthCheckGracePeriod: Duration.millis(60500) }, ["'healthCheckGracePeriod' must be in whole seconds, got 60.5 seconds"]],
    ['a grace period whose token is in minutes', { healthCheckGracePeriod: TOKEN.minutes() },
      ["'healthCheckGracePeriod' must be a Duration.seconds(...) where its amount is a token, got Duration.minutes(...)"]],
    ['a long request', { requestTimeout: Duration.seconds(200) }, [`'requestTimeout' must be between 1 second and 1 minute 55 seconds, got 3 minutes 20 seconds: ${shortTime}`]],
    ['no time for a request', { requestTimeout: Duration.seconds(0) }, [`'requestTimeout' must be between 1 second and 1 minute 55 seconds, got 0 seconds: ${shortTime}`]],
    ['a number for a time', { requestTimeout: 30 }, ["'requestTimeout' must be a Duration between 1 second and 1 minute 55 seconds, got 30: use Duration.seconds(30)"]],
    ['a request with a fraction', { requestTimeout: Duration.millis(1500) }, ["'requestTimeout' must be in whole seconds, got 1 second 500 millis"]],
    ['a request that is a token', { requestTimeout: TOKEN.seconds() },
      ["'requestTimeout' must be known at synthesis, because gunicorn's timeouts are computed from it: give it as a plain value, not as a token"]],
    ['a request longer than the container may take to stop', { requestTimeout: Duration.seconds(60) },
      ["'requestTimeout' (1 minute) must be at least 2 seconds less than the 'stopTimeoutSeconds' of the process (35), else ECS cuts requests off: give the process 62 or more"]],
    ['a container that stops faster than a request', {},
      ["'requestTimeout' (30 seconds) must be at least 2 seconds less than the 'stopTimeoutSeconds' of the process (30), else ECS cuts requests off: give the process 32 or more"],
      { process: { stopTimeoutSeconds: 30 } }],
    ['an idle time-out that is a token', { loadBalancerIdleTimeout: TOKEN.seconds() },
      ["'loadBalancerIdleTimeout' must be known at synthesis, because gunicorn's keep-alive is computed from it: give it as a plain value, not as a token"]],
    ['a long idle time-out', { loadBalancerIdleTimeout: Duration.hours(2) }, ["'loadBalancerIdleTimeout' must be between 1 second and 4000 seconds, got 2 hours"]],
    ['no workers', { workers: 0 }, ["'workers' must be a whole number between 1 and 64, got 0"]],
    ['half a thread', { threads: 0.5 }, ["'threads' must be a whole number between 1 and 512, got 0.5"]],
    ['no tasks', { minCapacity: 0, maxCapacity: 0 },
      ["'minCapacity' must be a whole number between 1 and 5000, got 0", "'maxCapacity' must be a whole number between 1 and 5000, got 0"]],
    ['more tasks at least than at most', { minCapacity: 5, maxCapacity: 4 },
      ["'minCapacity' (5) must not be more than 'maxCapacity' (4): raise 'maxCapacity' or lower 'minCapacity'"]],
    ['a CPU target of a fraction', { targetCpuPercent: 0.7 }, ["'targetCpuPercent' must be a whole number between 10 and 95 percent, got 0.7"]],
    ['a memory target of all', { targetMemoryPercent: 100 }, ["'targetMemoryPercent' must be a whole number between 10 and 95 percent, got 100"]],
    ['no requests', { targetRequestsPerMinute: 0 }, ["'targetRequestsPerMinute' must be a whole number between 1 and 1000000, got 0"]],
    ['a process without a port', {}, ["'process' must have a 'containerPort': the load balancer sends the requests there"], { process: { containerPort: undefined } }],
    ['subnets that are not there', { taskSubnets: { subnetGroupName: 'Nope' } },
      ["'taskSubnets' matches no subnet of the VPC: There are no subnet groups with name 'Nope' in this VPC. Available names: Public,Private,Isolated"]],
    ['no subnets', { taskSubnets: { subnets: [] } }, ["'taskSubnets' matches no subnet of the VPC: choose others"]],
  ])('%s', (_, props, reasons, ...[options]) => {
    expect(messageOf(() => define(props, options))).toBe(["WebService at 'Stack/Web' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n'));
  });

  test('a VPC with public subnets only and tasks without an address', () => {
    const stack = newStack();
    const vpc = givenVpc(stack, { privateSubnetIds: undefined, isolatedSubnetIds: undefined });
    expect(messageOf(() => define({}, { stack, vpc }))).toBe("WebService at 'Stack/Web' cannot be defined:\n" +
      "- 'cluster' has a VPC without private subnets, it has 2 public ones only: run the tasks there with 'assignPublicIp', or choose others with 'taskSubnets'");
  });

  test('a cluster that does not know its VPC', () => {
    const stack = newStack();
    const cluster = ecs.Cluster.fromClusterArn(stack, 'Imported', 'arn:aws:ecs:eu-central-1:123456789012:cluster/shop');
    expect(messageOf(() => define({ cluster }, { stack }))).toBe("WebService at 'Stack/Web' cannot be defined:\n- 'cluster' must know its VPC: " +
      "import it with ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName, vpc }) instead of ecs.Cluster.fromClusterArn()");
  });

  test('a cluster in another VPC than the process', () => {
    const stack = newStack();
    const other = new ec2.Vpc(stack, 'Other', { maxAzs: 1, natGateways: 0 });
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'OtherCluster', { clusterName: 'other', vpc: other });
    expect(messageOf(() => define({ cluster }, { stack }))).toBe("WebService at 'Stack/Web' cannot be defined:\n" +
      "- 'process' must be in the VPC of 'cluster' ('Stack/Other'), it is in vpc-1: make both in the same");
  });

  test('no complaint about two imports of one VPC', () => {
    const stack = newStack();
    const same = ec2.Vpc.fromVpcAttributes(stack, 'Same', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['private-1'] });
    const unknown = ec2.Vpc.fromVpcAttributes(stack, 'Unknown', { vpcId: TOKEN.string(), availabilityZones: ['a'], privateSubnetIds: ['private-1'] });
    for (const [index, vpc] of [same, unknown].entries()) {
      const cluster = ecs.Cluster.fromClusterAttributes(stack, `Cluster${index}`, { clusterName: 'shop', vpc });
      const process = new ProcessDefinition(stack, `Process${index}`, { vpc: givenVpc(new Stack(stack, `Nested${index}`)), image: IMAGE, command: COMMAND, containerPort: 8000 });
      expect(() => new WebService(stack, `Web${index}`, { cluster, process })).not.toThrow();
    }
  });

  test.each([undefined, 100])('no load balancer, found at synthesis because it comes last (requests per minute: %p)', (targetRequestsPerMinute) => {
    const { stack } = define({ targetRequestsPerMinute }, { bare: true });
    expect(messageOf(() => (stack.node.root as App).synth())).toContain("WebService at 'Stack/Web' cannot be defined:\n" +
      "- its target group has no load balancer: give it to one, e.g. with 'addTargetGroup(web.targetGroup)' of a WafProtectedAlb");
  });

  test('no complaint about a load balancer that was there before', () => {
    const { stack, vpc, web } = define({}, { bare: true });
    const listener = elbv2.ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
      listenerArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2',
      securityGroup: new ec2.SecurityGroup(stack, 'AlbGroup', { vpc }),
    });
    listener.addTargetGroups('Web', { targetGroups: [web.targetGroup], priority: 1, conditions: [elbv2.ListenerCondition.hostHeaders(['shop.example.com'])] });
    Template.fromStack(stack).resourceCountIs('AWS::ECS::Service', 1);
  });
});

describe('a web service is warned about', () => {
  test.each<[string, Partial<WebServiceProps>, Record<string, string>]>([
    ['a path that Django redirects', { healthCheckPath: '/health' }, {
      'health-check-redirect': "'healthCheckPath' \"/health\" has no '/' at its end: with APPEND_SLASH Django answers 301, which does not count as healthy. Use \"/health/\".",
    }],
    ['a path with a query that Django redirects', { healthCheckPath: '/health?deep=1' }, {
      'health-check-redirect': "'healthCheckPath' \"/health?deep=1\" has no '/' at its end: with APPEND_SLASH Django answers 301, which does not count as healthy. Use \"/health/\".",
    }],
    ['errors that count as healthy', { healthCheckCodes: '200-499' }, {
      'health-check-codes': "'healthCheckCodes' \"200-499\" counts errors as healthy: a broken release would be rolled out. Use '200'.",
    }],
    ['no time to start', { healthCheckGracePeriod: Duration.seconds(0) }, {
      'health-check-grace-period': "'healthCheckGracePeriod' 0 seconds: a task that needs longer to start, and 25 seconds of failing checks, is stopped before it serves, " +
        'again and again. Give it the time that your slowest start takes, e.g. Duration.minutes(2).',
    }],
    ['a load balancer that gives up first', { loadBalancerIdleTimeout: Duration.seconds(20) }, {
      'idle-timeout': "'requestTimeout' (30 seconds) is longer than the load balancer waits (20 seconds): it answers 504 before. Raise the idle timeout of the load balancer.",
    }],
    ['public subnets without an address', { taskSubnets: { subnetType: ec2.SubnetType.PUBLIC } }, {
      'no-public-ip': 'The tasks run in public subnets without a public address: they reach neither a registry nor CloudWatch Logs, unless VPC endpoints lead there. ' +
        "Set 'assignPublicIp', or choose private subnets with 'taskSubnets'.",
    }],
  ])('%s', (_, props, warnings) => {
    expect(warningsOf(define(props).web)).toEqual(warnings);
  });

  test.each<[string, Partial<WebServiceProps>]>([
    ['the root', { healthCheckPath: '/' }],
    ['a file', { healthCheckPath: '/health.txt' }],
    ['a redirect that counts', { healthCheckPath: '/health', healthCheckCodes: '200-399' }],
    ['a token', { healthCheckPath: TOKEN.string(), healthCheckCodes: TOKEN.string() }],
    ['public subnets with an address', { taskSubnets: { subnetType: ec2.SubnetType.PUBLIC }, assignPublicIp: true }],
  ])('nothing with %s', (_, props) => {
    expect(warningsOf(define(props).web)).toEqual({});
  });
});
