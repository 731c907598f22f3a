import { CfnCertificate, ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { GLOBAL_REGION } from './global-stack';
import { producerOf, refersTo } from './references';
import { DomainOptions } from '../../config/domain';
import { isKnown } from '../../private/validation';

export const CERTIFICATE_ARN = /^arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate\/[\w-]+$/;

/** The certificate that is given for a distribution, if any: where a region is not known, the one that the user must have meant. */
export function givenCloudFrontCertificate({ hostedZone, certificate, cloudFrontCertificate }: DomainOptions, region: string): ICertificate | undefined {
  if (cloudFrontCertificate || !certificate) {
    return cloudFrontCertificate;
  }
  const actual = regionOf(certificate);
  const fits = actual === undefined ? region === GLOBAL_REGION || !hostedZone : actual === GLOBAL_REGION;
  return fits ? certificate : undefined;
}

/** The region of a certificate, as far as it is known. One that a Lambda function makes may be in another region than its stack. */
export function regionOf(certificate?: ICertificate): string | undefined {
  const arn = certificate?.certificateArn;
  if (isKnown(arn)) {
    return CERTIFICATE_ARN.exec(arn)?.[1];
  }
  const region = refersTo(CfnCertificate.CFN_RESOURCE_TYPE_NAME, arn) ? producerOf(arn)?.region : undefined;
  return isKnown(region) ? region : undefined;
}
