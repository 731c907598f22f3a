import { Duration, SecretValue } from 'aws-cdk-lib/core';
import { firewall, INJECTION, OFFICE, outcome, STRANGER, synthesize, UPLOAD } from './synthesized-firewall';
import { Surroundings, WafInterpreter, WafRequest } from './waf-interpreter';
import { WebAclMode } from '../../../src/edge/firewall/web-acl-mode';
import { WebAclProps } from '../../../src/edge/firewall/web-acl-props';
import { WebAclScope } from '../../../src/edge/firewall/web-acl-scope';

describe('the admin\'s list of addresses', () => {
  const waf = firewall({ adminAllowList: ['203.0.113.0/24', '2001:db8:1::/48'] });

  test.each<[string, WafRequest, string]>([
    ['an address of the list', { path: '/admin/', address: OFFICE }, 'ALLOW'],
    ['an IPv6 address of the list', { path: '/admin/', address: '2001:db8:1::7' }, 'ALLOW'],
    ['a stranger', { path: '/admin/', address: STRANGER }, 'BLOCK AdminAllowList'],
    ['a stranger with IPv6', { path: '/admin/', address: '2001:db8:2::7' }, 'BLOCK AdminAllowList'],
    ['a stranger with a password', { method: 'POST', path: '/admin/login/', address: STRANGER }, 'BLOCK AdminAllowList'],
    ['a stranger, in code', { path: '/%61dmin/', address: STRANGER }, 'BLOCK AdminAllowList'],
    ['a stranger by a detour', { path: '/products/../admin/', address: STRANGER }, 'BLOCK AdminAllowList'],
    ['a stranger by two slashes', { path: '//admin/', address: STRANGER }, 'BLOCK AdminAllowList'],
    ['a stranger whose path leaves the admin for a server that tidies up only', { path: '/admin/shop/../../x/change/', address: STRANGER }, 'BLOCK AdminAllowList'],
    ['a stranger on the site', { path: '/', address: STRANGER }, 'ALLOW'],
    ['a stranger on another path with the same letters', { path: '/administration/', address: STRANGER }, 'ALLOW'],
    ['a stranger who claims to be in the office', { path: '/admin/', address: STRANGER, headers: { 'x-forwarded-for': OFFICE } }, 'BLOCK AdminAllowList'],
  ])('%s', (_, request, expected) => {
    expect(outcome(waf.handle(request))).toBe(expected);
  });

  test('guards the paths that it is told to', () => {
    const other = firewall({ adminAllowList: ['203.0.113.0/24'], adminPaths: ['/backoffice/', '/wagtail/'] });

    expect(outcome(other.handle({ path: '/wagtail/pages/', address: STRANGER }))).toBe('BLOCK AdminAllowList');
    expect(outcome(other.handle({ path: '/wagtail/pages/', address: OFFICE }))).toBe('ALLOW');
    expect(outcome(other.handle({ path: '/admin/', address: STRANGER }))).toBe('ALLOW');
  });
});

describe('countries', () => {
  const surroundings = { countries: { [OFFICE]: 'DE', [STRANGER]: 'KP' } };

  test.each<[WebAclProps, string, string]>([
    [{ allowedCountries: ['DE', 'AT'] }, OFFICE, 'ALLOW'],
    [{ allowedCountries: ['DE', 'AT'] }, STRANGER, 'BLOCK Countries'],
    [{ allowedCountries: ['DE', 'AT'] }, '192.0.2.1', 'BLOCK Countries'],
    [{ blockedCountries: ['KP'] }, OFFICE, 'ALLOW'],
    [{ blockedCountries: ['KP'] }, STRANGER, 'BLOCK Countries'],
    [{ blockedCountries: ['KP'] }, '192.0.2.1', 'ALLOW'],
    [{ blockedCountries: [] }, STRANGER, 'ALLOW'],
  ])('%j: %s', (props, address, expected) => {
    expect(outcome(firewall(props, surroundings).handle({ path: '/', address }))).toBe(expected);
  });
});

describe('maintenance', () => {
  test('shows a page with the status 503 to everybody', () => {
    const verdict = firewall({ maintenance: {} }).handle({ method: 'POST', path: '/api/orders/', body: INJECTION });

    expect(verdict).toMatchObject({
      action: 'BLOCK', rule: 'Maintenance', status: 503, contentType: 'TEXT_HTML', responseHeaders: { 'Retry-After': '600', 'Cache-Control': 'no-store' },
    });
    expect(verdict.page).toMatch(/^<!doctype html>[^]*Down for maintenance[^]*<\/html>$/);
    expect(verdict.page).not.toMatch(/src=|href=/);
  });

  test('shows the page of one\'s own, and lets in who is named', () => {
    const waf = firewall({ maintenance: { html: '<h1>Umbau</h1>', retryAfter: Duration.hours(2), bypass: ['203.0.113.0/24', '2001:db8::/32'] } });

    expect(waf.handle({ path: '/', address: STRANGER })).toMatchObject({ status: 503, page: '<h1>Umbau</h1>', responseHeaders: { 'Retry-After': '7200' } });
    expect(outcome(waf.handle({ path: '/', address: '2001:db9::1' }))).toBe('BLOCK Maintenance');
    expect(outcome(waf.handle({ path: '/', address: OFFICE }))).toBe('ALLOW');
    expect(outcome(waf.handle({ path: '/', address: '2001:db8::1' }))).toBe('ALLOW');
    expect(outcome(waf.handle({ path: '/', address: OFFICE, query: "q=1' or 1=1" }))).toBe('BLOCK AWSManagedRulesSQLiRuleSet');
  });
});

describe('behind CloudFront', () => {
  const EDGE = '130.176.0.1';
  const props: WebAclProps = {
    clientAddressHeader: 'x-viewer-address',
    requiredHeader: { name: 'X-Origin-Verify', value: SecretValue.secretsManager('origin') },
    adminAllowList: ['203.0.113.0/24'],
    allowedCountries: ['DE'],
    rateLimit: 10,
  };
  const surroundings: Surroundings = {
    secrets: { '"{{resolve:secretsmanager:origin:SecretString:::}}"': 's3cret' }, countries: { [OFFICE]: 'DE', [STRANGER]: 'DE', [EDGE]: 'DE', '192.0.2.1': 'KP' },
  };
  const from = (viewer: string, path = '/'): WafRequest => ({ path, address: EDGE, headers: { 'x-viewer-address': viewer, 'x-origin-verify': 's3cret' } });

  test('limits count each viewer for itself', () => {
    const waf = firewall(props, surroundings);

    for (let request = 0; request < 10; request++) {
      expect(outcome(waf.handle(from(STRANGER)))).toBe('ALLOW');
    }
    expect(outcome(waf.handle(from(STRANGER)))).toBe('BLOCK RateLimit');
    expect(outcome(waf.handle(from(OFFICE)))).toBe('ALLOW');
  });

  test.each<[string, WafRequest, string]>([
    ['a viewer of the admin\'s list', from(OFFICE, '/admin/'), 'ALLOW'],
    ['another viewer', from(STRANGER, '/admin/'), 'BLOCK AdminAllowList'],
    ['a viewer in a country that is not let in', from('192.0.2.1'), 'BLOCK Countries'],
    ['what is no address', from('unknown', '/admin/'), 'BLOCK Countries'],
    ['no address', { path: '/admin/', address: EDGE, headers: { 'x-origin-verify': 's3cret' } }, 'BLOCK ClientAddress'],
    ['an empty address', from(''), 'BLOCK ClientAddress'],
    ['no secret', { path: '/', address: EDGE, headers: { 'x-viewer-address': OFFICE } }, 'BLOCK RequiredHeader'],
    ['a wrong secret', { path: '/', address: EDGE, headers: { 'x-viewer-address': OFFICE, 'x-origin-verify': 's3cre' } }, 'BLOCK RequiredHeader'],
  ])('%s', (_, request, expected) => {
    expect(outcome(firewall(props, surroundings).handle(request))).toBe(expected);
  });

  test('what is no address counts against the limit, the list and the countries that are kept out', () => {
    const { allowedCountries: _, ...rest } = props;

    expect(outcome(firewall(rest, surroundings).handle(from('unknown', '/admin/')))).toBe('BLOCK AdminAllowList');
    expect(outcome(firewall(rest, surroundings).handle(from('unknown')))).toBe('BLOCK RateLimit');
    expect(outcome(firewall({ ...rest, blockedCountries: ['KP'] }, surroundings).handle(from('unknown')))).toBe('BLOCK Countries');
  });

  test('without the rule that demands the address, AWS WAF would skip the admin\'s list', () => {
    const template = synthesize(props);
    const { Properties: webAcl } = Object.values<any>(template.Resources).find(({ Type }) => Type === 'AWS::WAFv2::WebACL');
    webAcl.Rules = webAcl.Rules.filter(({ Name }: { Name: string }) => Name !== 'ClientAddress');

    const { headers, ...request } = from(STRANGER, '/admin/');
    expect(outcome(new WafInterpreter(template, surroundings).handle({ ...request, headers: { 'x-origin-verify': headers!['x-origin-verify'] } }))).toBe('ALLOW');
  });

  test('the web ACL of the distribution itself sees viewers, and twice as much of a body', () => {
    const waf = firewall({ scope: WebAclScope.CLOUDFRONT, adminAllowList: ['203.0.113.0/24'] }, { badAddresses: ['192.0.2.66'] });

    expect(outcome(waf.handle({ path: '/admin/', address: OFFICE }))).toBe('ALLOW');
    expect(outcome(waf.handle({ path: '/admin/', address: STRANGER }))).toBe('BLOCK AdminAllowList');
    expect(outcome(waf.handle({ path: '/', address: '192.0.2.66' }))).toBe('BLOCK AWSManagedRulesAmazonIpReputationList');
    expect(waf.handle({ method: 'POST', path: '/admin/x/', address: OFFICE, body: `${'x'.repeat(9000)}${INJECTION}` }).counted).toContain('SQLi_BODY');
  });
});

describe('COUNT', () => {
  const props: WebAclProps = { mode: WebAclMode.COUNT, rateLimit: 10, adminAllowList: ['203.0.113.0/24'] };

  test.each<[string, WafRequest, string[]]>([
    ['an upload', { method: 'POST', path: '/api/documents/', body: UPLOAD }, ['SizeRestrictions_BODY', 'BlockSuspiciousBodies']],
    ['SQL injection', { path: '/', query: "q=1' or 1=1" }, ['AWSManagedRulesSQLiRuleSet']],
    ['an address of bad repute', { path: '/', address: '192.0.2.66' }, ['AWSManagedRulesAmazonIpReputationList']],
  ])('%s is let through and counted', (_, request, counted) => {
    expect(firewall(props, { badAddresses: ['192.0.2.66'] }).handle(request)).toMatchObject({ action: 'ALLOW', counted });
  });

  test('floods are let through and counted', () => {
    const waf = firewall(props);

    const verdicts = Array.from({ length: 11 }, () => waf.handle({ path: '/' }));
    expect(verdicts.map(outcome)).toEqual(Array(11).fill('ALLOW'));
    expect(verdicts[10].counted).toEqual(['RateLimit']);
  });

  test.each<[string, WebAclProps, WafRequest, string]>([
    ['the admin\'s list', {}, { path: '/admin/', address: STRANGER }, 'BLOCK AdminAllowList'],
    ['countries', { blockedCountries: ['KP'] }, { path: '/', address: STRANGER }, 'BLOCK Countries'],
    ['maintenance', { maintenance: {} }, { path: '/' }, 'BLOCK Maintenance'],
    ['the required header', { requiredHeader: { name: 'x-origin', value: SecretValue.secretsManager('origin') } }, { path: '/' }, 'BLOCK RequiredHeader'],
    ['the address of the client', { clientAddressHeader: 'x-viewer-address' }, { path: '/' }, 'BLOCK ClientAddress'],
  ])('%s holds all the same', (_, further, request, expected) => {
    expect(outcome(firewall({ ...props, ...further }, { countries: { [STRANGER]: 'KP' } }).handle(request))).toBe(expected);
  });
});

describe('rules of one\'s own', () => {
  const own = (priority: number, action: object, path: string) => ({
    name: `Own${priority}`,
    priority,
    action,
    visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: `Own${priority}` },
    statement: {
      byteMatchStatement: {
        fieldToMatch: { uriPath: {} }, positionalConstraint: 'STARTS_WITH', searchString: path, textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    },
  });

  test.each<[string, WafRequest, string]>([
    ['one with 10 goes before the search for attacks', { method: 'POST', path: '/webhooks/stripe/', body: INJECTION }, 'ALLOW Own10'],
    ['one with 1601 goes after it', { path: '/internal/', query: "q=1' or 1=1" }, 'BLOCK AWSManagedRulesSQLiRuleSet'],
    ['one with 1601', { path: '/internal/' }, 'BLOCK Own1601'],
    ['none goes before the admin\'s list', { path: '/webhooks/../admin/', address: STRANGER }, 'BLOCK AdminAllowList'],
  ])('%s', (_, request, expected) => {
    const rules = [own(1601, { block: {} }, '/internal/'), own(10, { allow: {} }, '/webhooks/')];

    expect(outcome(firewall({ rules, adminAllowList: ['203.0.113.0/24'] }).handle(request))).toBe(expected);
  });
});
