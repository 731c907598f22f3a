/**
 * Name of the header with the address of the viewer, which the distribution's function sets on whatever it sends to the backend. The load
 * balancer sees CloudFront's addresses only, and the last address in `X-Forwarded-For` that it can trust is not where AWS WAF looks.
 */
export const VIEWER_ADDRESS_HEADER = 'x-viewer-address';
