import { Template } from 'aws-cdk-lib/assertions';
import { Duration } from 'aws-cdk-lib/core';
import { define } from './web-service-stack';
import { WebServiceProps } from '../../../src/processes/web/web-service-props';
import { messageOf, TOKEN, warningsOf } from '../../helpers';

const targetsOf = (props: Partial<WebServiceProps>) =>
  Object.values(Template.fromStack(define(props).stack).findResources('AWS::ElasticLoadBalancingV2::TargetGroup')).map(({ Properties }) => Properties)[0];

describe('the health check', () => {
  test.each<[string, Partial<WebServiceProps>, object]>([
    ['its interval', { healthCheckInterval: Duration.seconds(30) }, { HealthCheckIntervalSeconds: 30, HealthCheckTimeoutSeconds: 4 }],
    ['its timeout', { healthCheckInterval: Duration.seconds(10), healthCheckTimeout: Duration.seconds(9) }, { HealthCheckTimeoutSeconds: 9 }],
    ['its thresholds', { healthyThresholdCount: 3, unhealthyThresholdCount: 10 }, { HealthyThresholdCount: 3, UnhealthyThresholdCount: 10 }],
    ['its port', { healthCheckPort: 9000 }, { HealthCheckPort: '9000', Port: 8000 }],
    ['tokens', { healthyThresholdCount: TOKEN.number(4), unhealthyThresholdCount: TOKEN.number(6), healthCheckPort: TOKEN.number(81) },
      { HealthyThresholdCount: 4, UnhealthyThresholdCount: 6, HealthCheckPort: '81' }],
  ])('takes %s', (_, props, expected) => {
    expect(targetsOf(props)).toMatchObject(expected);
  });

  test('gives a new task its share of the requests little by little where asked for', () => {
    expect(targetsOf({ slowStart: Duration.minutes(2) }).TargetGroupAttributes).toContainEqual({ Key: 'slow_start.duration_seconds', Value: '120' });
    expect(JSON.stringify(targetsOf({}))).not.toContain('slow_start');
  });

  test('on a port of its own is let through, and nothing else is', () => {
    const { stack, process } = define({ healthCheckPort: 9000 });
    const ingress = Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
    expect(ingress.map(({ FromPort }) => FromPort).sort()).toEqual([8000, 9000]);
    expect(ingress.map(({ GroupId }) => GroupId)).toEqual([1, 2].map(() => stack.resolve(process.securityGroup.securityGroupId)));
  });

  test.each<[string, any, string[]]>([
    ['an interval of no time', { healthCheckInterval: Duration.seconds(1) }, ["'healthCheckInterval' must be between 5 seconds and 5 minutes, got 1 second",
      "'healthCheckTimeout' (4 seconds) must be less than 'healthCheckInterval' (1 second): raise the interval or lower the timeout"]],
    ['an interval with a fraction', { healthCheckInterval: Duration.millis(5500) }, ["'healthCheckInterval' must be in whole seconds, got 5 seconds 500 millis"]],
    ['tokens for what is compared', { healthCheckInterval: TOKEN.seconds(9), healthCheckTimeout: TOKEN.seconds(3) }, [
      "'healthCheckInterval' must be known at synthesis, because whether it is more than the timeout is computed from it: give it as a plain value, not as a token",
      "'healthCheckTimeout' must be known at synthesis, because whether it is less than the interval is computed from it: give it as a plain value, not as a token",
    ]],
    ['a number for a timeout', { healthCheckTimeout: 3 }, ["'healthCheckTimeout' must be a Duration between 2 seconds and 2 minutes, got 3: use Duration.seconds(3)"]],
    ['a timeout as long as the interval', { healthCheckTimeout: Duration.seconds(5) },
      ["'healthCheckTimeout' (5 seconds) must be less than 'healthCheckInterval' (5 seconds): raise the interval or lower the timeout"]],
    ['one check to be healthy', { healthyThresholdCount: 1 }, ["'healthyThresholdCount' must be a whole number between 2 and 10, got 1"]],
    ['many checks to be unhealthy', { unhealthyThresholdCount: 11 }, ["'unhealthyThresholdCount' must be a whole number between 2 and 10, got 11"]],
    ['a port that is none', { healthCheckPort: 70_000 }, ["'healthCheckPort' must be a whole number between 1 and 65535, got 70000"]],
    ['a start that is not slow', { slowStart: Duration.seconds(10) }, ["'slowStart' must be between 30 seconds and 15 minutes, got 10 seconds"]],
  ])('is refused with %s', (_, props, reasons) => {
    expect(messageOf(() => define(props))).toBe(["WebService at 'Stack/Web' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n'));
  });

  test('is warned about by its own times', () => {
    const times = { healthCheckGracePeriod: Duration.seconds(20), healthCheckInterval: Duration.seconds(10), unhealthyThresholdCount: 3 };
    expect(warningsOf(define(times).web)['health-check-grace-period']).toContain('and 30 seconds of failing checks, is stopped');
    expect(warningsOf(define({ ...times, unhealthyThresholdCount: TOKEN.number() }).web)['health-check-grace-period']).toContain('and a while of failing checks, is stopped');
  });
});
