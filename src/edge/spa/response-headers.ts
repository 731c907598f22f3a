import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { SpaContentSecurityPolicy } from './content-security-policy';
import { isKnown } from '../../private/validation';
import { nameInRegion } from '../name-in-region';

/** The time for HTTPS in `SECURITY_HEADERS`. */
const AWS_MAX_AGE = Duration.seconds(31_536_000);

/** Settings of the headers of a single-page app. */
export interface PageHeaders {
  readonly contentSecurityPolicy: SpaContentSecurityPolicy;
  readonly strictTransportSecurityMaxAge: Duration;
  readonly further: { readonly [name: string]: string };
}

/** The headers of the app's own files: what they say of it holds whatever an object in the bucket says. */
export function createPageHeaders(scope: Construct, settings: PageHeaders): cloudfront.ResponseHeadersPolicy {
  const { contentSecurityPolicy: policy, further } = settings;
  const customHeaders: Record<string, string> = {
    ...policy._reported && { 'Content-Security-Policy-Report-Only': policy._reported },
    // A window that the site opens may tell it something, e.g. that a login at another site is done; one that opens the site may not.
    'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
    ...further,
  };
  return new cloudfront.ResponseHeadersPolicy(scope, 'PageHeaders', {
    responseHeadersPolicyName: nameInRegion(scope, 'PageHeaders'),
    comment: 'Headers of the pages and files of a single-page app',
    securityHeadersBehavior: {
      contentSecurityPolicy: policy._enforced ? { contentSecurityPolicy: policy._enforced, override: true } : undefined,
      contentTypeOptions: { override: true },
      frameOptions: frameOptions(policy._frameAncestors),
      // With `no-referrer`, Django's protection against cross-site requests would refuse those of the site itself.
      referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override: true },
      strictTransportSecurity: { accessControlMaxAge: settings.strictTransportSecurityMaxAge, override: true },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(customHeaders).map(([header, value]) => ({ header, value, override: true })),
    },
  });
}

/** What the backend's answers get where Django says nothing of it: Django itself knows best how its pages may be framed, sniffed and scripted. */
export function createBackendHeaders(scope: Construct, strictTransportSecurityMaxAge: Duration): cloudfront.ResponseHeadersPolicy {
  return new cloudfront.ResponseHeadersPolicy(scope, 'BackendHeaders', {
    responseHeadersPolicyName: nameInRegion(scope, 'BackendHeaders'),
    comment: 'HTTPS only, where the backend does not say so itself',
    securityHeadersBehavior: { strictTransportSecurity: { accessControlMaxAge: strictTransportSecurityMaxAge, override: false } },
  });
}

/** AWS's own policy for files where it says the same, since an account has few policies of its own. */
export function staticHeaders(scope: Construct, strictTransportSecurityMaxAge: Duration): cloudfront.IResponseHeadersPolicy {
  if (isKnown(strictTransportSecurityMaxAge) && strictTransportSecurityMaxAge.toSeconds() === AWS_MAX_AGE.toSeconds()) {
    return cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS;
  }
  return new cloudfront.ResponseHeadersPolicy(scope, 'StaticHeaders', {
    responseHeadersPolicyName: nameInRegion(scope, 'StaticHeaders'),
    comment: 'Static files, with the time for HTTPS of the site',
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: cloudfront.HeadersFrameOption.SAMEORIGIN, override: false },
      strictTransportSecurity: { accessControlMaxAge: strictTransportSecurityMaxAge, override: true },
    },
  });
}

/**
 * Uploads come from strangers and stand on the site's own origin: a page or an SVG among them must not run scripts there. The sandbox gives it an
 * origin of its own.
 */
export function createMediaHeaders(scope: Construct, strictTransportSecurityMaxAge: Duration): cloudfront.ResponseHeadersPolicy {
  return new cloudfront.ResponseHeadersPolicy(scope, 'MediaHeaders', {
    responseHeadersPolicyName: nameInRegion(scope, 'MediaHeaders'),
    comment: 'Uploads run no scripts on the origin of the site',
    securityHeadersBehavior: {
      contentSecurityPolicy: {
        contentSecurityPolicy: "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox",
        override: true,
      },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: cloudfront.HeadersFrameOption.SAMEORIGIN, override: true },
      referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override: true },
      strictTransportSecurity: { accessControlMaxAge: strictTransportSecurityMaxAge, override: true },
    },
  });
}

/** For browsers that do not know `frame-ancestors`, as far as the older header can say the same. */
function frameOptions(ancestors: string): cloudfront.ResponseHeadersFrameOptions | undefined {
  const frameOption = { "'none'": cloudfront.HeadersFrameOption.DENY, "'self'": cloudfront.HeadersFrameOption.SAMEORIGIN }[ancestors];
  return frameOption && { frameOption, override: true };
}
