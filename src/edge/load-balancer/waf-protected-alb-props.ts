import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { AlbAccess } from './alb-access';
import { DomainOptions } from '../../config/domain';
import { WebAclOptions } from '../firewall/web-acl-props';

/** Settings of a load balancer that is protected by a web ACL. */
export interface WafProtectedAlbOptions {
  /**
   * Where requests come from. Give a load balancer behind CloudFront to a `SpaDistribution` as its backend.
   *
   * **WARNING**: a change between public (`INTERNET`, `CLOUDFRONT`) and private addresses replaces the load balancer. CloudFormation cannot do that
   * while target groups hang on the old one, so choose before the first deployment, or deploy load balancer and services under new ids.
   * @default AlbAccess.INTERNET; in `DjangoOnFargate` CLOUDFRONT_VPC_ORIGIN with `spa` on the project's own name
   */
  readonly access?: AlbAccess;

  /**
   * Who may reach a load balancer with `AlbAccess.INTERNAL`, e.g. `[ec2.Peer.ipv4('10.0.0.0/8')]` for peered networks or a VPN.
   * @default - the VPC's CIDR block
   */
  readonly allowedPeers?: ec2.IPeer[];

  /**
   * Id of the prefix list `com.amazonaws.global.cloudfront.origin-facing` in the region of the load balancer, e.g. `pl-a3a144ca`, for the
   * accesses through CloudFront. `ec2.PrefixList.fromLookup()` knows it, too. Its rule counts as 55 of the 60 that a security group may have.
   * @default - AWS's id as it is known for the region
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
   */
  readonly cloudFrontPrefixListId?: string;

  /**
   * Domain that the site is served under, by HTTPS; HTTP is redirected to it. Behind CloudFront it is the distribution's: the certificate is for
   * the way from CloudFront, and the distribution makes the DNS records.
   * @default - plain HTTP under the load balancer's own name, with a warning
   */
  readonly domain?: DomainOptions;

  /**
   * Time after which a connection without traffic is closed, 1 to 4000 seconds. The application's server must keep
   * its connections open for longer, or users get a 502 now and then.
   * @default Duration.seconds(60)
   */
  readonly idleTimeout?: Duration;

  /**
   * Whether the load balancer refuses to be deleted. With it on, turn it off by a deployment before you delete the stack.
   * @default true; in `DjangoOnFargate` as the profile says
   */
  readonly deletionProtection?: boolean;

  /**
   * Bucket for the access logs, in the region of the load balancer and not encrypted with a KMS key. They are
   * written under `alb/`; the right to do so is added to the bucket's policy.
   * @default - a new private bucket; in `DjangoOnFargate` the one with all access logs
   */
  readonly accessLogBucket?: s3.IBucket;

  /**
   * Age at which access logs in the new bucket are deleted, in whole days.
   * @default Duration.days(90); in `DjangoOnFargate` of the one bucket with all access logs
   */
  readonly accessLogExpiration?: Duration;

  /**
   * Whether connections are logged as well, under `alb-connections/` in the same bucket: TLS versions and ciphers of clients, and handshakes that failed.
   * @default false
   */
  readonly connectionLogs?: boolean;

  /**
   * Settings of the web ACL.
   * @default - attacks are blocked; bodies are not checked under `/admin/`
   */
  readonly webAcl?: WebAclOptions;

  /**
   * ARN of a regional web ACL that shall protect the load balancer instead of one of its own.
   * @default - a new web ACL by the settings in `webAcl`
   */
  readonly existingWebAclArn?: string;

  /**
   * Time for which the logs of the web ACL are kept.
   * @default logs.RetentionDays.THREE_MONTHS; in `DjangoOnFargate` as the profile says
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the logs of the web ACL when the stack is deleted. The new bucket for access logs is always retained, since
   * CloudFormation cannot delete a bucket that holds objects; it empties itself.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE; in `DjangoOnFargate` as the profile says
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Props of `WafProtectedAlb`. */
export interface WafProtectedAlbProps extends WafProtectedAlbOptions {
  /**
   * VPC with subnets in at least two availability zones: public ones, or private or isolated ones where `access` gives no public address. A VPC
   * origin of CloudFront needs an internet gateway in the VPC, through which nothing flows.
   */
  readonly vpc: ec2.IVpc;
}
