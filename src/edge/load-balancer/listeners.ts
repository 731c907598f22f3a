import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AlbAccess, isBehindCloudFront } from './alb-access';

const HTTP_LISTENER = 'HttpListener';

export interface ListenerSettings {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly access: AlbAccess;
  readonly certificate?: acm.ICertificate;
  readonly defaultAction: elbv2.ListenerAction;

  /**
   * Who may reach the listeners.
   * @default - everybody
   */
  readonly peers?: ec2.IPeer[];
}

/** The listener that serves the site: HTTPS with a certificate, else HTTP. People who come by HTTP are redirected; CloudFront redirects by itself. */
export function createListener(scope: Construct, settings: ListenerSettings): elbv2.ApplicationListener {
  const { loadBalancer, access, certificate, defaultAction, peers } = settings;
  if (!certificate) {
    warnOfPlainHttp(scope, access);
    return openedTo(peers, new elbv2.ApplicationListener(scope, HTTP_LISTENER, {
      loadBalancer, protocol: elbv2.ApplicationProtocol.HTTP, open: !peers, defaultAction,
    }));
  }
  // The id of the one that forwards: where a domain is added, it changes, since a second one on the port would be refused.
  const redirect = isBehindCloudFront(access) ? undefined : openedTo(peers, new elbv2.ApplicationListener(scope, HTTP_LISTENER, {
    loadBalancer,
    protocol: elbv2.ApplicationProtocol.HTTP,
    open: !peers,
    defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
  }));
  const listener = openedTo(peers, new elbv2.ApplicationListener(scope, 'HttpsListener', {
    loadBalancer,
    protocol: elbv2.ApplicationProtocol.HTTPS,
    certificates: [certificate],
    sslPolicy: elbv2.SslPolicy.TLS13_12_RES_PQ,
    open: !peers,
    defaultAction,
  }));
  // Not before it leads somewhere: the certificate may take its time.
  redirect?.node.addDependency(listener);
  return listener;
}

function openedTo(peers: ec2.IPeer[] | undefined, listener: elbv2.ApplicationListener): elbv2.ApplicationListener {
  peers?.forEach((peer) => listener.connections.allowDefaultPortFrom(peer));
  return listener;
}

function warnOfPlainHttp(scope: Construct, access: AlbAccess): void {
  Annotations.of(scope).addWarningV2('cdk-django-on-fargate:plain-http', isBehindCloudFront(access)
    ? 'CloudFront reaches the load balancer by plain HTTP, inside of AWS, so the load balancer tells Django that requests came by HTTP: '
      + 'let it read the header CloudFront-Forwarded-Proto, which DjangoOnFargate names in DJANGO_SECURE_PROXY_SSL_HEADER, '
      + 'or give \'domain\' with a hosted zone or a certificate'
    : 'the site is served by plain HTTP, so passwords and session cookies can be read on their way: give \'domain\' with a hosted zone or a certificate');
}
