import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/**
 * Default action of a listener that answers 404 until it gets a target group.
 *
 * A listener must have an action from the start, and CDK warns when another one takes its place.
 */
export class DefaultAction extends elbv2.ListenerAction {
  private targetGroup?: elbv2.IApplicationTargetGroup;

  public constructor() {
    super({ type: 'fixed-response', fixedResponseConfig: { statusCode: '404', contentType: 'text/plain', messageBody: 'Not found' } });
  }

  /** Sends the requests to a target group from now on. */
  public forwardTo(targetGroup: elbv2.IApplicationTargetGroup, listener: elbv2.ApplicationListener): void {
    this.targetGroup = targetGroup;
    targetGroup.registerListener(listener);
  }

  public renderActions(): elbv2.CfnListener.ActionProperty[] {
    return this.targetGroup ? [{ type: 'forward', targetGroupArn: this.targetGroup.targetGroupArn }] : super.renderActions();
  }
}
