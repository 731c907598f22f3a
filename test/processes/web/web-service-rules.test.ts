import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { COMMAND, define, Options } from './web-service-stack';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { WebServer } from '../../../src/processes/web/web-server';
import { WebService } from '../../../src/processes/web/web-service';
import { WebServiceProps } from '../../../src/processes/web/web-service-props';
import { givenVpc, IMAGE, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';

describe('a web service is refused with', () => {
  const path = (example: string, got: string) => `'healthCheckPath' must begin with '/', have no spaces and 1024 characters at most, e.g. "${example}", got ${JSON.stringify(got)}`;
  const shortTime = 'Fargate gives a container at most 120 s to stop; do longer work in a worker';
  test.each<[string, any, string[], Options?]>([
    ['neither cluster nor process', { cluster: undefined, process: undefined, server: WebServer.gunicorn({ threads: 0 }) }, [
      "'cluster' must be given: use ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName, vpc })",
      "'process' must be given: make one",
      "'server.threads' must be a whole number between 1 and 512, got 0",
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
      ["'requestTimeout' must be known at synthesis, because the web server's timeouts are computed from it: give it as a plain value, not as a token"]],
    ['a request longer than the container may take to stop', { requestTimeout: Duration.seconds(60) },
      ["'requestTimeout' (1 minute) must be at least 2 seconds less than the 'stopTimeout' of the process (35 seconds), else ECS cuts requests off: give the process Duration.seconds(62) or more"]],
    ['a container that stops faster than a request', {},
      ["'requestTimeout' (30 seconds) must be at least 2 seconds less than the 'stopTimeout' of the process (30 seconds), else ECS cuts requests off: give the process Duration.seconds(32) or more"],
      { process: { stopTimeout: Duration.seconds(30) } }],
    ['an idle time-out that is a token', { loadBalancerIdleTimeout: TOKEN.seconds() },
      ["'loadBalancerIdleTimeout' must be known at synthesis, because the web server's keep-alive is computed from it: give it as a plain value, not as a token"]],
    ['a long idle time-out', { loadBalancerIdleTimeout: Duration.hours(2) }, ["'loadBalancerIdleTimeout' must be between 1 second and 4000 seconds, got 2 hours"]],
    ['no workers', { server: WebServer.gunicorn({ workers: 0 }) }, ["'server.workers' must be a whole number between 1 and 64, got 0"]],
    ['half a thread', { server: WebServer.gunicorn({ threads: 0.5 }) }, ["'server.threads' must be a whole number between 1 and 512, got 0.5"]],
    ['no tasks', { minCapacity: 0, maxCapacity: 0 },
      ["'minCapacity' must be a whole number between 1 and 5000, got 0", "'maxCapacity' must be a whole number between 1 and 5000, got 0"]],
    ['more tasks at least than at most', { minCapacity: 5, maxCapacity: 4 },
      ["'minCapacity' (5) must not be more than 'maxCapacity' (4): raise 'maxCapacity' or lower 'minCapacity'"]],
    ['a CPU target of a fraction', { targetCpuPercent: 0.7 }, ["'targetCpuPercent' must be a whole number between 10 and 95 percent, got 0.7"]],
    ['a memory target of all', { targetMemoryPercent: 100 }, ["'targetMemoryPercent' must be a whole number between 10 and 95 percent, got 100"]],
    ['no server', { server: 'gunicorn' }, ["'server' must be a WebServer, got \"gunicorn\": use WebServer.gunicorn({ … }), WebServer.uvicorn() or WebServer.other()"]],
    ['the name of a strategy', { deployment: 'CANARY' },
      ["'deployment' must be a WebDeployment, got \"CANARY\": use WebDeployment.canary({ … }), .linear(), .blueGreen() or .rolling()"]],
    ['an alarm by name', { rollbackAlarms: ['errors'] }, ["'rollbackAlarms' must be a list with a cloudwatch.IAlarm as each element, got \"errors\" as element 1: " +
      "use cloudwatch.Alarm.fromAlarmName(this, 'Alarm', 'name')"]],
    ['a share above all', { rollbackErrorPercent: 101 }, ["'rollbackErrorPercent' must be a whole number between 0 and 100 percent, got 101"]],
    ['no requests', { targetRequestsPerMinute: 0 }, ["'targetRequestsPerMinute' must be a whole number between 1 and 1000000, got 0"]],
    ['a process without a port', {}, ["'process' must have a 'containerPort': the load balancer sends the requests there"], { process: { containerPort: undefined } }],
    ['a shell on a read-only root', { enableExecuteCommand: true }, [
      "'enableExecuteCommand' must not be true where the process has 'readonlyRootFilesystem': the agent of ECS Exec writes to the root file system; " +
        'leave one of them out, or run commands as tasks of their own',
    ], { process: { readonlyRootFilesystem: true } }],
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
      "- its target group has no load balancer: give it to one, e.g. with 'addService(web)' of a WafProtectedAlb");
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
  const django = { process: { environment: { DJANGO_SETTINGS_MODULE: 'shop.settings' } } };
  test.each<[string, Partial<WebServiceProps>, Record<string, string>, Options?]>([
    ['a path that Django redirects', { healthCheckPath: '/health' }, {
      'health-check-redirect': "'healthCheckPath' \"/health\" has no '/' at its end: with APPEND_SLASH Django answers 301, which does not count as healthy. Use \"/health/\".",
    }, django],
    ['a path with a query that Django redirects', { healthCheckPath: '/health?deep=1' }, {
      'health-check-redirect': "'healthCheckPath' \"/health?deep=1\" has no '/' at its end: with APPEND_SLASH Django answers 301, which does not count as healthy. Use \"/health/\".",
    }, django],
    ['no path that only Django redirects', { healthCheckPath: '/health' }, {}],
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
  ])('%s', (_, props, warnings, options = {}) => {
    expect(warningsOf(define(props, options).web)).toEqual(warnings);
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
