import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { SmtpEndpointOptions } from './ses-smtp-props';
import { IProcess } from '../../config/process';
import { describe } from '../../private/description';

/** The SMTP server of SES inside a VPC, under its own name. Nobody reaches it but who is let in. */
export class SmtpEndpoint extends Construct {
  public readonly endpoint: ec2.InterfaceVpcEndpoint;
  public readonly securityGroup: ec2.SecurityGroup;

  public constructor(scope: Construct, id: string, options: SmtpEndpointOptions) {
    super(scope, id);
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: options.vpc,
      description: describe('SMTP endpoint of', this),
      allowAllOutbound: false,
    });
    this.endpoint = new ec2.InterfaceVpcEndpoint(this, 'Endpoint', {
      vpc: options.vpc,
      service: ec2.InterfaceVpcEndpointAwsService.EMAIL_SMTP,
      subnets: options.subnets,
      securityGroups: [this.securityGroup],
      privateDnsEnabled: true,
      // Opened to each process, and not on 443, which CDK takes for the port of every endpoint.
      open: false,
    });
  }
}

/** Lets a process in to an endpoint, whoever made it. */
export function admitToEndpoint(endpoint: ec2.IInterfaceVpcEndpoint, process: IProcess, port: number): void {
  for (const peer of process.connections.securityGroups) {
    for (const group of endpoint.connections.securityGroups) {
      // As a remote rule, so that an endpoint in another stack gets no reference back.
      group.addIngressRule(peer, ec2.Port.tcp(port), describe('From', peer), true);
    }
  }
  process.startAfter(endpoint);
}
