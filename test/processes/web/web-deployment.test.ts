import { Match, Template } from 'aws-cdk-lib/assertions';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { App, CfnResource, Duration, Stack } from 'aws-cdk-lib/core';
import { define, serviceOf } from './web-service-stack';
import { WafProtectedAlb } from '../../../src/edge/load-balancer/waf-protected-alb';
import { WebDeployment } from '../../../src/processes/web/web-deployment';
import { WebServiceProps } from '../../../src/processes/web/web-service-props';
import { givenVpc, messageOf, newStack, TOKEN } from '../../helpers';

/** A web service that its load balancer knows. */
function served(props: Partial<WebServiceProps>, stack = newStack()) {
  const vpc = givenVpc(stack);
  const defined = define(props, { stack, vpc, bare: true });
  const alb = new WafProtectedAlb(stack, 'Alb', { vpc });
  alb.addService(defined.web);
  return { ...defined, alb };
}

const configurationOf = (deployment: WebDeployment) => serviceOf(served({ deployment }).stack).Properties.DeploymentConfiguration;

describe('a deployment', () => {
  test.each<[string, WebDeployment, object]>([
    ['blue/green', WebDeployment.blueGreen(), { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 5 }],
    ['blue/green with a time to bake', WebDeployment.blueGreen({ bakeTime: Duration.hours(1) }), { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 60 }],
    ['linear', WebDeployment.linear(), { Strategy: 'LINEAR', BakeTimeInMinutes: 5, LinearConfiguration: { StepPercent: 10, StepBakeTimeInMinutes: 6 } }],
    ['linear in steps as given', WebDeployment.linear({ stepPercent: 25, stepBakeTime: Duration.minutes(0), bakeTime: Duration.minutes(0) }),
      { Strategy: 'LINEAR', BakeTimeInMinutes: 0, LinearConfiguration: { StepPercent: 25, StepBakeTimeInMinutes: 0 } }],
    ['canary', WebDeployment.canary(), { Strategy: 'CANARY', CanaryConfiguration: { CanaryPercent: 5, CanaryBakeTimeInMinutes: 10 } }],
    ['canary with a first step as given', WebDeployment.canary({ stepPercent: TOKEN.number(7), stepBakeTime: Duration.minutes(3) }),
      { Strategy: 'CANARY', CanaryConfiguration: { CanaryPercent: 7, CanaryBakeTimeInMinutes: 3 } }],
  ])('can be %s', (_, deployment, expected) => {
    expect(configurationOf(deployment)).toMatchObject({ ...expected, DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MinimumHealthyPercent: 100 });
  });

  test('is rolling by default and says nothing of it, so that nothing changes for a service that exists', () => {
    expect(served({ deployment: WebDeployment.rolling() }).web.alternateTargetGroup).toBeUndefined();
    expect(configurationOf(WebDeployment.rolling())).toEqual(serviceOf(served({}).stack).Properties.DeploymentConfiguration);
    expect(configurationOf(WebDeployment.rolling())).not.toHaveProperty('Strategy');
  });

  test.each<[string, WebDeployment, string[]]>([
    ['a long time to bake', WebDeployment.blueGreen({ bakeTime: Duration.days(2) }), ["'deployment.bakeTime' must be between 0 minutes and 1 day, got 2 days"]],
    ['half a minute', WebDeployment.blueGreen({ bakeTime: Duration.seconds(90) }), ["'deployment.bakeTime' must be in whole minutes, got 1 minute 30 seconds"]],
    ['small steps', WebDeployment.linear({ stepPercent: 2 }), ["'deployment.stepPercent' must be a whole number between 3 and 100 percent, got 2"]],
    ['more than CloudFormation waits for', WebDeployment.linear({ stepBakeTime: Duration.hours(4) }), [
      "'deployment.stepBakeTime' must be shorter: with all steps and 'bakeTime' the deployment takes 37 hours, CloudFormation accepts 33",
    ]],
    ['steps of a fraction', WebDeployment.canary({ stepPercent: 0.5 }), ["'deployment.stepPercent' must be a whole number between 1 and 100 percent, got 0.5"]],
    ['a token between steps', WebDeployment.canary({ stepBakeTime: TOKEN.minutes() }),
      ["'deployment.stepBakeTime' must be known at synthesis, because how long a deployment takes is computed from it: give it as a plain value, not as a token"]],
    ['a header with a colon', WebDeployment.blueGreen({ testHeader: 'X-Preview: yes' }),
      ["'deployment.testHeader' must be the name of a header, 40 characters at most, e.g. 'X-Preview', got \"X-Preview: yes\""]],
    ['no options', WebDeployment.linear(4 as any), ["'deployment' must be an object with options, got 4"]],
  ])('is refused with %s', (_, deployment, reasons) => {
    expect(messageOf(() => define({ deployment }))).toBe(["WebService at 'Stack/Web' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n'));
  });
});

describe('a service that moves its requests', () => {
  test('has a second target group like the first, a rule between both and a role for ECS', () => {
    const { stack, web, alb } = served({ deployment: WebDeployment.canary(), healthCheckPath: '/up/' });
    const template = Template.fromStack(stack);
    const groups = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup')).map(({ Properties }) => Properties);
    expect(groups).toHaveLength(2);
    expect(groups[0]).toEqual(groups[1]);
    const [blue, green] = [web.targetGroup, web.alternateTargetGroup!].map(({ targetGroupArn }) => stack.resolve(targetGroupArn));
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      ListenerArn: stack.resolve(alb.listener.listenerArn),
      Priority: 50000,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: blue, Weight: 100 }, { TargetGroupArn: green, Weight: 0 }] } }],
    });
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 1);
    const role = web.node.findChild('LoadBalancerRole').node.defaultChild as CfnResource;
    const rule = web.targetGroup.node.findChild('ListenerRule') as elbv2.ApplicationListenerRule;
    const { Properties: service, DependsOn: before } = serviceOf(stack);
    expect(service.LoadBalancers).toEqual([{
      ContainerName: 'django',
      ContainerPort: 8000,
      TargetGroupArn: blue,
      AdvancedConfiguration: { AlternateTargetGroupArn: green, ProductionListenerRule: stack.resolve(rule.listenerRuleArn), RoleArn: { 'Fn::GetAtt': [stack.getLogicalId(role as any), 'Arn'] } },
    }]);
    expect(before).toContain(stack.getLogicalId(rule.node.defaultChild as any));
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Principal: { Service: 'ecs.amazonaws.com' } })] },
      ManagedPolicyArns: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers']] }],
    });
  });

  test('makes four resources more than a rolling one', () => {
    const typesOf = (deployment: WebDeployment) => Object.values<any>(Template.fromStack(served({ deployment }).stack).toJSON().Resources)
      .map(({ Type }) => Type).sort();
    const rolling = typesOf(WebDeployment.rolling());
    const moving = typesOf(WebDeployment.canary());
    expect(moving).toHaveLength(rolling.length + 4);
    expect(moving).toEqual([
      ...rolling, 'AWS::CloudWatch::Alarm', 'AWS::ElasticLoadBalancingV2::ListenerRule', 'AWS::ElasticLoadBalancingV2::TargetGroup', 'AWS::IAM::Role',
    ].sort());
  });

  test('keeps the default action for the way there and back: no request finds nothing when the rule comes or goes', () => {
    const { stack, web } = served({ deployment: WebDeployment.blueGreen() });
    Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      DefaultActions: [{ Type: 'forward', TargetGroupArn: stack.resolve(web.targetGroup.targetGroupArn) }],
    });
  });

  test('may stand in another stack than its load balancer, which does not need it back', () => {
    const app = new App();
    const edge = new Stack(app, 'Edge');
    const alb = new WafProtectedAlb(edge, 'Alb', { vpc: givenVpc(edge) });
    const stack = new Stack(app, 'Stack');
    const { web } = define({ deployment: WebDeployment.linear({ testHeader: 'X-Preview' }) }, { stack, bare: true });
    alb.addService(web);
    Template.fromStack(stack).resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 2);
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 1);
    Template.fromStack(edge).resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 0);
    expect(edge.dependencies).toEqual([]);
    expect(stack.dependencies).toEqual([edge]);
  });

  test('shows the new tasks to requests with the test header, before the rule for all others', () => {
    const { stack, web } = served({ deployment: WebDeployment.blueGreen({ testHeader: 'X-Preview' }) });
    const rules = web.alternateTargetGroup!.node.children.filter((child) => child instanceof elbv2.ApplicationListenerRule) as elbv2.ApplicationListenerRule[];
    Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Priority: 49999,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }, { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Preview', Values: ['*'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: stack.resolve(web.alternateTargetGroup!.targetGroupArn) }],
    });
    expect(serviceOf(stack).Properties.LoadBalancers[0].AdvancedConfiguration.TestListenerRule).toEqual(stack.resolve(rules[0].listenerRuleArn));
  });

  test('takes a rule of your own', () => {
    const stack = newStack();
    const { web, vpc } = define({ deployment: WebDeployment.blueGreen() }, { stack, bare: true });
    const listener = new elbv2.ApplicationLoadBalancer(stack, 'Own', { vpc }).addListener('Http', { port: 80, defaultAction: elbv2.ListenerAction.fixedResponse(404) });
    const rule = new elbv2.ApplicationListenerRule(stack, 'Rule', {
      listener,
      priority: 1,
      conditions: [elbv2.ListenerCondition.hostHeaders(['shop.example.com'])],
      action: elbv2.ListenerAction.weightedForward([{ targetGroup: web.targetGroup, weight: 1 }, { targetGroup: web.alternateTargetGroup!, weight: 0 }]),
    });
    web.routedBy(rule);
    expect(serviceOf(stack).Properties.LoadBalancers[0].AdvancedConfiguration.ProductionListenerRule).toEqual(stack.resolve(rule.listenerRuleArn));
  });

  test('without a rule is refused at synthesis', () => {
    const { stack } = define({ deployment: WebDeployment.canary() });
    expect(messageOf(() => (stack.node.root as App).synth())).toContain("WebService at 'Stack/Web' cannot be defined:\n" +
      "- its 'deployment' moves requests by the weights of a listener rule: give the service to its load balancer with 'addService(web)' of a WafProtectedAlb, " +
      "or make a rule that forwards to 'targetGroup' and 'alternateTargetGroup' and call 'routedBy(rule)'");
  });
});
