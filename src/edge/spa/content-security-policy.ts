import { nearest } from '../../private/nearest';
import { isKnown, joined, show } from '../../private/validation';

/** What a build of Vite and most others needs: its own scripts and styles, no inline ones; images and fonts also from within them. */
const DEFAULT_DIRECTIVES: Record<string, string> = {
  'default-src': "'self'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'font-src': "'self' data:",
  'connect-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'self'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
};

/** @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy */
const DIRECTIVES = [
  ...Object.keys(DEFAULT_DIRECTIVES), 'child-src', 'fenced-frame-src', 'frame-src', 'manifest-src', 'media-src', 'prefetch-src', 'script-src-attr', 'script-src-elem',
  'style-src-attr', 'style-src-elem', 'worker-src', 'sandbox', 'report-to', 'report-uri', 'require-trusted-types-for', 'trusted-types', 'upgrade-insecure-requests',
];

const KEYWORD = /^(?:self|none|unsafe-inline|unsafe-eval|unsafe-hashes|wasm-unsafe-eval|strict-dynamic|report-sample|(?:nonce|sha256|sha384|sha512)-\S+)$/;

/**
 * The longest value that CloudFront takes in a response headers policy.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
const LONGEST_POLICY = 1783;

enum Mode { ENFORCED, REPORT_ONLY, NONE }

/**
 * Content security policy of a single-page app: where its scripts, styles, images and requests may come from and go to.
 *
 * The defaults allow the site itself only, and no inline scripts or styles, so that text which a user typed never runs as a script:
 * `default-src`, `script-src`, `style-src`, `connect-src`, `base-uri` and `form-action` are `'self'`; `object-src` and `frame-ancestors` are
 * `'none'`; images may also be `data:` and `blob:`, fonts `data:`. Directives that you give take the place of these one by one.
 *
 * @example
 *
 * const policy = SpaContentSecurityPolicy.enforced({
 *   'connect-src': "'self' https://o1.ingest.sentry.io",
 *   'img-src': "'self' data: https://shop-media.s3.eu-central-1.amazonaws.com",
 * });
 */
export class SpaContentSecurityPolicy {
  /**
   * A policy that browsers hold pages to.
   * @param directives sources by directive, as they stand in the header; they replace the defaults one by one
   */
  public static enforced(directives: { [directive: string]: string } = {}): SpaContentSecurityPolicy {
    return new SpaContentSecurityPolicy(Mode.ENFORCED, directives);
  }

  /**
   * A policy whose violations browsers report, on the console and to `report-to`, and allow: for the time in which you find out what a site needs.
   * @param directives sources by directive, as they stand in the header; they replace the defaults one by one
   */
  public static reportOnly(directives: { [directive: string]: string } = {}): SpaContentSecurityPolicy {
    return new SpaContentSecurityPolicy(Mode.REPORT_ONLY, directives);
  }

  /**
   * No policy.
   *
   * **WARNING**: the site shares its origin with Django, so a script that somebody slips into a page acts with the session of whoever looks at it,
   * also in the admin.
   */
  public static none(): SpaContentSecurityPolicy {
    return new SpaContentSecurityPolicy(Mode.NONE, {});
  }

  private constructor(
    private readonly mode: Mode,
    private readonly given: { [directive: string]: string },
    private readonly defaults: Record<string, string> = DEFAULT_DIRECTIVES,
  ) {}

  /**
   * The header, where the policy is enforced.
   * @internal
   */
  public get _enforced(): string | undefined {
    return this.mode === Mode.ENFORCED ? this.value : undefined;
  }

  /**
   * The header, where violations are reported only.
   * @internal
   */
  public get _reported(): string | undefined {
    return this.mode === Mode.REPORT_ONLY ? this.value : undefined;
  }

  /**
   * Who may show the site in a frame.
   * @internal
   */
  public get _frameAncestors(): string {
    return this.directives['frame-ancestors'].trim();
  }

  /**
   * Whether the app may call its own site, where the configuration and the backend are.
   * @internal
   */
  public get _reachesSite(): boolean {
    const sources = this.given['connect-src'];
    return typeof sources !== 'string' || !isKnown(sources) || sources.split(/\s+/).some((source) => ["'self'", '*', 'https:'].includes(source.toLowerCase()));
  }

  /**
   * What is wrong with the directives.
   * @internal
   */
  public _problem(): string | undefined {
    const { given } = this;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      return `directives must be an object, got ${show(given)}: e.g. { 'connect-src': "'self' https://api.example.com" }`;
    }
    return joined(Object.entries(given).map(([directive, sources]) => directiveProblem(directive) ?? sourcesProblem(directive, sources)))
      ?? (isKnown(this.value) && this.value.length > LONGEST_POLICY
        ? `the policy must have ${LONGEST_POLICY} characters at most, which is what CloudFront takes, got ${this.value.length}: name whole domains, e.g. https://*.example.com`
        : undefined);
  }

  /**
   * The policy with further sources in what it has by default. Directives that were given stay as they are.
   * @param sources sources by directive
   * @internal
   */
  public _allowing(sources: { [directive: string]: string[] }): SpaContentSecurityPolicy {
    const extended = Object.entries(sources).map(([directive, further]) => [directive, withSources(this.sourcesOf(directive), further)]);
    return new SpaContentSecurityPolicy(this.mode, this.given, { ...this.defaults, ...Object.fromEntries(extended) });
  }

  /** What browsers go by where a directive is not there. */
  private sourcesOf(directive: string): string {
    return this.defaults[directive] ?? this.directives['default-src'];
  }

  private get directives(): Record<string, string> {
    return { ...this.defaults, ...this.given };
  }

  private get value(): string {
    return Object.entries(this.directives).map(([directive, sources]) => `${directive} ${sources}`.trim()).join('; ');
  }
}

function withSources(sources: string, further: string[]): string {
  return [...new Set([...sources.split(' ').filter((source) => source !== "'none'"), ...further])].join(' ');
}

function directiveProblem(directive: string): string | undefined {
  if (DIRECTIVES.includes(directive)) {
    return undefined;
  }
  const meant = nearest(directive, DIRECTIVES);
  return `${show(directive)} is no directive${meant ? `: write ${show(meant)}` : ''}`;
}

function sourcesProblem(directive: string, sources: unknown): string | undefined {
  if (typeof sources !== 'string') {
    const list = Array.isArray(sources) ? `: write ${show(sources.join(' '))}` : '';
    return `${show(directive)} must be a string, got ${show(sources)}${list}`;
  }
  if (!isKnown(sources)) {
    return undefined;
  }
  if (/[;,\r\n]/.test(sources)) {
    return `${show(directive)} must hold its sources alone, separated by spaces, got ${show(sources)}: give each directive by its own name`;
  }
  if (!/^[\x20-\x7e]*$/.test(sources)) {
    return `${show(directive)} must hold printable ASCII characters only, got ${show(sources)}: write host names in Punycode`;
  }
  const bare = sources.split(/\s+/).filter((source) => KEYWORD.test(source));
  return bare.length > 0 && directive !== 'trusted-types'
    ? `${show(directive)} must have its keywords in single quotes, got ${show(sources)}: write ${bare.map((source) => `'${source}'`).join(' ')}`
    : undefined;
}
