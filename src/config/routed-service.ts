import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/**
 * Service as a load balancer sees it: where its requests go, and by which rule where the service moves them itself.
 */
export interface IRoutedService {
  /** Target group with the tasks. */
  readonly targetGroup: elbv2.ApplicationTargetGroup;

  /** Second target group, between which and the first the service moves the requests in a deployment; absent where it does not. */
  readonly alternateTargetGroup?: elbv2.ApplicationTargetGroup;

  /** Name of the header whose requests go to the new tasks first; absent where there is none. */
  readonly testHeader?: string;

  /**
   * Tells the service the rule by which requests reach it. Called by the load balancer, where there is a second target group.
   * @param rule the rule, which sends the requests to both target groups by weight, all to the first
   * @param testRule the rule for requests with the test header
   */
  routedBy(rule: elbv2.ApplicationListenerRule, testRule?: elbv2.ApplicationListenerRule): void;
}
