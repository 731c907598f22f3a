import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { define } from './cache-stack';
import { fromPython } from '../../helpers';

describe('the metrics of a cache', () => {
  const shown = (stack: Stack, metric: any) => stack.resolve(metric.toMetricConfig());

  test('are of its node', () => {
    const { stack, cache } = define();
    const node = [{ name: 'CacheClusterId', value: { 'Fn::Join': ['', [{ Ref: 'CacheNodes5B43AEF0' }, '-001']] } }];
    const metrics = [
      cache.metric('CacheHitRate'), cache.metricDatabaseMemoryUsagePercentage(), cache.metricEngineCpuUtilization(), cache.metricEvictions(), cache.metricCurrConnections(),
    ];
    expect(metrics.map((metric) => shown(stack, metric).metricStat)).toEqual([
      ['CacheHitRate', 'Maximum'], ['DatabaseMemoryUsagePercentage', 'Maximum'], ['EngineCPUUtilization', 'Maximum'], ['Evictions', 'Sum'], ['CurrConnections', 'Maximum'],
    ].map(([metricName, statistic]) => expect.objectContaining({ namespace: 'AWS/ElastiCache', metricName, statistic, dimensions: node })));
  });

  test('are the highest of several nodes, any of which may take the writes', () => {
    const { stack, cache } = define({ replicas: 2 });
    const { mathExpression } = shown(stack, cache.metricEngineCpuUtilization({ period: Duration.minutes(1) }));
    expect(mathExpression).toMatchObject({ expression: 'MAX([node1, node2, node3])', period: 60 });
    expect(Object.values<any>(mathExpression.usingMetrics).map((metric) => stack.resolve(metric.dimensions.CacheClusterId)['Fn::Join'][1][1])).toEqual(['-001', '-002', '-003']);
  });

  test('are of the serverless cache, which does not have all', () => {
    const { stack, cache } = define({ serverless: {} });
    const dimensions = [{ name: 'clusterId', value: { Ref: 'CacheServerlessB4693E6C' } }];
    expect(shown(stack, cache.metricEvictions(fromPython({}, 'statistic', 'period'))).metricStat).toMatchObject({ metricName: 'Evictions', statistic: 'Sum', dimensions });
    const refusal = (metric: string, instead: string) =>
      `RedisCache at 'Stack/Cache' cannot be defined:\n- the metric ${metric} is of nodes, and this cache is serverless: use metric('${instead}')`;
    expect(() => cache.metricEngineCpuUtilization()).toThrow(refusal('EngineCPUUtilization', 'ElastiCacheProcessingUnits'));
    expect(() => cache.metricDatabaseMemoryUsagePercentage()).toThrow(refusal('DatabaseMemoryUsagePercentage', 'BytesUsedForCache'));
  });

  test('serve alarms', () => {
    const { stack, cache } = define({ replicas: 1 });
    new cloudwatch.Alarm(stack, 'Full', { metric: cache.metricDatabaseMemoryUsagePercentage(), threshold: 80, evaluationPeriods: 2 });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 80, Metrics: Match.arrayWith([Match.objectLike({ Expression: 'MAX([node1, node2])' })]),
    });
  });
});
