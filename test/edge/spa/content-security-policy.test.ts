import { SpaContentSecurityPolicy } from '../../../src/edge/spa/content-security-policy';
import { TOKEN } from '../../helpers';

const DEFAULTS = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
  + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

describe('a content security policy', () => {
  test('allows the site itself', () => {
    expect(SpaContentSecurityPolicy.enforced()._enforced).toBe(DEFAULTS);
    expect(SpaContentSecurityPolicy.enforced()._reported).toBeUndefined();
    expect(SpaContentSecurityPolicy.enforced()._problem()).toBeUndefined();
  });

  test('takes directives one by one, also those without sources', () => {
    expect(SpaContentSecurityPolicy.enforced({ 'img-src': "'self' https:", 'upgrade-insecure-requests': '', 'worker-src': "'self' blob:" })._enforced)
      .toBe(`${DEFAULTS.replace("'self' data: blob:", "'self' https:")}; upgrade-insecure-requests; worker-src 'self' blob:`);
  });

  test('allows further sources beside the defaults', () => {
    const policy = SpaContentSecurityPolicy.enforced()._allowing({ 'connect-src': ['https://api.example.com'], 'media-src': ['https://a.example.com'] });

    expect(policy._enforced).toBe(`${DEFAULTS.replace("connect-src 'self'", "connect-src 'self' https://api.example.com")}; media-src 'self' https://a.example.com`);
    expect(policy._allowing({ 'connect-src': ['https://api.example.com', 'https://b.example.com'] })._enforced)
      .toContain("connect-src 'self' https://api.example.com https://b.example.com;");
  });

  test('keeps what was given', () => {
    const policy = SpaContentSecurityPolicy.reportOnly({ 'connect-src': "'none'" })._allowing({ 'connect-src': ['https://api.example.com'], 'img-src': ['https://a.example.com'] });

    expect(policy._reported).toContain("img-src 'self' data: blob: https://a.example.com; ");
    expect(policy._reported).toContain("connect-src 'none'; ");
    expect(SpaContentSecurityPolicy.none()._allowing({ 'connect-src': ['https://api.example.com'] })._enforced).toBeUndefined();
  });

  test('nothing and something is something', () => {
    expect(SpaContentSecurityPolicy.enforced({ 'default-src': "'none'" })._allowing({ 'media-src': ['https://a.example.com'] })._enforced).toContain('; media-src https://a.example.com');
  });

  test('bears tokens in further sources', () => {
    expect(SpaContentSecurityPolicy.enforced()._allowing({ 'img-src': Array.from({ length: 40 }, () => `https://${TOKEN.string()}`) })._problem()).toBeUndefined();
  });

  test('may be reported only, or left out', () => {
    expect(SpaContentSecurityPolicy.reportOnly()._reported).toBe(DEFAULTS);
    expect(SpaContentSecurityPolicy.reportOnly()._enforced).toBeUndefined();
    expect(SpaContentSecurityPolicy.none()._enforced ?? SpaContentSecurityPolicy.none()._reported).toBeUndefined();
  });

  test('takes tokens', () => {
    expect(SpaContentSecurityPolicy.enforced({ 'connect-src': `'self' ${TOKEN.string()}` })._problem()).toBeUndefined();
  });

  test.each<[Record<string, unknown> | unknown[], string]>([
    [{ 'conect-src': "'self'" }, '"conect-src" is no directive: write "connect-src"'],
    [{ connectSrc: "'self'" }, '"connectSrc" is no directive: write "connect-src"'],
    [{ x: "'self'" }, '"x" is no directive'],
    [{ 'connect-src': 'self https://a.example.com' }, "\"connect-src\" must have its keywords in single quotes, got \"self https://a.example.com\": write 'self'"],
    [{ 'style-src': "'self' unsafe-inline" }, "\"style-src\" must have its keywords in single quotes, got \"'self' unsafe-inline\": write 'unsafe-inline'"],
    [{ 'connect-src': ["'self'", 'https://a.example.com'] }, "\"connect-src\" must be a string, got [\"'self'\",\"https://a.example.com\"]: write \"'self' https://a.example.com\""],
    [{ 'connect-src': 5 }, '"connect-src" must be a string, got 5'],
    [{ 'connect-src': "'self'; script-src *" },
      '"connect-src" must hold its sources alone, separated by spaces, got "\'self\'; script-src *": give each directive by its own name'],
    [{ 'connect-src': "'self'\nx" }, '"connect-src" must hold its sources alone, separated by spaces, got "\'self\'\\nx": give each directive by its own name'],
    [{ 'img-src': 'https://bücher.example.com' }, '"img-src" must hold printable ASCII characters only, got "https://bücher.example.com": write host names in Punycode'],
    [["default-src 'self'"], "directives must be an object, got [\"default-src 'self'\"]: e.g. { 'connect-src': \"'self' https://api.example.com\" }"],
    [{ 'connect-src': 'https://a.example.com '.repeat(100) },
      'the policy must have 1783 characters at most, which is what CloudFront takes, got 2399: name whole domains, e.g. https://*.example.com'],
  ])('%j is refused', (directives, message) => {
    expect(SpaContentSecurityPolicy.enforced(directives as Record<string, string>)._problem()).toBe(message);
  });

  test('a style of code in a list of names is no keyword', () => {
    expect(SpaContentSecurityPolicy.enforced({ 'trusted-types': 'none' })._problem()).toBeUndefined();
  });
});
