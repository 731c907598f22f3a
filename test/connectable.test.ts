import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Stack } from 'aws-cdk-lib/core';
import { DjangoImage, PrivateDatabase, ProcessDefinition, WafProtectedAlb } from '../src';

const stack = new Stack();
const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
const bastion = new ec2.SecurityGroup(stack, 'Bastion', { vpc, allowAllOutbound: false });
const image = DjangoImage.fromRegistry('registry.example.com/shop:1');

// By shape: the type check of this table is half of the test.
const connectables: Record<string, ec2.IConnectable> = {
  PrivateDatabase: new PrivateDatabase(stack, 'Database', { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } }),
  WafProtectedAlb: new WafProtectedAlb(stack, 'Alb', { vpc }),
  ProcessDefinition: new ProcessDefinition(stack, 'Process', { vpc, image }),
};
Object.values(connectables).forEach((connectable) => bastion.connections.allowTo(connectable, ec2.Port.tcp(4711)));
const template = Template.fromStack(stack);

test.each(Object.keys(connectables))('%s can be opened to another as any connectable', (name) => {
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    FromPort: 4711,
    GroupId: stack.resolve(connectables[name].connections.securityGroups[0].securityGroupId),
    SourceSecurityGroupId: stack.resolve(bastion.securityGroupId),
  });
});
