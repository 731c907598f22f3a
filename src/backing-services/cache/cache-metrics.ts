import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { given } from '../../private/options';
import { definitionError } from '../../private/validation';

/** Metrics of a cache, which CloudWatch has by node or by serverless cache. */
export class CacheMetrics {
  /** ElastiCache numbers the nodes of a replication group: `-001` and so on; any of them may be the one that takes writes. */
  public static ofNodes(scope: Construct, replicationGroupId: string, nodes: number): CacheMetrics {
    const ids = Array.from({ length: nodes }, (_, index) => `${replicationGroupId}-${String(index + 1).padStart(3, '0')}`);
    return new CacheMetrics(scope, ids.map((id) => ({ CacheClusterId: id })), true);
  }

  public static ofServerless(scope: Construct, name: string): CacheMetrics {
    return new CacheMetrics(scope, [{ clusterId: name }], false);
  }

  private constructor(private readonly scope: Construct, private readonly dimensions: Record<string, string>[], private readonly hasNodes: boolean) {}

  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    const metrics = this.dimensions.map((dimensionsMap) => new cloudwatch.Metric({
      namespace: 'AWS/ElastiCache', statistic: cloudwatch.Stats.MAXIMUM, ...given(options), metricName, dimensionsMap,
    }).attachTo(this.scope));
    if (metrics.length === 1) {
      return metrics[0];
    }
    const { label = metricName, color, period } = given(options);
    const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`node${index + 1}`, metric]));
    return new cloudwatch.MathExpression({ ...given({ label, color, period }), expression: `MAX([${Object.keys(usingMetrics).join(', ')}])`, usingMetrics });
  }

  /** A metric that serverless caches do not have. */
  public metricOfNodes(metricName: string, instead: string, options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    if (!this.hasNodes) {
      throw new Error(definitionError(this.scope, 'RedisCache', [`the metric ${metricName} is of nodes, and this cache is serverless: use metric('${instead}')`]));
    }
    return this.metric(metricName, options);
  }
}
