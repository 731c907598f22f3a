import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { App, Stack } from 'aws-cdk-lib/core';
import { define, serviceOf } from './web-service-stack';
import { WafProtectedAlb } from '../../../src/edge/load-balancer/waf-protected-alb';
import { WebDeployment } from '../../../src/processes/web/web-deployment';
import { WebService } from '../../../src/processes/web/web-service';
import { givenVpc, messageOf, newStack, TOKEN } from '../../helpers';

const alarmsOf = (stack: Stack) => serviceOf(stack).Properties.DeploymentConfiguration.Alarms;
const queue = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Waiting' });
const onService = (web: WebService, alarmName?: string) => new cloudwatch.Alarm(Stack.of(web), 'OnService', {
  alarmName, metric: web.service.metricCpuUtilization(), threshold: 90, evaluationPeriods: 2,
});

describe('a deployment is rolled back', () => {
  test('by no alarm where it is rolling, because alarms would make it minutes longer', () => {
    const { stack, web } = define();
    expect(alarmsOf(stack)).toBeUndefined();
    expect(web.errorAlarm).toBeUndefined();
  });

  test('by alarms of yours, those that come later too', () => {
    const stack = newStack();
    const alarm = new cloudwatch.Alarm(stack, 'Mine', { metric: queue, threshold: 1, evaluationPeriods: 1 });
    const { web } = define({ rollbackAlarms: [alarm, cloudwatch.Alarm.fromAlarmName(stack, 'Known', 'shop-errors')] }, { stack });
    web.addRollbackAlarm(new cloudwatch.Alarm(stack, 'Later', { alarmName: 'later', metric: queue, threshold: 2, evaluationPeriods: 1 }));
    expect(alarmsOf(stack)).toEqual({ AlarmNames: [stack.resolve(alarm.alarmName), 'shop-errors', 'later'], Enable: true, Rollback: true });
  });

  test('by an alarm on the service itself, which has a name and so waits for it without a cycle', () => {
    const { stack, web } = define();
    web.addRollbackAlarm(onService(web, 'shop-cpu'));
    expect(alarmsOf(stack).AlarmNames).toEqual(['shop-cpu']);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('never by an alarm on the service that has none', () => {
    const { web } = define();
    expect(messageOf(() => web.addRollbackAlarm(onService(web)))).toBe("WebService at 'Stack/Web' cannot be defined:\n" +
      "- the alarm 'Stack/OnService' watches the service, which must know its name before: give the alarm an 'alarmName'");
  });

  test('never by an alarm of another stack that would need this one back', () => {
    const app = new App();
    const { web } = define({}, { stack: new Stack(app, 'Stack') });
    const alarm = new cloudwatch.Alarm(new Stack(app, 'Watch'), 'Cpu', { metric: web.service.metricCpuUtilization(), threshold: 90, evaluationPeriods: 2 });
    expect(messageOf(() => web.addRollbackAlarm(alarm))).toContain("the alarm 'Watch/Cpu' watches the service");
  });

  test('never by what is no alarm', () => {
    expect(messageOf(() => define().web.addRollbackAlarm('errors' as any))).toBe("WebService at 'Stack/Web' cannot be defined:\n" +
      "- 'alarm' must be a cloudwatch.IAlarm, got \"errors\": use cloudwatch.Alarm.fromAlarmName(this, 'Alarm', 'name')");
  });

  test('by an alarm of another stack', () => {
    const app = new App();
    const alarm = new cloudwatch.Alarm(new Stack(app, 'Watch'), 'Mine', { metric: queue, threshold: 1, evaluationPeriods: 1 });
    const { stack } = define({ rollbackAlarms: [alarm] }, { stack: new Stack(app, 'Stack') });
    expect(alarmsOf(stack).AlarmNames).toEqual([{ 'Fn::ImportValue': expect.stringContaining('Watch:') }]);
  });

  test('by a share of errors where asked for, counted from 20 requests on', () => {
    const { stack, web, listener } = define({ rollbackErrorPercent: 3 });
    const template = Template.fromStack(stack);
    const part = (index: number) => ({ 'Fn::Select': [index, { 'Fn::Split': ['/', stack.resolve(listener!.listenerArn)] }] });
    const stat = (id: string, MetricName: string) => ({
      Id: id,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/ApplicationELB',
          MetricName,
          Dimensions: [
            { Name: 'LoadBalancer', Value: { 'Fn::Join': ['', [part(1), '/', part(2), '/', part(3)]] } },
            { Name: 'TargetGroup', Value: stack.resolve(web.targetGroup.targetGroupFullName) },
          ],
        },
        Period: 60,
        Stat: 'Sum',
      },
      ReturnData: false,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 3,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'notBreaching',
      Metrics: [
        {
          Id: 'expr_1',
          Label: 'Requests that end with 5xx, in percent',
          Expression: 'IF(FILL(requests0, 0) >= 20, 100 * FILL(errors0, 0) / FILL(requests0, 0), 0)',
        },
        stat('errors0', 'HTTPCode_Target_5XX_Count'),
        stat('requests0', 'RequestCount'),
      ],
    });
    expect(alarmsOf(stack)).toEqual({ AlarmNames: [stack.resolve(web.errorAlarm!.alarmName)], Enable: true, Rollback: true });
  });

  test('by the errors of the worse target group where requests move between two: those of a canary would go under in all', () => {
    const stack = newStack();
    const vpc = givenVpc(stack);
    const { web } = define({ deployment: WebDeployment.canary() }, { stack, vpc, bare: true });
    new WafProtectedAlb(stack, 'Alb', { vpc }).addService(web);
    const [{ Properties: alarm }] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
    expect(alarm.Threshold).toBe(5);
    const share = (index: number) => `IF(FILL(requests${index}, 0) >= 20, 100 * FILL(errors${index}, 0) / FILL(requests${index}, 0), 0)`;
    expect(alarm.Metrics.filter(({ Expression }: any) => Expression).map(({ Id, Expression, ReturnData }: any) => [Id, Expression, ReturnData])).toEqual([
      ['expr_1', 'IF(share0 > share1, share0, share1)', true], ['share0', share(0), false], ['share1', share(1), false],
    ]);
    expect(alarm.Metrics.filter(({ MetricStat }: any) => MetricStat)).toHaveLength(4);
    expect(alarmsOf(stack).AlarmNames).toHaveLength(1);
  });

  test('by no alarm where 0 is asked for', () => {
    const stack = newStack();
    const vpc = givenVpc(stack);
    const { web } = define({ deployment: WebDeployment.canary(), rollbackErrorPercent: 0 }, { stack, vpc, bare: true });
    new WafProtectedAlb(stack, 'Alb', { vpc }).addService(web);
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 0);
    expect(web.errorAlarm).toBeUndefined();
  });

  test('by a share that is known at synthesis', () => {
    expect(messageOf(() => define({ rollbackErrorPercent: TOKEN.number() }))).toBe("WebService at 'Stack/Web' cannot be defined:\n" +
      "- 'rollbackErrorPercent' must be known at synthesis, because whether there is an alarm is computed from it: give it as a plain value, not as a token");
  });
});
