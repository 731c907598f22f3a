import * as fc from 'fast-check';
import { CRAWLER, FETCH, NAVIGATION, run, ViewerRequest } from './viewer';
import { LONGEST_FUNCTION, mediaFunction, pageFunction, VIEWER_ADDRESS_FUNCTION } from '../../../src/edge/spa/viewer-functions';

const PAGES = pageFunction({ pagePaths: ['/packages/'], filePaths: ['/assets/'] });

const BROWSER_LINK = { accept: { value: '*/*' } };

describe('paths of pages lead to the entry document', () => {
  test.each<[string, string, ViewerRequest['headers']]>([
    ['the root', '/', NAVIGATION],
    ['the root for a tool', '/', BROWSER_LINK],
    ['the root without headers', '/', {}],
    ['an empty path', '', NAVIGATION],
    ['a deep link', '/products', NAVIGATION],
    ['a deep link of several segments', '/products/red-chair/reviews/3', NAVIGATION],
    ['a deep link with a slash at its end', '/products/', NAVIGATION],
    ['a deep link that a script fetches', '/products/red-chair', FETCH],
    ['a deep link without headers', '/products/red-chair', {}],
    ['a deep link for a crawler', '/products/red-chair', CRAWLER],
    ['upper case', '/Products/RED-chair', NAVIGATION],
    ['a dot in a segment before the last', '/releases/v1.2/notes', NAVIGATION],
    ['a dot in a segment before the last, that a script fetches', '/main.js/notes', FETCH],
    ['a dot in the name of a user', '/users/john.doe', NAVIGATION],
    ['a dot in the name of a user, from a search engine', '/users/john.doe', CRAWLER],
    ['a dot in the name of a user, in a frame', '/users/john.doe', { ...NAVIGATION, 'sec-fetch-dest': { value: 'iframe' } }],
    ['a mail address', '/users/john@example.com', NAVIGATION],
    ['a version', '/releases/1.2.3', NAVIGATION],
    ['a version with a letter', '/releases/v1.2', NAVIGATION],
    ['a sentence', '/q/what is this...', NAVIGATION],
    ['a dot at the end', '/what.', NAVIGATION],
    ['a host name', '/sites/www.example.org', NAVIGATION],
    ['an encoded umlaut', '/users/j%C3%B6rg', NAVIGATION],
    ['an umlaut as it is', '/users/jörg', NAVIGATION],
    ['an encoded slash', '/files/a%2Fb', NAVIGATION],
    ['an encoded space', '/search/red%20chair', NAVIGATION],
    ['a plus', '/search/red+chair', NAVIGATION],
    ['an encoded question mark', '/search/why%3F', NAVIGATION],
    ['an encoded percent sign', '/discount/10%25', NAVIGATION],
    ['a broken encoding', '/discount/10%', NAVIGATION],
    ['an encoded null', '/products/%00', NAVIGATION],
    ['matrix parameters', '/map;lat=50;long=20', NAVIGATION],
    ['matrix parameters with dots', '/map;lat=50.1;long=20.9', NAVIGATION],
    ['parentheses', '/wiki/Python_(language)', NAVIGATION],
    ['two slashes', '//', NAVIGATION],
    ['two slashes and a host', '//evil.example', NAVIGATION],
    ['two slashes within', '/products//red-chair', NAVIGATION],
    ['what looks like an API of the app', '/apis/v1', FETCH],
    ['what only begins like the folder with assets', '/assets', NAVIGATION],
    ['what only begins like the folder with assets and goes on', '/assets-report', NAVIGATION],
    ['an extension in the middle of the last segment', '/docs/about.html.old-version', NAVIGATION],
    ['an extension without a name is a word', '/js', NAVIGATION],
    ['a page whose name ends like a file, where paths are said to be pages', '/packages/node.js', NAVIGATION],
    ['a page whose name ends like a file, that a script fetches', '/packages/node.js', FETCH],
    ['a very long path', `/${'a/'.repeat(2000)}`, NAVIGATION],
  ])('%s', (_, uri, headers) => {
    expect(run(PAGES, { uri, headers })).toMatchObject({ uri: '/index.html' });
  });
});

describe('paths of files stay as they are, so that what is missing is 404', () => {
  test.each<[string, string, ViewerRequest['headers']]>([
    ['the entry document', '/index.html', NAVIGATION],
    ['the configuration', '/config.json', FETCH],
    ['a script', '/assets/index-0a1b2c3d.js', { 'sec-fetch-dest': { value: 'script' } }],
    ['a chunk of a former build', '/assets/about-ffffffff.js', FETCH],
    ['a style sheet', '/assets/index-0a1b2c3d.css', { 'sec-fetch-dest': { value: 'style' } }],
    ['a source map', '/assets/index-0a1b2c3d.js.map', FETCH],
    ['a script that somebody opens', '/main.js', NAVIGATION],
    ['an image that somebody opens', '/logo.png', NAVIGATION],
    ['an image in upper case', '/LOGO.PNG', NAVIGATION],
    ['an icon', '/favicon.ico', {}],
    ['a picture', '/favicon.svg', { 'sec-fetch-dest': { value: 'image' } }],
    ['a font', '/fonts/inter.woff2', { 'sec-fetch-dest': { value: 'font' } }],
    ['a film', '/intro.mp4', { 'sec-fetch-dest': { value: 'video' } }],
    ['a manifest', '/site.webmanifest', FETCH],
    ['a service worker', '/sw.js', { 'sec-fetch-dest': { value: 'serviceworker' } }],
    ['rules for robots', '/robots.txt', CRAWLER],
    ['a site map', '/sitemap.xml', CRAWLER],
    ['a document', '/terms.pdf', NAVIGATION],
    ['a download', '/downloads/data.tar.gz', NAVIGATION],
    ['WebAssembly', '/app.wasm', FETCH],
    ['a three-dimensional model', '/chair.glb', FETCH],
    ['an unknown kind that a script fetches', '/chair.usdz', FETCH],
    ['an unknown kind as an image', '/chair.usdz', { ...NAVIGATION, 'sec-fetch-dest': { value: 'image' } }],
    ['an unknown kind for a tool', '/chair.usdz', BROWSER_LINK],
    ['an unknown kind without headers', '/chair.usdz', {}],
    ['an unknown kind in the folder with assets', '/assets/chair.usdz', NAVIGATION],
    ['no kind in the folder with assets', '/assets/LICENSE', NAVIGATION],
    ['the folder with assets', '/assets/', NAVIGATION],
    ['what other sites and apps look for', '/.well-known/apple-app-site-association', {}],
    ['what others look for, opened', '/.well-known/security.txt', NAVIGATION],
    ['what scanners look for', '/wp-login.php', NAVIGATION],
    ['an encoded dot before an extension', '/main%2Ejs', NAVIGATION],
    ['encoded characters in a name', '/report%20(1).pdf', NAVIGATION],
    ['two slashes before a file', '//assets//index.js', FETCH],
  ])('%s', (_, uri, headers) => {
    expect(run(PAGES, { uri, headers })).toMatchObject({ uri, headers });
  });
});

describe('what is hidden by a dot is not shown', () => {
  test.each([
    '/.env', '/.git/config', '/.git/', '/.publication', '/%2eenv', '/%2Egit/HEAD', '/assets%2f.env', '/assets%2F%2eenv', '/assets/.env', '/assets/.vite/manifest.json', '/.well-known', '/.well-knownx/a', '/a/.../b',
  ])('%s', (uri) => {
    expect(run(PAGES, { uri, headers: NAVIGATION })).toEqual({ statusCode: 404, statusDescription: 'Not Found' });
  });
});

describe('paths that climb are refused', () => {
  test.each([
    '/../etc/passwd', '/..', '/.', '/./main.js', '/assets/../config.json', '/assets/..', '/%2e%2e/secret.txt', '/assets/%2E%2E/x.js', '/assets/..%2fx.js', '/assets/%2e%2e%2Fx.js',
    '/assets\\..\\x.js', '/..%5cx.js', '/products/../../admin/', '/packages/../x.js', '..', '/a/.%2e/b',
  ])('%s', (uri) => {
    expect(run(PAGES, { uri, headers: NAVIGATION })).toEqual({ statusCode: 400, statusDescription: 'Bad Request' });
  });

  test.each(['/a..b', '/a/b..', '/v1..2/x'])('but not %s', (uri) => {
    expect(run(PAGES, { uri, headers: NAVIGATION }).statusCode).toBeUndefined();
  });
});

describe('the rest of a request for the app', () => {
  test('stays as it is', () => {
    const request = {
      method: 'HEAD', uri: '/search', querystring: { q: { value: 'a.js/../b' } }, headers: NAVIGATION, cookies: { sessionid: { value: 'x' } },
    };
    expect(run(PAGES, request)).toEqual({ ...request, uri: '/index.html' });
  });

  test('no path leads to the root of the bucket, which would be its listing', () => {
    for (const uri of ['', '/', '//', '/?list-type=2', '/%2F', '/%2f%2f']) {
      expect(run(PAGES, { uri, headers: {} }).uri).toBe('/index.html');
    }
  });

  test('code and its longest legal settings fit into a function', () => {
    expect(Buffer.byteLength(PAGES)).toBeLessThan(LONGEST_FUNCTION / 2);
  });
});

describe('whatever the path', () => {
  const segment = fc.oneof(fc.constantFrom('', '.', '..', '%2e', '%2E.', '%2f', '.env', '.git', 'assets', 'a.js', 'john.doe', 'main%2Ejs', '...', '\\'), fc.string({ maxLength: 8 }));
  const uris = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`);
  const headers = fc.constantFrom(NAVIGATION, FETCH, CRAWLER, BROWSER_LINK, {});

  test('a request ends at the entry document, at what it named, or nowhere; never at the root, above it, or at what is hidden', () => {
    fc.assert(fc.property(uris, headers, (uri, given) => {
      const { uri: outcome, statusCode } = run(PAGES, { uri, headers: given });
      if (statusCode !== undefined) {
        expect([400, 404]).toContain(statusCode);
      } else if (outcome !== '/index.html') {
        expect(outcome).toBe(uri);
        const key = outcome.replace(/%2e/gi, '.').replace(/%2f/gi, '/');
        expect(key.split(/[/\\]/)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^\.{1,2}$/)]));
        expect(key).not.toMatch(/^\/*$|\/\.(?!well-known\/)/);
      }
    }), { numRuns: 500 });
  });

  test('what comes out goes in unchanged', () => {
    fc.assert(fc.property(uris, headers, (uri, given) => {
      const { uri: outcome } = run(PAGES, { uri, headers: given });
      if (outcome !== undefined) {
        expect(run(PAGES, { uri: outcome, headers: given }).uri).toBe(outcome);
      }
    }), { numRuns: 200 });
  });
});

describe('requests to the backend', () => {
  test.each([['IPv4', '203.0.113.9'], ['IPv6', '2001:db8::17']])('carry the address of the viewer, %s', (_, address) => {
    expect(run(VIEWER_ADDRESS_FUNCTION, { uri: '/api/' }, address).headers).toEqual({ 'x-viewer-address': { value: address } });
  });

  test('carry no address that the viewer made up', () => {
    const made = { 'x-viewer-address': { value: '10.0.0.1', multiValue: [{ value: '10.0.0.1' }, { value: '10.0.0.2' }] } };

    expect(run(VIEWER_ADDRESS_FUNCTION, { uri: '/api/', headers: made }).headers).toEqual({ 'x-viewer-address': { value: '198.51.100.7' } });
  });

  test.each(['/api/products/red.chair', '/admin/', '/api/missing', '/api/../x', '/api//x', '/api/a%2Fb', '/admin/shop/product/_2E_2E/change/'])(
    'keep path, query, method, cookies and headers: %s', (uri) => {
      const request = {
        method: 'DELETE',
        uri,
        querystring: { page: { value: '2' } },
        headers: { 'host': { value: 'shop.example.com' }, 'x-csrftoken': { value: 't' }, 'authorization': { value: 'Token x' } },
        cookies: { sessionid: { value: 's' } },
      };
      expect(run(VIEWER_ADDRESS_FUNCTION, request)).toEqual({ ...request, headers: { ...request.headers, 'x-viewer-address': { value: '198.51.100.7' } } });
    });
});

describe('uploads in a bucket of their own', () => {
  const KEYS = mediaFunction('/media/', '');

  test.each([
    ['/media/a.jpg', '/a.jpg'], ['/media/2026/11/a%20b.pdf', '/2026/11/a%20b.pdf'], ['/media/media/a.jpg', '/media/a.jpg'], ['/media//a.jpg', '//a.jpg'],
  ])('%s has the key %s', (uri, key) => {
    expect(run(KEYS, { uri }).uri).toBe(key);
  });

  test.each(['/media/', '/media//', '/media/2026/', '/x/../media/a.jpg', '/%6Dedia/a.jpg', '/MEDIA/a.jpg', '/media'])('%s is none', (uri) => {
    expect(run(KEYS, { uri })).toEqual({ statusCode: 404, statusDescription: 'Not Found' });
  });
});

describe('uploads in a shared bucket', () => {
  test.each(['/media/a.jpg', '/media/2026/11/a%20b.pdf'])('%s is a key', (uri) => {
    expect(run(mediaFunction('/media/', 'media/'), { uri }).uri).toBe(uri);
  });
});

describe('uploads', () => {
  const load = (destination: string) => run(mediaFunction('/media/', ''), { uri: '/media/a', headers: { 'sec-fetch-dest': { value: destination } } });

  test.each(['script', 'style', 'worker', 'sharedworker', 'serviceworker', 'audioworklet', 'paintworklet', 'xslt', 'manifest'])('are never loaded as %s', (destination) => {
    expect(load(destination)).toEqual({ statusCode: 403, statusDescription: 'Forbidden' });
  });

  test.each(['image', 'audio', 'video', 'track', 'document', 'empty', 'iframe', 'font', 'object', 'embed'])('are loaded as %s', (destination) => {
    expect(load(destination).uri).toBe('/a');
  });
});
