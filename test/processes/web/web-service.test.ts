import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, CfnResource, Duration, Stack } from 'aws-cdk-lib/core';
import { argumentsOf, define, environmentOf, Options, serviceOf } from './web-service-stack';
import { WebServer } from '../../../src/processes/web/web-server';
import { WebServiceProps } from '../../../src/processes/web/web-service-props';
import { fromPython, givenVpc, newStack, TOKEN, warningsOf } from '../../helpers';

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
    ['a minute for a request', { requestTimeout: Duration.minutes(1) }, { process: { stopTimeout: Duration.seconds(62) } }, { 'timeout': '60', 'graceful-timeout': '60' }],
    ['the threads', { server: WebServer.gunicorn({ threads: 4 }) }, {}, { threads: '4' }],
    ['the idle time-out of the load balancer', { loadBalancerIdleTimeout: Duration.minutes(2) }, {}, { 'keep-alive': '125' }],
    ['the port', {}, { process: { containerPort: 9000 } }, { bind: '0.0.0.0:9000' }],
  ])('reaches gunicorn: %s', (_, props, options, expected) => {
    expect(argumentsOf(define(props, options).stack)).toMatchObject(expected);
  });

  test.each<[string, Partial<WebServiceProps>, Options, string]>([
    ['as they are given', { server: WebServer.gunicorn({ workers: 3 }) }, {}, '3'],
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
    const names = ['healthCheckPath', 'healthCheckCodes', 'healthCheckGracePeriod', 'requestTimeout', 'server', 'minCapacity', 'maxCapacity', 'targetCpuPercent',
      'targetMemoryPercent', 'targetRequestsPerMinute', 'enableExecuteCommand', 'taskSubnets', 'assignPublicIp', 'loadBalancerIdleTimeout',
      'healthCheckPort', 'healthCheckInterval', 'healthCheckTimeout', 'healthyThresholdCount', 'unhealthyThresholdCount', 'slowStart', 'scalingSchedules', 'fargateSpot', 'deployment',
      'rollbackAlarms', 'rollbackErrorPercent'];
    expect(Template.fromStack(define(fromPython({}, ...names)).stack).toJSON()).toEqual(Template.fromStack(define().stack).toJSON());
  });

  test('can be known at deployment only', () => {
    const { stack, web } = define({
      healthCheckPath: `/${TOKEN.string()}`,
      healthCheckCodes: TOKEN.string(),
      healthCheckGracePeriod: TOKEN.seconds(90),
      server: WebServer.gunicorn({ workers: TOKEN.number(3), threads: TOKEN.number(4) }),
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
    const { stack, process } = define({ requestTimeout: Duration.seconds(seconds) }, { process: { stopTimeout: Duration.seconds(seconds + 2) } });
    const settings = argumentsOf(stack);
    expect(Number(settings['graceful-timeout'])).toBeLessThan(process.stopTimeout.toSeconds());
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
