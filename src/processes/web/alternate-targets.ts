import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Lazy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

const POLICY = 'AmazonECSInfrastructureRolePolicyForLoadBalancers';

/**
 * Second target group of a service, with the rule whose weights ECS changes. CDK's own class wants the rule at once; ours is known when the
 * service is given to its load balancer.
 */
export class AlternateTargets implements ecs.IAlternateTarget {
  private rule?: elbv2.ApplicationListenerRule;
  private testRule?: elbv2.ApplicationListenerRule;

  public constructor(private readonly scope: Construct, private readonly targetGroup: elbv2.ApplicationTargetGroup) {}

  public bind(): ecs.AlternateTargetConfig {
    return {
      alternateTargetGroupArn: this.targetGroup.targetGroupArn,
      roleArn: this.createRole().roleArn,
      productionListenerRule: Lazy.string({ produce: () => this.rule?.listenerRuleArn }),
      testListenerRule: Lazy.string({ produce: () => this.testRule?.listenerRuleArn }),
    };
  }

  /** The rules that send requests to both target groups, and to the new tasks alone. */
  public routedBy(rule: elbv2.ApplicationListenerRule, testRule?: elbv2.ApplicationListenerRule): void {
    this.rule = rule;
    this.testRule = testRule;
  }

  /** What is missing. */
  public problem(): string | undefined {
    return this.rule ? undefined : "its 'deployment' moves requests by the weights of a listener rule: give the service to its load balancer with 'addService(web)' of a " +
      "WafProtectedAlb, or make a rule that forwards to 'targetGroup' and 'alternateTargetGroup' and call 'routedBy(rule)'";
  }

  /** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html */
  private createRole(): iam.Role {
    const role = new iam.Role(this.scope, 'LoadBalancerRole', {
      assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName(POLICY)],
    });
    role.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, {
      [`AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${POLICY}]`]: 'ECS moves requests with this role; what it needs for that, AWS keeps in this policy of its own',
    });
    return role;
  }
}
