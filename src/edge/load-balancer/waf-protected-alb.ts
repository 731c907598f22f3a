import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Annotations, CfnDeletionPolicy, Duration, Stack, Tokenization } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { writeAccessLogs, writeConnectionLogs } from './access-logs';
import { AlbAccess, isBehindCloudFront, isPublic } from './alb-access';
import { CloudFrontOriginOptions, CloudFrontOrigins } from './cloudfront-origins';
import { createListener } from './listeners';
import { createOriginSecret } from './origin-secret';
import { DefaultAction } from './routes/default-action';
import { noAuthentication } from './routes/route-authentication-rules';
import { RouteOptions } from './routes/route-props';
import { Destination, Routes } from './routes/routes';
import { allowedPeers, createSecurityGroup } from './security-group';
import { subnetTypeFor } from './subnets';
import { WafProtectedAlbProps } from './waf-protected-alb-props';
import { wafProtectedAlbRules } from './waf-protected-alb-rules';
import { IRoutedService } from '../../config/routed-service';
import { createLogBucket } from '../../private/log-bucket';
import { withoutNulls } from '../../private/options';
import { an, Kind } from '../../private/shapes';
import { definitionError, validateProps } from '../../private/validation';
import { certificateFor } from '../domain/certificates';
import { pointNamesTo } from '../domain/dns-records';
import { hostNamesOf } from '../domain/host-names';
import { WebAcl } from '../firewall/web-acl';
import { VIEWER_ADDRESS_HEADER } from '../viewer-address';

const TARGET_GROUP: Kind = { name: 'an elbv2.IApplicationTargetGroup', member: 'registerListener', hint: 'e.g. an elbv2.ApplicationTargetGroup' };
const ROUTED_SERVICE: Kind = { name: 'an IRoutedService', member: 'targetGroup', hint: 'e.g. a WebService' };

/**
 * Load balancer that meets the internet: HTTPS with a certificate that it can issue itself, a redirect from HTTP, DNS
 * records, a web ACL in block mode, and access logs, in stacks with and without a known region.
 *
 * It answers 404 until it gets a target group. Invalid headers are dropped; TLS 1.2 and 1.3 with
 * forward secrecy and post-quantum key exchange are spoken.
 *
 * `access` tells where requests come from: the internet, CloudFront alone (by a private way or by public addresses that are closed to others), or
 * internal networks.
 *
 * Costs about 24 USD a month in two availability zones (16 for the load balancer, 8 for its public addresses), and the web ACL.
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

  /** Where requests come from. */
  public readonly access: AlbAccess;

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

  /** Host names of the site, the first one first: what Django must allow. Behind CloudFront without a domain, the distribution knows them instead. */
  public readonly hostNames: string[];

  /** Origins of the site, which are its host names with their scheme: what Django must trust. */
  public readonly origins: string[];

  /** Address of the site. */
  public readonly url: string;

  /** Time after which a connection without traffic is closed. */
  public readonly idleTimeout: Duration;

  private readonly defaultAction = new DefaultAction();
  private readonly routes: Routes;
  private readonly cloudFrontOrigins: CloudFrontOrigins;

  public constructor(scope: Construct, id: string, props: WafProtectedAlbProps) {
    super(scope, id);
    props = validateProps(this, 'WafProtectedAlb', props, wafProtectedAlbRules(Stack.of(this).region));

    const { vpc, access = AlbAccess.INTERNET, deletionProtection = true, connectionLogs = false, idleTimeout = Duration.seconds(60) } = props;
    this.access = access;
    this.idleTimeout = idleTimeout;

    const subnetType = subnetTypeFor(vpc, access);
    this.loadBalancer = this.createLoadBalancer(deletionProtection, {
      vpc, vpcSubnets: { subnetType, onePerAz: true }, internetFacing: isPublic(access), securityGroup: createSecurityGroup(this, access, props),
    });
    this.connections = this.loadBalancer.connections;
    this.accessLogBucket = props.accessLogBucket ?? createLogBucket(this, 'AccessLogs', { expiration: props.accessLogExpiration });
    writeAccessLogs(this.loadBalancer, this.accessLogBucket);
    if (connectionLogs) {
      writeConnectionLogs(this.loadBalancer, this.accessLogBucket);
    }

    const originSecret = access === AlbAccess.CLOUDFRONT ? createOriginSecret(this) : undefined;
    this.webAcl = props.existingWebAclArn ? undefined : new WebAcl(this, 'WebAcl', {
      ...props.webAcl,
      clientAddressHeader: isBehindCloudFront(access) ? VIEWER_ADDRESS_HEADER : undefined,
      requiredHeader: originSecret,
      logRetention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    if (!this.webAcl && isBehindCloudFront(access)) {
      this.warnOfSharedWebAcl();
    }
    this.webAclArn = this.webAcl?.webAclArn ?? props.existingWebAclArn!;
    this.associate(this.webAclArn);

    this.servesHttps = props.domain !== undefined;
    this.hostNames = props.domain ? hostNamesOf(props.domain) : [this.loadBalancer.loadBalancerDnsName];
    this.origins = this.hostNames.map((name) => `${this.servesHttps ? 'https' : 'http'}://${name}`);
    this.url = this.origins[0];

    this.certificate = props.domain && certificateFor(this, props.domain);
    this.listener = createListener(this, {
      loadBalancer: this.loadBalancer,
      access,
      certificate: this.certificate,
      defaultAction: this.defaultAction,
      peers: allowedPeers(access, props),
    });
    this.routes = new Routes({
      listener: this.listener, defaultAction: this.defaultAction, noAuthentication: noAuthentication(this.servesHttps, subnetType),
    });
    this.cloudFrontOrigins = new CloudFrontOrigins(this, {
      access, vpc, loadBalancer: this.loadBalancer, idleTimeout, servesHttps: this.servesHttps, secret: originSecret,
    });
    if (props.domain && !isBehindCloudFront(access)) {
      pointNamesTo(this, props.domain, {
        alias: new targets.LoadBalancerTarget(this.loadBalancer), dnsName: this.loadBalancer.loadBalancerDnsName,
      });
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

  /**
   * The load balancer as an origin of a distribution whose behaviours send the viewer's `Host` along, with the header of `VIEWER_ADDRESS_HEADER`.
   * @internal
   */
  public _cloudFrontOrigin(scope: Construct, options: CloudFrontOriginOptions = {}): cloudfront.IOrigin {
    return this.cloudFrontOrigins.originFor(scope, options);
  }

  /**
   * Why the load balancer cannot be an origin, if it cannot.
   * @internal
   */
  public _originProblem(): string | undefined {
    return this.cloudFrontOrigins.problem();
  }

  private addRoute(method: string, misfit: string | undefined, destination: Destination, route: RouteOptions): void {
    const options = withoutNulls(route ?? {});
    const problem = misfit ? `'${method}' must be given ${misfit}` : this.routes.problem(destination, options);
    if (problem) {
      throw new Error(definitionError(this, 'WafProtectedAlb', [problem]));
    }
    this.routes.add(destination, options);
  }

  private createLoadBalancer(
    deletionProtection: boolean, place: Pick<elbv2.ApplicationLoadBalancerProps, 'vpc' | 'vpcSubnets' | 'internetFacing' | 'securityGroup'>,
  ): elbv2.ApplicationLoadBalancer {
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      ...place,
      deletionProtection,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elbv2.DesyncMitigationMode.DEFENSIVE,
      xffHeaderProcessingMode: elbv2.XffHeaderProcessingMode.APPEND,
    });
    // The L2 makes text of the number by itself, which a token does not survive.
    loadBalancer.setAttribute('idle_timeout.timeout_seconds', Tokenization.stringifyNumber(this.idleTimeout.toSeconds()));
    return loadBalancer;
  }

  private associate(webAclArn: string): void {
    const association = new wafv2.CfnWebACLAssociation(this, 'WebAclAssociation', { resourceArn: this.loadBalancer.loadBalancerArn, webAclArn });
    association.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
    // Another web ACL is another association, which takes the place of the first. To delete that afterwards would leave the load balancer without any.
    association.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  }

  private warnOfSharedWebAcl(): void {
    Annotations.of(this).addWarningV2('cdk-django-on-fargate:web-acl-behind-cloudfront',
      `the web ACL in 'existingWebAclArn' sees CloudFront's addresses: let its rules on addresses and rates go by the header '${VIEWER_ADDRESS_HEADER}', `
      + 'which a SpaDistribution sets to the address of the viewer');
  }
}
