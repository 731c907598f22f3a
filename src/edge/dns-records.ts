import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import { CfnOutput, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { hostNamesOf } from './domain-rules';
import { DomainOptions } from '../config/domain';

/** Points the names of a domain to a load balancer: by records in the hosted zone, else by an output that says where to point them. */
export function pointNamesTo(scope: Construct, domain: DomainOptions, loadBalancer: elbv2.IApplicationLoadBalancer): void {
  const { hostedZone } = domain;
  if (!hostedZone) {
    new CfnOutput(scope, 'DnsTarget', {
      description: 'Point each name of the site here: by CNAME, or by your DNS provider\'s alias record where the name is the apex of a zone',
      value: loadBalancer.loadBalancerDnsName,
    });
    return;
  }
  // Ids by name: with ids by position, a name that moves in the list would be created while its old record still exists.
  const records = new Construct(scope, 'AliasRecords');
  hostNamesOf(domain).forEach((name, index) => new route53.ARecord(records, Token.isUnresolved(name) ? `Name${index}` : name, {
    zone: hostedZone,
    recordName: `${name}.`,
    target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(loadBalancer)),
  }));
}
