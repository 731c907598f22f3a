import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Annotations, CfnResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AlbAccess } from './alb-access';
import { definitionError, isKnown } from '../../private/validation';
import { RequiredHeader } from '../firewall/required-header-props';
import { nameInRegion } from '../name-in-region';

/** The longest time that CloudFront waits for an answer, and keeps a connection. */
export const LONGEST_TIMEOUT_SECONDS = 120;
/** The time that CloudFront waits for an answer unless another one is given, and the most that it keeps a connection then. */
export const DEFAULT_TIMEOUT_SECONDS = 60;
/** The time for which CloudFront keeps a connection by default. */
const SHORT_SECONDS = 5;

/** How long CloudFront waits for a load balancer. */
export interface CloudFrontOriginOptions {
  /**
   * Time in which the first byte of an answer must come, 1 to 120 seconds: more than the longest request.
   * @default Duration.seconds(60)
   */
  readonly readTimeout?: Duration;

  /**
   * Time for which CloudFront keeps a connection, 1 to 120 seconds: less than the load balancer does, lest a request meets a connection that just closes.
   * @default - five seconds less than the idle timeout of the load balancer, 60 at most
   */
  readonly keepaliveTimeout?: Duration;
}

/** What a distribution must know of a load balancer. */
export interface CloudFrontOriginsSettings {
  readonly access: AlbAccess;
  readonly vpc: ec2.IVpc;
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly idleTimeout: Duration;
  readonly servesHttps: boolean;
  readonly secret?: RequiredHeader;
}

/** A load balancer as an origin of distributions. The certificate is for the site's name, which their behaviours must send along as `Host`. */
export class CloudFrontOrigins {
  private vpcOrigin?: cloudfront.IVpcOrigin;

  public constructor(private readonly scope: Construct, private readonly settings: CloudFrontOriginsSettings) {}

  /** Why there can be no origin, if there cannot. */
  public problem(): string | undefined {
    return this.settings.access === AlbAccess.INTERNAL
      ? `'${this.scope.node.path}' has AlbAccess.INTERNAL, which keeps CloudFront out: give it AlbAccess.CLOUDFRONT_VPC_ORIGIN`
      : undefined;
  }

  /** The load balancer as an origin of a distribution in a scope. */
  public originFor(scope: Construct, options: CloudFrontOriginOptions): cloudfront.IOrigin {
    const problem = this.problem();
    if (problem) {
      throw new Error(definitionError(scope, 'An origin of CloudFront', [problem]));
    }
    const { access, loadBalancer, servesHttps, secret } = this.settings;
    const timeouts = this.timeouts(scope, options);
    if (access === AlbAccess.CLOUDFRONT_VPC_ORIGIN) {
      this.vpcOrigin ??= this.createVpcOrigin();
      return origins.VpcOrigin.withVpcOrigin(this.vpcOrigin, timeouts);
    }
    if (access === AlbAccess.INTERNET) {
      Annotations.of(scope).addWarningV2('cdk-django-on-fargate:open-origin',
        `everybody can go around CloudFront to '${this.scope.node.path}', whose web ACL sees CloudFront's addresses instead of the viewers', so that a rate limit `
        + 'stops many at once: give it AlbAccess.CLOUDFRONT_VPC_ORIGIN, or AlbAccess.CLOUDFRONT where it is deployed already');
    }
    return new origins.LoadBalancerV2Origin(loadBalancer, {
      protocolPolicy: protocolPolicy(servesHttps),
      originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
      customHeaders: secret && { [secret.name]: secret.value.unsafeUnwrap() },
      ...timeouts,
    });
  }

  /**
   * The private way to the load balancer, for all distributions. It takes some minutes to make, and only distributions wait for it.
   *
   * CloudFront refuses to change one that a distribution uses. So one for the other protocol is another resource, and none has tags, whose values
   * change.
   * @see https://github.com/aws/aws-cdk/issues/35765
   */
  private createVpcOrigin(): cloudfront.VpcOrigin {
    const { vpc, loadBalancer, servesHttps } = this.settings;
    const id = servesHttps ? 'VpcOrigin' : 'HttpVpcOrigin';
    const vpcOrigin = new cloudfront.VpcOrigin(this.scope, id, {
      // CloudFront is in no region; the same stack may stand in several. 64 characters at most.
      vpcOriginName: nameInRegion(this.scope, id, 35),
      endpoint: cloudfront.VpcOriginEndpoint.applicationLoadBalancer(loadBalancer),
      protocolPolicy: protocolPolicy(servesHttps),
      originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
    });
    (vpcOrigin.node.defaultChild as CfnResource).addPropertyDeletionOverride('Tags');
    // CloudFront makes its network interfaces only in a VPC with an internet gateway, which the routes of public subnets wait for in turn.
    if (vpc.publicSubnets.length > 0) {
      vpcOrigin.node.addDependency(vpc.selectSubnets({ subnetType: ec2.SubnetType.PUBLIC }).internetConnectivityEstablished);
    }
    return vpcOrigin;
  }

  private timeouts(scope: Construct, { readTimeout, keepaliveTimeout }: CloudFrontOriginOptions): Required<CloudFrontOriginOptions> {
    const idleSeconds = secondsOf(this.settings.idleTimeout);
    const keepaliveSeconds = secondsOf(keepaliveTimeout);
    if (idleSeconds !== undefined && keepaliveSeconds !== undefined && keepaliveSeconds >= idleSeconds) {
      Annotations.of(scope).addWarningV2('cdk-django-on-fargate:origin-keepalive',
        `CloudFront would keep connections for ${keepaliveSeconds} seconds, which '${this.scope.node.path}' closes after ${idleSeconds} seconds, so that users get a 502 `
        + 'now and then: give a shorter \'keepaliveTimeout\', or the load balancer a longer \'idleTimeout\'');
    }
    const lessThanIdle = idleSeconds === undefined ? SHORT_SECONDS : Math.min(DEFAULT_TIMEOUT_SECONDS, idleSeconds - SHORT_SECONDS);
    return {
      readTimeout: readTimeout ?? Duration.seconds(DEFAULT_TIMEOUT_SECONDS),
      keepaliveTimeout: keepaliveTimeout ?? Duration.seconds(Math.max(1, lessThanIdle)),
    };
  }
}

function secondsOf(duration: Duration | undefined): number | undefined {
  return isKnown(duration) ? duration.toSeconds() : undefined;
}

function protocolPolicy(https: boolean): cloudfront.OriginProtocolPolicy {
  return https ? cloudfront.OriginProtocolPolicy.HTTPS_ONLY : cloudfront.OriginProtocolPolicy.HTTP_ONLY;
}
