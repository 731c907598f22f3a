import { Template } from 'aws-cdk-lib/assertions';
import { define, serviceOf } from './web-service-stack';
import { TaskSchedule } from '../../../src/processes/schedule/task-schedule';
import { WebDeployment } from '../../../src/processes/web/web-deployment';
import { WebServiceProps } from '../../../src/processes/web/web-service-props';
import { messageOf, TOKEN, warningsOf } from '../../helpers';

const EVENING = TaskSchedule.cron('0 20 ? * MON-FRI *', 'Europe/Berlin');
const MORNING = TaskSchedule.cron('0 6 ? * MON-FRI *', 'Europe/Berlin');

describe('schedules', () => {
  test('stop all tasks at night and start them in the morning', () => {
    const { stack, web } = define({
      scalingSchedules: [{ schedule: EVENING, minCapacity: 0, maxCapacity: 0 }, { schedule: MORNING, minCapacity: 2, maxCapacity: 10 }],
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      MinCapacity: 2,
      MaxCapacity: 10,
      ScheduledActions: [
        { ScheduledActionName: 'Schedule1', Schedule: 'cron(0 20 ? * MON-FRI *)', Timezone: 'Europe/Berlin', ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 0 } },
        { ScheduledActionName: 'Schedule2', Schedule: 'cron(0 6 ? * MON-FRI *)', Timezone: 'Europe/Berlin', ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 10 } },
      ],
    });
    expect(serviceOf(stack).Properties).not.toHaveProperty('DesiredCount');
    expect(web.maxCapacity).toBe(10);
  });

  test('of a fixed number of tasks need no alarms, and leave the number to the clock', () => {
    const { stack, web } = define({
      maxCapacity: 1, scalingSchedules: [{ schedule: EVENING, minCapacity: 0, maxCapacity: 0 }, { schedule: MORNING, minCapacity: 1, maxCapacity: 1 }],
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 1);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 0);
    expect(serviceOf(stack).Properties).not.toHaveProperty('DesiredCount');
    expect(web.scaling).toBeDefined();
    expect(warningsOf(web)).toEqual({});
  });

  test('that leave room for more scale with the load, and count for what the database must bear', () => {
    const { stack, web } = define({ minCapacity: 2, maxCapacity: 2, scalingSchedules: [{ schedule: MORNING, maxCapacity: 20 }] });
    Template.fromStack(stack).resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 2);
    expect(web.maxCapacity).toBe(20);
    expect(web.maxConcurrency).toBe(20 * 16);
  });

  test('take tokens, and times in UTC', () => {
    const { stack, web } = define({ scalingSchedules: [{ schedule: TaskSchedule.cron('0 6 * * ? *'), maxCapacity: TOKEN.number(30) }] });
    Template.fromStack(stack).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      ScheduledActions: [{ ScheduledActionName: 'Schedule1', Schedule: 'cron(0 6 * * ? *)', ScalableTargetAction: { MaxCapacity: 30 } }],
    });
    expect(web.maxConcurrency).toBe(0);
  });

  test('may be null, and so may a limit', () => {
    const nothing = null as any;
    const props = { scalingSchedules: nothing, targetRequestsPerMinute: nothing, slowStart: nothing, healthCheckPort: nothing, server: nothing };
    expect(define(props).web.maxCapacity).toBe(10);
    expect(define({ scalingSchedules: [{ schedule: MORNING, minCapacity: 5, maxCapacity: nothing }] }).web.maxCapacity).toBe(10);
  });
});

test.each<[string, any, string[]]>([
  ['no list', { scalingSchedules: 'nightly' },
    ["'scalingSchedules' must be a list of schedules, got \"nightly\": write [{ schedule: TaskSchedule.cron(…), minCapacity: 0, maxCapacity: 0 }]"]],
  ['a schedule as text', { scalingSchedules: [{ schedule: '0 20 * * *', minCapacity: 0, maxCapacity: 0 }] },
    ["'scalingSchedules[0].schedule' must be a TaskSchedule, got \"0 20 * * *\": use TaskSchedule.cron('0 3 * * ? *', 'Europe/Berlin') or TaskSchedule.rate(Duration.minutes(15))"]],
  ['a schedule that changes nothing', { scalingSchedules: [{ schedule: EVENING, minCapacity: 1, maxCapacity: 1 }, { schedule: MORNING }] },
    ["'scalingSchedules[1].minCapacity' or 'maxCapacity' must be given: the schedule would change nothing"]],
  ['more at least than at most', { scalingSchedules: [{ schedule: EVENING, minCapacity: 3, maxCapacity: 0 }] },
    ["'scalingSchedules[0].minCapacity' (3) must not be more than 'maxCapacity' (0): raise 'maxCapacity' or lower 'minCapacity'"]],
  ['too many tasks', { scalingSchedules: [{ schedule: EVENING, minCapacity: 5001 }] }, ["'scalingSchedules[0].minCapacity' must be a whole number between 0 and 5000, got 5001"]],
  ['a minimum that is more than a maximum of another time', { scalingSchedules: [{ schedule: EVENING, minCapacity: 1, maxCapacity: 2 }, { schedule: MORNING, minCapacity: 4 }] },
    ["'scalingSchedules[1].maxCapacity' must be given too: it may be 2 when the schedule sets 'minCapacity' to 4, which AWS refuses then"]],
  ['a maximum that is less than the minimum of the service', { minCapacity: 3, scalingSchedules: [{ schedule: EVENING, maxCapacity: 1 }, { schedule: MORNING, maxCapacity: 10 }] },
    ["'scalingSchedules[0].minCapacity' must be given too: it may be 3 when the schedule sets 'maxCapacity' to 1, which AWS refuses then"]],
  ['nothing in the list', { scalingSchedules: [undefined] }, ["'scalingSchedules[0]' must be given: remove it"]],
  ['requests that move between target groups', { targetRequestsPerMinute: 100, deployment: WebDeployment.canary() },
    ["'targetRequestsPerMinute' must be left out with a 'deployment' that moves the requests: AWS counts those of one target group, which is empty half of the time. " +
      "Scale by 'targetCpuPercent'"]],
])('scaling is refused with %s', (_, props: Partial<WebServiceProps>, reasons) => {
  expect(messageOf(() => define(props))).toBe(["WebService at 'Stack/Web' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n'));
});

test('a cron of Unix is refused with what the schedule says', () => {
  const message = messageOf(() => define({ scalingSchedules: [{ schedule: TaskSchedule.cron('0 20 * * 1-5'), maxCapacity: 0 }] }));
  expect(message).toMatch(/^WebService at 'Stack\/Web' cannot be defined:\n- 'scalingSchedules\[0\]\.schedule' /);
});
