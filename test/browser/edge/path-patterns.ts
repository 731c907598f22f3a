/**
 * Whether a path pattern of a cache behaviour matches: `*` is anything, `?` one character, case matters, the leading slash does not.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
 */
export function matchesPath(pattern: string, path: string): boolean {
  const expression = `/${pattern.replace(/^\//, '')}`.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^]*').replace(/\?/g, '[^]');
  return new RegExp(`^${expression}$`).test(path);
}

/**
 * The path as CloudFront compares it with path patterns; the origin gets it as it was sent.
 * @see https://datatracker.ietf.org/doc/html/rfc3986#section-6.2.2
 */
export function normalizedPath(path: string): string {
  const decoded = path.replace(/%[0-9a-f]{2}/gi, (octet) => {
    const character = String.fromCharCode(parseInt(octet.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : octet.toUpperCase();
  });
  const segments: string[] = [];
  const given = decoded.split('/').slice(1);
  given.forEach((segment, index) => {
    const isLast = index === given.length - 1;
    if (segment === '..') {
      segments.pop();
    } else if (segment !== '.') {
      segments.push(segment);
    }
    if (isLast && (segment === '.' || segment === '..')) {
      segments.push('');
    }
  });
  return `/${segments.join('/')}`;
}
