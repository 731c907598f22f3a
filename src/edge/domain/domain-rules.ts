import { Stack } from 'aws-cdk-lib/core';
import { obstacleToIssuing, obstacleToReading } from './certificate-obstacles';
import { certificateRules } from './certificate-rules';
import { givenCloudFrontCertificate, regionOf } from './given-certificate';
import { GLOBAL_REGION } from './global-stack';
import { HOST_NAME_RULES } from './host-names';
import { holdsAllNames } from './hosted-zone';
import { DomainOptions } from '../../config/domain';
import { an, CERTIFICATE, HOSTED_ZONE, shaped, strings } from '../../private/shapes';
import { isKnown, Rule, show } from '../../private/validation';

const SHAPES = { alternativeNames: strings, hostedZone: an(HOSTED_ZONE), certificate: an(CERTIFICATE), cloudFrontCertificate: an(CERTIFICATE) };

const DISTRIBUTION = 'the distribution\'s domain name';

/** What holds for a domain that a load balancer in a region serves. */
export function domainRules(region: string): Rule<DomainOptions>[] {
  return shaped<DomainOptions>(SHAPES, [...HOST_NAME_RULES, ...loadBalancerRules(region, 'the load balancer\'s DNS name')]);
}

/** What holds for a domain that a distribution serves before a load balancer in a region, which has a certificate of its own. */
export function domainRulesOfBoth(region: string): Rule<DomainOptions>[] {
  return shaped<DomainOptions>(SHAPES, [...HOST_NAME_RULES, ...loadBalancerRules(region, DISTRIBUTION), ...distributionRules(region)]);
}

/**
 * What holds for a domain that a distribution in a stack of a region serves. Without the stack, what depends on where the zone and the certificate
 * are made is not looked at.
 */
export function cloudFrontDomainRules(region: string, stack?: Stack): Rule<DomainOptions>[] {
  return shaped<DomainOptions>(SHAPES, [...HOST_NAME_RULES, ...distributionRules(region, stack)]);
}

function loadBalancerRules(region: string, target: string): Rule<DomainOptions>[] {
  return [
    ...certificateRules({
      prop: 'certificate',
      given: ({ certificate }) => certificate,
      manually: { where: 'in the region of this stack', option: '', target },
    }),
    holdsAllNames('certificate'),
    certificateIn(region),
  ];
}

function distributionRules(region: string, stack?: Stack): Rule<DomainOptions>[] {
  return [
    ...certificateRules({
      prop: 'cloudFrontCertificate',
      given: (domain) => givenCloudFrontCertificate(domain, region),
      manually: { where: 'for CloudFront, which looks there only', option: `--region ${GLOBAL_REGION} `, target: DISTRIBUTION },
    }),
    holdsAllNames('cloudFrontCertificate'),
    cloudFrontCertificateInItsRegion,
    (domain) => obstacleToIssuing(domain, region, stack),
    (domain) => obstacleToReading(domain, region, stack),
  ];
}

/** The certificate, where its region and this one are known, must be in this region. */
function certificateIn(region: string): Rule<DomainOptions> {
  return ({ certificate }) => {
    const actual = regionOf(certificate);
    return !actual || !isKnown(region) || actual === region
      ? undefined
      : `'certificate' must be in the region of the load balancer, which is ${show(region)}, but it is in ${show(actual)}: `
        + `request a certificate in ${show(region)}`;
  };
}

function cloudFrontCertificateInItsRegion({ cloudFrontCertificate }: DomainOptions): string | undefined {
  const actual = regionOf(cloudFrontCertificate);
  return !actual || actual === GLOBAL_REGION
    ? undefined
    : `'cloudFrontCertificate' must be in ${show(GLOBAL_REGION)}, whatever the region of the distribution's stack, but it is in ${show(actual)}: `
      + `request a certificate in ${show(GLOBAL_REGION)}, or leave it out and give 'hostedZone'`;
}
