import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Annotations, Duration, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { writeAccessLogs } from './access-logs';
import { DefaultAction } from './default-action';
import { pointNamesTo } from './dns-records';
import { hostNamesOf } from './domain-rules';
import { RouteOptions } from './route-props';
import { Destination, Routes } from './routes';
import { WafProtectedAlbProps } from './waf-protected-alb-props';
import { wafProtectedAlbRules } from './waf-protected-alb-rules';
import { WebAcl } from './web-acl';
import { DomainOptions } from '../config/domain';
import { IRoutedService } from '../config/routed-service';
import { createLogBucket } from '../private/log-bucket';
import { an, Kind } from '../private/shapes';
import { definitionError, validateProps } from '../private/validation';

const TARGET_GROUP: Kind = { name: 'an elbv2.IApplicationTargetGroup', member: 'registerListener', hint: 'e.g. an elbv2.ApplicationTargetGroup' };
const ROUTED_SERVICE: Kind = { name: 'an IRoutedService', member: 'targetGroup', hint: 'e.g. a WebService' };

/**
 * Load balancer that meets the internet: HTTPS with a certificate that it can issue itself, a redirect from HTTP, DNS
 * records, a web ACL in block mode, and access logs, in stacks with and without a known region.
 *
 * It answers 404 until it gets a target group. Invalid headers are dropped; TLS 1.2 and 1.3 with
 * forward secrecy and post-quantum key exchange are spoken.
 *
 * Costs about 24 USD a month in two availability zones (16 for the load balancer, 8 for its addresses), and the web ACL.
 *
 * @example
 *
 * declare const vpc: ec2.IVpc;
 * declare const zone: route53.IHostedZone;
 * const alb = new WafProtectedAlb(this, 'Alb', {
 *   vpc,
 *   domain: { domainName: 'shop.example.com', hostedZone: zone },
 * });
 * const targets = new elbv2.ApplicationTargetGroup(this, 'Targets', { vpc, port: 8000, targetType: elbv2.TargetType.IP });
 * alb.addTargetGroup(targets);
 */
export class WafProtectedAlb extends Construct {
  /** Load balancer itself. */
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;

  /** Listener that serves the site: HTTPS with a domain, else HTTP. Add rules for certain paths to it. */
  public readonly listener: elbv2.ApplicationListener;

  /** Certificate in use, if there is a domain. */
  public readonly certificate?: acm.ICertificate;

  /** Web ACL made for the load balancer, unless it uses an existing one. */
  public readonly webAcl?: WebAcl;

  /** ARN of the web ACL that protects the load balancer. */
  public readonly webAclArn: string;

  /** Bucket for the access logs. */
  public readonly accessLogBucket: s3.IBucket;

  /** Network connections of the load balancer. */
  public readonly connections: ec2.Connections;

  /** Whether the site is served by HTTPS. */
  public readonly servesHttps: boolean;

  /** Host names of the site, the first one first: what Django must allow. */
  public readonly hostNames: string[];

  /** Origins of the site, which are its host names with their scheme: what Django must trust. */
  public readonly origins: string[];

  /** Address of the site. */
  public readonly url: string;

  /** Time after which a connection without traffic is closed. */
  public readonly idleTimeout: Duration;

  private readonly defaultAction = new DefaultAction();
  private readonly routes: Routes;

  public constructor(scope: Construct, id: string, props: WafProtectedAlbProps) {
    super(scope, id);
    validateProps(this, 'WafProtectedAlb', props, wafProtectedAlbRules(Stack.of(this).region));

    const deletionProtection = props.deletionProtection ?? true;
    this.idleTimeout = props.idleTimeout ?? Duration.seconds(60);

    this.loadBalancer = this.createLoadBalancer(props.vpc, deletionProtection);
    this.connections = this.loadBalancer.connections;
    this.accessLogBucket = props.accessLogBucket ?? createLogBucket(this, 'AccessLogs', { expiration: props.accessLogExpiration });
    writeAccessLogs(this.loadBalancer, this.accessLogBucket);

    this.webAcl = props.existingWebAclArn ? undefined : new WebAcl(this, 'WebAcl', {
      ...props.webAcl,
      logRetention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    this.webAclArn = this.webAcl?.webAclArn ?? props.existingWebAclArn!;
    new wafv2.CfnWebACLAssociation(this, 'WebAclAssociation', {
      resourceArn: this.loadBalancer.loadBalancerArn,
      webAclArn: this.webAclArn,
    });

    this.servesHttps = props.domain !== undefined;
    this.hostNames = props.domain ? hostNamesOf(props.domain) : [this.loadBalancer.loadBalancerDnsName];
    this.origins = this.hostNames.map((name) => `${this.servesHttps ? 'https' : 'http'}://${name}`);
    this.url = this.origins[0];

    this.certificate = props.domain?.certificate ?? (props.domain && this.createCertificate(props.domain));
    this.listener = this.certificate ? this.createHttpsListener(this.certificate) : this.createHttpListener();
    this.routes = new Routes(this.listener, this.defaultAction);
    if (props.domain) {
      pointNamesTo(this, props.domain, this.loadBalancer);
    }
  }

  /**
   * Sends requests to a target group: those of certain paths, or all that no other route takes.
   *
   * The rule is made beside the target group, which may be of another stack.
   * @param targetGroup the target group
   * @param route the paths
   */
  public addTargetGroup(targetGroup: elbv2.IApplicationTargetGroup, route: RouteOptions = {}): void {
    this.addRoute('addTargetGroup', an(TARGET_GROUP)(targetGroup ?? 'nothing'), { targetGroup }, route);
  }

  /**
   * Sends requests to a web service: those of certain paths, or all that no other route takes. A service that moves its requests between two
   * target groups in a deployment gets the rule by which it does.
   * @param service the service, e.g. a `WebService`
   * @param route the paths
   */
  public addService(service: IRoutedService, route: RouteOptions = {}): void {
    this.addRoute('addService', an(ROUTED_SERVICE)(service ?? 'nothing'), service, route);
  }

  private addRoute(method: string, misfit: string | undefined, destination: Destination, route: RouteOptions): void {
    const problem = misfit ? `'${method}' must be given ${misfit}` : this.routes.problem(destination, route ?? {});
    if (problem) {
      throw new Error(definitionError(this, 'WafProtectedAlb', [problem]));
    }
    this.routes.add(destination, route ?? {});
  }

  private createLoadBalancer(vpc: ec2.IVpc, deletionProtection: boolean): elbv2.ApplicationLoadBalancer {
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Load balancer: open to the internet on the ports that it listens on',
      allowAllOutbound: false,
    });
    Validations.of(securityGroup).acknowledge({
      id: 'AwsSolutions-EC23',
      reason: 'The site is public: the internet may reach the load balancer on its listeners\' ports and nothing else, behind the web ACL.',
    });
    return new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC, onePerAz: true },
      internetFacing: true,
      securityGroup,
      idleTimeout: this.idleTimeout,
      deletionProtection,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elbv2.DesyncMitigationMode.DEFENSIVE,
      xffHeaderProcessingMode: elbv2.XffHeaderProcessingMode.APPEND,
    });
  }

  private createCertificate(domain: DomainOptions): acm.ICertificate {
    return new acm.Certificate(this, 'Certificate', {
      domainName: domain.domainName,
      subjectAlternativeNames: domain.alternativeNames,
      validation: acm.CertificateValidation.fromDns(domain.hostedZone),
    });
  }

  private createHttpsListener(certificate: acm.ICertificate): elbv2.ApplicationListener {
    new elbv2.ApplicationListener(this, 'HttpRedirect', {
      loadBalancer: this.loadBalancer,
      protocol: elbv2.ApplicationProtocol.HTTP,
      defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    return new elbv2.ApplicationListener(this, 'HttpsListener', {
      loadBalancer: this.loadBalancer,
      protocol: elbv2.ApplicationProtocol.HTTPS,
      certificates: [certificate],
      sslPolicy: elbv2.SslPolicy.TLS13_12_RES_PQ,
      defaultAction: this.defaultAction,
    });
  }

  private createHttpListener(): elbv2.ApplicationListener {
    Annotations.of(this).addWarningV2('cdk-django-on-fargate:plain-http',
      'the site is served by plain HTTP, so passwords and session cookies can be read on their way: give \'domain\' with a hosted zone or a certificate');
    return new elbv2.ApplicationListener(this, 'HttpListener', {
      loadBalancer: this.loadBalancer,
      protocol: elbv2.ApplicationProtocol.HTTP,
      defaultAction: this.defaultAction,
    });
  }
}
