import { MANAGED_GROUPS } from './managed-rules-model';
import { firewall, INJECTION, OFFICE, outcome, STRANGER, UPLOAD } from './synthesized-firewall';
import { WafInterpreter, WafRequest } from './waf-interpreter';
import { MANAGED_RULE_NAMES } from '../../../src/edge/firewall/waf-rules/managed-rules';

const RICH_TEXT = `csrfmiddlewaretoken=x&body=${'<h2 style="color:red">Autumn</h2><p>Hats &amp; <a href="https://shop.example.com">scarves</a></p>'.repeat(220)}`;
const ILLUSTRATED_TEXT = 'body=<p>See</p><script>embed("https://203.0.113.9/player")</script><img src="../../media/hat.png">';
const SHORT_UPLOAD = '--b\r\nContent-Disposition: form-data; name="file"; filename="hats.csv"\r\n\r\nname;link\r\nhat;http://203.0.113.9/hat\r\n--b--';

describe('what Django projects get every day', () => {
  test('the texts of these tests are as large as they are said to be', () => {
    expect(RICH_TEXT.length).toBeGreaterThan(20 * 1024);
    expect(UPLOAD.length).toBeGreaterThan(1024 * 1024);
  });

  test.each<[string, WafRequest, string]>([
    ['a page', { path: '/' }, 'ALLOW'],
    ['a list with filters', { path: '/products/', query: 'q=winter+hat&category=7&page=2' }, 'ALLOW'],
    ['the log-in form', { path: '/admin/login/', query: 'next=/admin/' }, 'ALLOW'],
    ['a log-in', { method: 'POST', path: '/admin/login/', body: 'csrfmiddlewaretoken=x&username=ann&password=p%40ss-w0rd%21' }, 'ALLOW'],
    ['a save of 20 KB of rich text in the admin', { method: 'POST', path: '/admin/blog/post/7/change/', body: RICH_TEXT }, 'ALLOW'],
    ['a save of text with scripts, addresses and pictures in the admin', { method: 'POST', path: '/admin/blog/post/add/', body: ILLUSTRATED_TEXT }, 'ALLOW'],
    ['an upload in the admin', { method: 'POST', path: '/admin/catalog/attachment/add/', body: UPLOAD }, 'ALLOW'],
    ['a small JSON body to the API', { method: 'POST', path: '/api/orders/', body: '{"product": 7, "note": "It\'s for O\'Neil; or 2"}' }, 'ALLOW'],
    ['a preflight of the browser', { method: 'OPTIONS', path: '/api/orders/' }, 'ALLOW'],
    ['a token in a header', { path: '/api/orders/', headers: { authorization: 'Bearer eyJhbGciOi' } }, 'ALLOW'],
    ['an upload to an API that is no upload path', { method: 'POST', path: '/api/documents/', body: UPLOAD }, 'BLOCK BlockSuspiciousBodies'],
    ['a short upload with a suspicious link to such an API', { method: 'POST', path: '/api/documents/', body: SHORT_UPLOAD }, 'BLOCK BlockSuspiciousBodies'],
    ['20 KB of rich text elsewhere', { method: 'POST', path: '/comments/', body: RICH_TEXT }, 'BLOCK BlockSuspiciousBodies'],
    ['8 KB sharp elsewhere', { method: 'POST', path: '/comments/', body: 'x'.repeat(8192) }, 'ALLOW'],
    ['a byte more elsewhere', { method: 'POST', path: '/comments/', body: 'x'.repeat(8193) }, 'BLOCK BlockSuspiciousBodies'],
  ])('%s', (_, request, expected) => {
    expect(outcome(firewall().handle(request))).toBe(expected);
  });

  test.each<[string, WafRequest, string]>([
    ['an upload there', { method: 'POST', path: '/api/documents/7/file', body: UPLOAD }, 'ALLOW'],
    ['a short one with a suspicious link there', { method: 'POST', path: '/api/documents/', body: SHORT_UPLOAD }, 'ALLOW'],
    ['an upload in the admin, which is not named any more', { method: 'POST', path: '/admin/catalog/attachment/add/', body: UPLOAD }, 'BLOCK BlockSuspiciousBodies'],
    ['an upload elsewhere', { method: 'POST', path: '/api/avatars/', body: UPLOAD }, 'BLOCK BlockSuspiciousBodies'],
    ['a path that leaves the upload path', { method: 'POST', path: '/api/documents/../avatars/', body: UPLOAD }, 'BLOCK BlockSuspiciousBodies'],
    ['a path that leaves it in code', { method: 'POST', path: '/api/documents/%2e%2e/avatars/', body: UPLOAD }, 'BLOCK BlockSuspiciousBodies'],
    ['a path that only a server that tidies up reads as an upload path', { method: 'POST', path: '/api/avatars/../documents/', body: UPLOAD },
      'BLOCK BlockSuspiciousBodies'],
    ['a path that ends with leaving it', { method: 'POST', path: '/api/documents/..', body: UPLOAD }, 'BLOCK BlockSuspiciousBodies'],
    ['a path under it that a server might tidy up', { method: 'POST', path: '/api/documents//7/./file', body: UPLOAD }, 'ALLOW'],
    ['a path that begins with two slashes', { method: 'POST', path: '//api/documents/', body: UPLOAD }, 'BLOCK BlockSuspiciousBodies'],
    ['another path with the same letters', { method: 'POST', path: '/v2/api/documents/', body: UPLOAD }, 'BLOCK BlockSuspiciousBodies'],
    ['the upload path in code', { method: 'POST', path: '/%61pi/documents/', body: UPLOAD }, 'ALLOW'],
    ['a dot in a file name', { method: 'POST', path: '/api/documents/.hidden..pdf', body: UPLOAD }, 'ALLOW'],
  ])("uploadPaths ['/api/documents/']: %s", (_, request, expected) => {
    expect(outcome(firewall({ uploadPaths: ['/api/documents/'] }).handle(request))).toBe(expected);
  });
});

describe('rules that only count', () => {
  const long: WafRequest = { method: 'POST', path: '/api/events/', body: 'x'.repeat(20_000) };
  const device: WafRequest = { path: '/ping/', headers: { 'user-agent': '' } };
  const named = ['NoUserAgent_HEADER', 'RestrictedExtensions_URIPATH', 'SizeRestrictions_BODY', 'SQLi_QUERYARGUMENTS'];

  test.each<[string, WafRequest, string]>([
    ['a device without a user agent', device, 'AWSManagedRulesCommonRuleSet'],
    ['a document with the name of a log', { path: '/documents/3/server.log' }, 'AWSManagedRulesCommonRuleSet'],
    ['a long body of an API', long, 'BlockSuspiciousBodies'],
    ['SQL in a query', { path: '/products/', query: "q=1' or 1=1--" }, 'AWSManagedRulesSQLiRuleSet'],
  ])('%s passes when its rule is named, and else does not', (_, request, rule) => {
    expect(outcome(firewall().handle(request))).toBe(`BLOCK ${rule}`);
    expect(outcome(firewall({ countedRules: named }).handle(request))).toBe('ALLOW');
  });

  test.each<[string, WafRequest, string]>([
    ['SQL in a body', { method: 'POST', path: '/accounts/login/', body: INJECTION }, 'BLOCK BlockSuspiciousBodies'],
    ['a bad bot', { path: '/', headers: { 'user-agent': 'nmap' } }, 'BLOCK AWSManagedRulesCommonRuleSet'],
  ])('the others go on blocking: %s', (_, request, expected) => {
    expect(outcome(firewall({ countedRules: named }).handle(request))).toBe(expected);
  });

  test('each rule that these tests know is one that can be named', () => {
    const { AWSManagedRulesAmazonIpReputationList: _, ...groups } = MANAGED_GROUPS;
    const unknown = Object.values(groups).flat().map(({ name }) => name).filter((name) => !MANAGED_RULE_NAMES.includes(name));
    expect(unknown).toEqual([]);
  });

  test('no body is blocked when all rules on bodies are named', () => {
    const bodies = MANAGED_RULE_NAMES.filter((name) => /^(?!Log4J|Java).*_BODY$/.test(name));
    expect(outcome(firewall({ countedRules: bodies }).handle({ method: 'POST', path: '/api/documents/', body: UPLOAD }))).toBe('ALLOW');
    expect(outcome(firewall({ countedRules: bodies.slice(1) }).handle({ method: 'POST', path: '/api/documents/', body: UPLOAD }))).toBe('BLOCK BlockSuspiciousBodies');
  });
});

describe('attacks', () => {
  test.each<[string, WafRequest, string]>([
    ['SQL injection in a form', { method: 'POST', path: '/accounts/login/', body: INJECTION }, 'BLOCK BlockSuspiciousBodies'],
    ['SQL injection in a query', { path: '/products/', query: "q=1' or 1=1--" }, 'BLOCK AWSManagedRulesSQLiRuleSet'],
    ['SQL injection in a query of the admin', { path: '/admin/blog/post/', query: 'q=x UNION SELECT password' }, 'BLOCK AWSManagedRulesSQLiRuleSet'],
    ['SQL injection in a cookie', { path: '/', headers: { cookie: "sessionid=1' or '1'='1" } }, 'BLOCK AWSManagedRulesSQLiRuleSet'],
    ['a procedure of the database in a form', { method: 'POST', path: '/contact/', body: "x=';WAITFOR DELAY '0:0:9'" }, 'BLOCK BlockSuspiciousBodies'],
    ['a script in a query', { path: '/', query: 'q=<script>alert(1)</script>' }, 'BLOCK AWSManagedRulesCommonRuleSet'],
    ['a script in a form', { method: 'POST', path: '/comments/', body: 'text=<script>alert(1)</script>' }, 'BLOCK BlockSuspiciousBodies'],
    ['a look at the instance metadata', { method: 'POST', path: '/api/import/', body: '{"url":"http://169.254.169.254/latest"}' }, 'BLOCK BlockSuspiciousBodies'],
    ['a path to a file of the server', { path: '/../../etc/passwd' }, 'BLOCK AWSManagedRulesCommonRuleSet'],
    ['a log file', { path: '/debug.log' }, 'BLOCK AWSManagedRulesCommonRuleSet'],
    ['Log4j in a header', { path: '/', headers: { referer: '${jndi:ldap://x/}' } }, 'BLOCK AWSManagedRulesKnownBadInputsRuleSet'],
    ['Log4j in an upload in the admin', { method: 'POST', path: '/admin/blog/post/add/', body: 'x=${jndi:ldap://x/}' }, 'BLOCK AWSManagedRulesKnownBadInputsRuleSet'],
    ['a client without a name', { path: '/', headers: { 'user-agent': '' } }, 'BLOCK AWSManagedRulesCommonRuleSet'],
    ['an address of bad repute', { path: '/', address: '192.0.2.66' }, 'BLOCK AWSManagedRulesAmazonIpReputationList'],
  ])('%s', (_, request, expected) => {
    expect(outcome(firewall(undefined, { badAddresses: ['192.0.2.66'] }).handle(request))).toBe(expected);
  });

  test('the label of SQL injection is what blocks, and it only counts on an upload path', () => {
    const body = 'sql=1 UNION SELECT 2';

    expect(firewall().handle({ method: 'POST', path: '/api/orders/', body })).toMatchObject({
      action: 'BLOCK', status: 403, counted: ['SQLi_BODY'], labels: ['awswaf:managed:aws:sql-database:SQLi_Body'],
    });
    expect(firewall().handle({ method: 'POST', path: '/admin/explorer/', body })).toMatchObject({ action: 'ALLOW', counted: ['SQLi_BODY'] });
  });

  test('what stands after the first 8 KB is not seen, so the length is what blocks', () => {
    const verdict = firewall().handle({ method: 'POST', path: '/api/orders/', body: `${'x'.repeat(9000)}${INJECTION}` });

    expect(verdict.labels).toEqual(['awswaf:managed:aws:core-rule-set:SizeRestrictions_Body']);
    expect(verdict.action).toBe('BLOCK');
  });
});

describe('limits', () => {
  /** How many of so many requests are let through, one each so many seconds. */
  function letThrough(waf: WafInterpreter, count: number, request: WafRequest, secondsBetween = 0): number {
    return Array.from({ length: count }, (_, index) => waf.handle(request, index * secondsBetween)).filter(({ action }) => action === 'ALLOW').length;
  }

  test('the 2,001st request of an address in five minutes gets the status 429, and others none', () => {
    const waf = firewall();

    expect(letThrough(waf, 2000, { path: '/', address: STRANGER })).toBe(2000);
    expect(waf.handle({ path: '/', address: STRANGER })).toMatchObject({ action: 'BLOCK', rule: 'RateLimit', status: 429 });
    expect(outcome(waf.handle({ path: '/', address: OFFICE }))).toBe('ALLOW');
    expect(outcome(waf.handle({ path: '/', address: STRANGER }, 299))).toBe('BLOCK RateLimit');
    expect(outcome(waf.handle({ path: '/', address: STRANGER }, 599))).toBe('ALLOW');
  });

  test('a steady visitor is never over the limit', () => {
    expect(letThrough(firewall(), 6000, { path: '/' }, 0.16)).toBe(6000);
  });

  test('the 101st password gets the status 429, and the form is still shown', () => {
    const waf = firewall();
    const attempt: WafRequest = { method: 'POST', path: '/accounts/login/', body: 'username=ann&password=x', address: STRANGER };

    expect(letThrough(waf, 100, attempt)).toBe(100);
    expect(waf.handle(attempt)).toMatchObject({ action: 'BLOCK', rule: 'LoginRateLimit', status: 429 });
    expect(outcome(waf.handle({ ...attempt, path: '/accounts/%6Cogin/' }))).toBe('BLOCK LoginRateLimit');
    expect(outcome(waf.handle({ ...attempt, address: OFFICE }))).toBe('ALLOW');
    expect(outcome(waf.handle({ path: '/accounts/login/', address: STRANGER }))).toBe('ALLOW');
  });

  test('limits of one\'s own', () => {
    expect(letThrough(firewall({ rateLimit: 10 }), 20, { path: '/' })).toBe(10);
    expect(letThrough(firewall({ loginRateLimit: 10, loginPaths: ['/api/token/'] }), 20, { method: 'POST', path: '/api/token/' })).toBe(10);
  });
});
