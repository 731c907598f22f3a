import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Annotations, CfnDeletionPolicy, CfnResource, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { givenCloudFrontCertificate } from './given-certificate';
import { fromGlobalStack, GLOBAL_REGION, globalScopeOf, topLevelStackOf } from './global-stack';
import { hostNamesOf } from './host-names';
import { producerOf, readIn, refersTo } from './references';
import { DomainOptions } from '../../config/domain';
import { isKnown } from '../../private/validation';

/** @see https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html */
const USUAL_QUOTA_OF_NAMES = 10;

/** The certificate of a domain in the region of the construct: the given one, or one that is issued. */
export function certificateFor(scope: Construct, domain: DomainOptions): acm.ICertificate {
  return domain.certificate ?? issue(scope, 'Certificate', domain, domain.hostedZone!);
}

/** The certificate of a domain in us-east-1, which a construct of any region can hand to CloudFront: the given one, or one that is issued there. */
export function cloudFrontCertificateFor(scope: Construct, domain: DomainOptions): acm.ICertificate {
  const given = givenCloudFrontCertificate(domain, Stack.of(scope).region);
  if (given) {
    return readable(scope, given);
  }
  const place = globalScopeOf(scope);
  if (place === scope) {
    return issue(scope, 'CloudFrontCertificate', domain, domain.hostedZone!);
  }
  const certificate = issue(place, 'CloudFrontCertificate', domain, readableZone(place, domain.hostedZone!));
  // The stack in us-east-1 comes first, so a certificate that is replaced there is still in use and cannot be deleted.
  (certificate.node.defaultChild as CfnResource).cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  Validations.of(certificate).acknowledge({
    id: 'CloudFormation-Validate::W3011', reason: 'Only a certificate that is replaced stays: with the stack it goes, after the distribution that uses it',
  });
  return acm.Certificate.fromCertificateArn(scope, 'CloudFrontCertificate', fromGlobalStack(scope, 'CloudFrontCertificateArn', certificate.certificateArn));
}

function issue(scope: Construct, id: string, domain: DomainOptions, hostedZone: route53.IHostedZone): acm.Certificate {
  const names = hostNamesOf(domain).length;
  if (names > USUAL_QUOTA_OF_NAMES) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:certificate-names',
      `a certificate for ${names} names is issued only where the account's quota "Domain names per ACM certificate" was raised from ${USUAL_QUOTA_OF_NAMES}`);
  }
  const { hostedZoneId } = hostedZone;
  if (refersTo(route53.CfnHostedZone.CFN_RESOURCE_TYPE_NAME, hostedZoneId) && producerOf(hostedZoneId) === topLevelStackOf(Stack.of(scope))) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:zone-delegation',
      `the certificate is validated through the hosted zone '${hostedZone.node.path}', which the same deployment makes and which waits until its parent zone `
      + 'names its name servers: deploy the zone before, in a stack of its own, and enter its name servers in the parent zone');
  }
  return new acm.Certificate(scope, id, {
    domainName: domain.domainName,
    subjectAlternativeNames: domain.alternativeNames,
    validation: acm.CertificateValidation.fromDns(hostedZone),
  });
}

/** A certificate that may be of a stack in another region. */
function readable(scope: Construct, certificate: acm.ICertificate): acm.ICertificate {
  const arn = readIn(Stack.of(scope), certificate.certificateArn);
  return arn === certificate.certificateArn ? certificate : acm.Certificate.fromCertificateArn(scope, 'CloudFrontCertificate', arn);
}

/** A hosted zone that may be of a stack in another region. */
function readableZone(scope: Construct, zone: route53.IHostedZone): route53.IHostedZone {
  if (!isKnown(zone.hostedZoneId) && !producerOf(zone.hostedZoneId)) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:zone-id',
      `the id of the hosted zone '${zone.node.path}' is a token, which is resolved in ${GLOBAL_REGION}, where exports and parameters are others `
      + 'than in your region: import the zone by HostedZone.fromLookup() or with its plain id');
  }
  const hostedZoneId = readIn(Stack.of(scope), zone.hostedZoneId);
  return hostedZoneId === zone.hostedZoneId
    ? zone
    : route53.HostedZone.fromHostedZoneAttributes(scope, 'HostedZone', { hostedZoneId, zoneName: zone.zoneName });
}
