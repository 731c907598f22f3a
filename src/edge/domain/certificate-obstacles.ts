import { Stack } from 'aws-cdk-lib/core';
import { givenCloudFrontCertificate } from './given-certificate';
import { GLOBAL_REGION, topLevelStackOf } from './global-stack';
import { producerOf } from './references';
import { DomainOptions } from '../../config/domain';
import { isKnown, show } from '../../private/validation';

const GIVE_REGION = "env: { region: '...' }";

/** Why a certificate could not be issued in us-east-1 for a stack of another region. */
export function obstacleToIssuing(domain: DomainOptions, region: string, stack?: Stack): string | undefined {
  const { hostedZone } = domain;
  if (!hostedZone || givenCloudFrontCertificate(domain, region) || region === GLOBAL_REGION) {
    return undefined;
  }
  if (!isKnown(region)) {
    return `'hostedZone' is not enough where the region of the stack is not known, because CloudFront takes a certificate of ${show(GLOBAL_REGION)} only, `
      + `which is made in a stack beside this one: give the stack its region (${GIVE_REGION}), deploy it in ${show(GLOBAL_REGION)}, `
      + 'or give an issued certificate in \'cloudFrontCertificate\'';
  }
  const producer = producerOf(hostedZone.hostedZoneId);
  if (producer && stack && producer === topLevelStackOf(stack)) {
    return `'hostedZone' must not get its id from the stack '${producer.node.path}' itself, because the certificate for CloudFront is made in `
      + `${show(GLOBAL_REGION)} before this stack: make the zone in a stack of its own, import it by HostedZone.fromLookup(), or give 'cloudFrontCertificate'`;
  }
  return producer && !isKnown(producer.region)
    ? `'hostedZone' must be made in a stack whose region is known, because a stack in ${show(GLOBAL_REGION)} reads its id, `
      + `but '${producer.node.path}' has none: give it ${GIVE_REGION}`
    : undefined;
}

/** Why a certificate that another stack makes in us-east-1 could not be read. */
export function obstacleToReading(domain: DomainOptions, region: string, stack?: Stack): string | undefined {
  const producer = producerOf(givenCloudFrontCertificate(domain, region)?.certificateArn);
  return producer && stack && isKnown(producer.region) && !isKnown(region)
    ? `'${domain.cloudFrontCertificate ? 'cloudFrontCertificate' : 'certificate'}' is made in the stack '${producer.node.path}' in ${show(producer.region)}, `
      + `which another stack can read only where its own region is known: give '${topLevelStackOf(stack).node.path}' its region (${GIVE_REGION})`
    : undefined;
}
