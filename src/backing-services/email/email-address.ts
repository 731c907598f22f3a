import { isKnown, show } from '../../private/validation';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const DOMAIN = new RegExp(`^(?=.{1,253}$)(?:${LABEL}\\.)+${LABEL}$`);
const SUBDOMAIN = new RegExp(`^(?:${LABEL}\\.)*${LABEL}$`);
/** What SES takes before the `@`: ASCII only, since it has no SMTPUTF8; without `*`, which IAM would not match here. */
const LOCAL_PART = /^[\w!#$%&'+/=?^`{|}~-]+(\.[\w!#$%&'+/=?^`{|}~-]+)*$/;
/** RFC 5321 allows no more. */
const LONGEST_LOCAL_PART = 64;
/** A name before `<address>`: words, or anything between quotes. No line breaks, which would begin another header. */
const DISPLAY_NAME = /^("([^"\\\p{Cc}]|\\["\\])*"|[^"<>()[\]:;@\\,\p{Cc}]*)$/u;
const WITH_NAME = /^([^]*?) *<([^<>]*)>$/;

/** The address of a sender: what stands between `<` and `>`, where there is a display name. */
export function addressOf(sender: string): string {
  return isKnown(sender) ? WITH_NAME.exec(sender)?.[2] ?? sender : sender;
}

/** The domain of an address, in lower case; of a domain the domain itself. */
export function domainOf(address: string): string {
  return isKnown(address) ? address.slice(address.lastIndexOf('@') + 1).toLowerCase() : address;
}

/** Whether a domain is another one or lies below it. */
export function liesIn(domain: string, outer: string): boolean {
  return domain === outer || domain.endsWith(`.${outer}`);
}

export function isDomain(value: string): boolean {
  return typeof value === 'string' && DOMAIN.test(value);
}

/** What may stand before a domain; a name of any number of labels. */
export function isSubdomain(value: string): boolean {
  return typeof value === 'string' && SUBDOMAIN.test(value);
}

export function isAddress(value: string): boolean {
  if (typeof value !== 'string') {
    return false;
  }
  const localPart = value.slice(0, Math.max(0, value.lastIndexOf('@')));
  return LOCAL_PART.test(localPart) && localPart.length <= LONGEST_LOCAL_PART && isDomain(domainOf(value));
}

/** An address, with or without a display name. */
export function isSender(value: string): boolean {
  return typeof value === 'string' && DISPLAY_NAME.test(WITH_NAME.exec(value)?.[1] ?? '') && isAddress(addressOf(value));
}

/** The domain that was probably meant, as the end of a sentence: `: write 'example.com'`. */
export function domainAdvice(value: string): string {
  const text = String(value);
  const url = text.includes('://') ? text : `https://${text.slice(text.lastIndexOf('@') + 1)}`;
  // A URL's host is lower-case and in Punycode.
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '') : '';
  return isDomain(host) && host !== value ? `: write ${show(host)}` : '';
}
