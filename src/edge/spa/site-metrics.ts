import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { given } from '../../private/options';
import { GLOBAL_REGION } from '../domain/global-stack';

/** A metric of a distribution where CloudFront keeps it. CDK's own names neither the region nor the dimension that goes with it. */
export function siteMetric(
  { distributionId }: cloudfront.IDistribution, metricName: string, statistic: string, options?: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/CloudFront',
    metricName,
    dimensionsMap: { DistributionId: distributionId, Region: 'Global' },
    region: GLOBAL_REGION,
    statistic,
    ...given(options),
  });
}
