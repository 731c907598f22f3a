import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { RegularRollout, RegularRolloutProps } from '../../src/processes/regular-rollout';
import { messageOf, newStack, TOKEN } from '../helpers';

const SERVICE_ARN = 'arn:aws:ecs:eu-central-1:123456789012:service/shop/web';

function define(props: Partial<RegularRolloutProps> = {}): { stack: Stack; template: Template } {
  const stack = newStack();
  const service = ecs.FargateService.fromServiceArnWithCluster(stack, 'Web', SERVICE_ARN);
  new RegularRollout(stack, 'Rollout', { service, every: Duration.days(15), ...props });
  return { stack, template: Template.fromStack(stack) };
}

test('replaces the tasks of the service at regular times, as a deployment does', () => {
  const { template } = define();
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    Description: 'Lets tasks read their secrets anew: Web',
    ScheduleExpression: 'rate(360 hours)',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    Target: { Arn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':scheduler:::aws-sdk:ecs:updateService']] } },
  });
  const [schedule] = Object.values(template.findResources('AWS::Scheduler::Schedule'));
  const input = new Stack().resolve(schedule.Properties.Target.Input);
  expect(JSON.stringify(input)).toContain('ForceNewDeployment\\":true');
  expect(JSON.stringify(input)).toContain('cluster/shop');
  expect(JSON.stringify(input)).toContain('Service\\":\\"web');
});

test('may do that to this service only, for schedules of this account', () => {
  const { template } = define();
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [{
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }],
    },
    Policies: [{ PolicyDocument: { Statement: [{ Action: 'ecs:UpdateService', Effect: 'Allow', Resource: SERVICE_ARN }] } }],
  });
});

test('makes a role and a schedule', () => {
  expect(Object.keys(define().template.toJSON().Resources)).toHaveLength(2);
});

test.each([
  [Duration.hours(1), 'rate(1 hour)'],
  [Duration.days(365), 'rate(8760 hours)'],
])('writes %s as EventBridge wants it', (every, expression) => {
  define({ every }).template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: expression });
});

test('lets a time pass that is known later', () => {
  define({ every: Duration.hours(TOKEN.number(9)) }).template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(9 hours)' });
});

test.each<[string, Partial<RegularRolloutProps>, string]>([
  ['no service', { service: undefined as never }, "'service' must be given: e.g. web.service"],
  ['a name as the service', { service: 'web' as never }, "'service' must be an ecs.IBaseService, got \"web\": e.g. web.service"],
  ['a service without its cluster', { service: { serviceName: 'web', serviceArn: SERVICE_ARN } as never },
    "'service' must know its cluster: import it by ecs.FargateService.fromFargateServiceAttributes(this, 'Web', { serviceName, cluster })"],
  ['no time', { every: undefined as never }, "'every' must be given: the time between two rollouts, e.g. Duration.days(15)"],
  ['a number', { every: 15 as never }, "'every' must be a Duration, got 15: use Duration.days(15)"],
  ['more than a year', { every: Duration.days(366) }, "'every' must be between 1 hour and 365 days, got 366 days: each rollout replaces all tasks"],
  ['a broken hour', { every: Duration.minutes(90) }, "'every' must be in whole hours, got 1 hour 30 minutes"],
])('refuses %s', (_, props, reason) => {
  expect(messageOf(() => define(props))).toBe(`RegularRollout at 'Stack/Rollout' cannot be defined:\n- ${reason}`);
});
