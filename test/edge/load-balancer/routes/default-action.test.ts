import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { App, Stack } from 'aws-cdk-lib/core';
import { WafProtectedAlb } from '../../../../src/edge/load-balancer/waf-protected-alb';

function newVpc(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], publicSubnetIds: ['subnet-a', 'subnet-b'] });
}

function newAlb() {
  const stack = new Stack(new App(), 'Stack');
  const vpc = newVpc(stack);
  return { stack, vpc, alb: new WafProtectedAlb(stack, 'Alb', { vpc }) };
}

function newTargetGroup(stack: Stack, vpc: ec2.IVpc, id = 'Targets') {
  return new elbv2.ApplicationTargetGroup(stack, id, { vpc, port: 8000, targetType: elbv2.TargetType.IP });
}

test('a listener answers 404 until it gets a target group', () => {
  const { stack } = newAlb();

  Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'Not found' } }],
  });
});

test('then it sends everything there, without a rule and without a warning of CDK', () => {
  const { stack, vpc, alb } = newAlb();
  const targetGroup = newTargetGroup(stack, vpc);
  alb.addTargetGroup(targetGroup);

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    DefaultActions: [{ Type: 'forward', TargetGroupArn: stack.resolve(targetGroup.targetGroupArn) }],
  });
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 0);
  Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('default Action'));
});

test('targets may be reached from the load balancer only, and wait for its listener', () => {
  const { stack, vpc, alb } = newAlb();
  const targetGroup = newTargetGroup(stack, vpc);
  const group = new ec2.SecurityGroup(stack, 'Tasks', { vpc, allowAllOutbound: false });
  targetGroup.registerConnectable(group, ec2.Port.tcp(8000));
  alb.addTargetGroup(targetGroup);
  const waiting = new elbv2.CfnTrustStore(stack, 'Waiting');
  waiting.node.addDependency(targetGroup.loadBalancerAttached);

  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    GroupId: stack.resolve(group.securityGroupId),
    SourceSecurityGroupId: stack.resolve(alb.connections.securityGroups[0].securityGroupId),
    FromPort: 8000,
    ToPort: 8000,
  });
  template.hasResource('AWS::ElasticLoadBalancingV2::TrustStore', {
    DependsOn: Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::Listener')),
  });
  expect(stack.resolve(targetGroup.firstLoadBalancerFullName)).toBeDefined();
});

test('a target group of another stack is reached by a rule there, so that the stacks do not need each other', () => {
  const { stack, alb } = newAlb();
  const other = new Stack(stack.node.root, 'Other');
  const targetGroup = newTargetGroup(other, newVpc(other));
  alb.addTargetGroup(targetGroup);
  const waiting = new elbv2.CfnTrustStore(other, 'Waiting');
  waiting.node.addDependency(targetGroup.loadBalancerAttached);

  Template.fromStack(other).hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
    ListenerArn: { 'Fn::ImportValue': Match.stringLikeRegexp('^Stack:') },
    Priority: 50000,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
    Actions: [{ Type: 'forward', TargetGroupArn: other.resolve(targetGroup.targetGroupArn) }],
  });
  Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { DefaultActions: [Match.objectLike({ Type: 'fixed-response' })] });
  expect(stack.dependencies).toEqual([]);
});
