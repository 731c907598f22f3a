import { deepStrictEqual, match, ok, strictEqual } from 'assert';
import { Site, Visit, VISITOR } from './site';
import { arrives, asks, fillsIn, LONG, logsIn, PRODUCT, sends, shows, uploads } from './steps';

/** What people do on the site; each throws where it does not work. */
export type Flow = (visit: Visit) => Promise<void>;

export const FLOWS = {
  'the start page shows what the API has': async ({ page, site }) => {
    const answer = await arrives(page, '/');
    await shows(page, 'Products');
    await page.getByRole('link', { name: PRODUCT.name, exact: true }).waitFor();
    strictEqual(await page.title(), `Products · ${site.name}`);
    strictEqual(answer.headers()['cache-control'], 'no-cache');
  },

  'plain HTTP leads to HTTPS': async ({ page, site }) => {
    const answer = await page.goto(`http://${site.host}${PRODUCT.path}?from=paper`);
    strictEqual(page.url(), `https://${site.host}${PRODUCT.path}?from=paper`);
    strictEqual((await answer!.request().redirectedFrom()!.response())!.status(), 301);
    await shows(page, PRODUCT.name);
  },

  'links within the app load no document': async ({ page }) => {
    await arrives(page, '/');
    await page.getByRole('link', { name: PRODUCT.name, exact: true }).click();
    await shows(page, PRODUCT.name);
    strictEqual(new URL(page.url()).pathname, PRODUCT.path);
    await page.goBack();
    await shows(page, 'Products');
    strictEqual(await page.evaluate('performance.getEntriesByType("navigation").length'), 1);
  },

  'a deep link opens, and again on reload': async ({ page }) => {
    const answer = await arrives(page, PRODUCT.path);
    await shows(page, PRODUCT.name);
    match(answer.headers()['content-type'], /^text\/html/);
    strictEqual((await page.reload())!.ok(), true);
    await shows(page, PRODUCT.name);
    await arrives(page, '/about/?tab=1#team');
    await shows(page, 'About');
  },

  'a deep link with dots and encoded characters is the app\'s': async (visit) => {
    for (const path of ['/products/john.doe', '/products/caf%C3%A9', '/products/v1.2', '/products/a%2Fb']) {
      await arrives(visit.page, path);
      await shows(visit.page, 'Not found');
      await visit.page.reload();
      await shows(visit.page, 'Not found');
    }
    visit.forgives(/status of 404/);
  },

  'what the app does not know is said by the app': async ({ page }) => {
    await arrives(page, '/no/such/page');
    await shows(page, 'Page not found');
  },

  'a 404 of the API is shown as one': async (visit) => {
    await arrives(visit.page, '/products/none');
    await shows(visit.page, 'Not found');
    match(await visit.page.getByRole('alert').innerText(), /No such product\. \(status 404\)/);
    const answer = visit.answerTo('/api/products/none/');
    strictEqual(answer.status(), 404);
    match(answer.headers()['content-type'], /^application\/json/);
    deepStrictEqual(await answer.json(), { error: 'No such product.' });
    const none = await asks(visit.page, '/api/no-such-path/');
    deepStrictEqual([none.status, none.type], [404, 'application/json']);
    visit.forgives(/status of 404/);
  },

  'a file that is missing is no page': async (visit) => {
    const { page } = visit;
    for (const path of ['/assets/index-00000000.js', '/none.png', '/products/none.css']) {
      const answer = (await page.goto(path))!;
      strictEqual(answer.status(), 404, path);
      ok(!(await answer.text()).includes('<script'), `${path} answers with the app`);
    }
    // The second is what Chromium's own viewer of XML does.
    visit.forgives(/status of 404|Applying inline style/);
  },

  'somebody logs in, stays so on reload, and logs out': async (visit) => {
    const { page, site } = visit;
    await logsIn(visit, '/');
    await page.reload();
    await shows(page, 'Products');
    strictEqual(await page.getByRole('button', { name: 'Log out' }).count(), 1, 'the session is gone');
    const cookies = await visit.context.cookies();
    deepStrictEqual(cookies.map(({ name, domain, secure, sameSite }) => ({ name, domain, secure, sameSite })), ['csrftoken', 'sessionid'].map((name) => (
      { name, domain: site.host, secure: true, sameSite: 'Lax' })));
    strictEqual(cookies.find(({ name }) => name === 'sessionid')!.httpOnly, true);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('link', { name: 'Log in', exact: true }).waitFor();
    strictEqual((await visit.context.cookies()).some(({ name }) => name === 'sessionid'), false);
  },

  'a wrong password is said in the form': async (visit) => {
    await visit.page.goto('/login');
    await fillsIn(visit, 'wrong');
    await visit.page.getByText('Please enter a correct username and password').waitFor();
    visit.forgives(/status of 400/);
  },

  'what changes something needs the token of the site': async (visit) => {
    await arrives(visit.page, '/');
    await shows(visit.page, 'Products');
    const refused = await asks(visit.page, '/api/session/', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } });
    deepStrictEqual([refused.status, refused.type], [403, 'application/json']);
    visit.forgives(/status of 403/);
  },

  'an upload arrives and comes back': async (visit) => {
    const { url, content } = await uploads(visit);
    match(url.search, /X-Amz-Signature=/);
    const answer = await visit.page.goto(url.href);
    strictEqual(await answer!.text(), content);
  },

  'a file of the wrong kind is said at its field': async (visit) => {
    const { page } = visit;
    await logsIn(visit, PRODUCT.path);
    await page.getByLabel('Title').fill('Programme');
    await page.getByLabel(/^File/).setInputFiles({ name: 'setup.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') });
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText(/File extension “exe” is not allowed/).waitFor();
    visit.forgives(/status of 400/);
  },

  'the admin takes the session of the app, and a long text': async (visit) => {
    const { page } = visit;
    await logsIn(visit, '/');
    await page.getByRole('link', { name: 'Administration' }).click();
    await page.getByRole('heading', { name: 'Site administration' }).waitFor();
    await page.goto('/admin/catalog/product/');
    await page.getByRole('link', { name: PRODUCT.name }).click();
    await page.locator('[name=description]').evaluate((field, text) => { (field as unknown as { value: string }).value = text; }, `<p>${'tea '.repeat(LONG / 4)}</p>`);
    strictEqual(await sends(page, 'Save'), 200);
    await page.getByText('was changed successfully').waitFor();
    strictEqual(new URL(page.url()).pathname, '/admin/catalog/product/');
  },

  'the admin has its own login, style sheets and scripts': async (visit) => {
    const { page, site } = visit;
    await page.goto('/admin');
    strictEqual(page.url(), `https://${site.host}/admin/login/?next=/admin/`);
    await page.goto('/admin/login/?next=/admin/catalog/product/');
    const { username, password } = site.backend.deployed.administrator;
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(password);
    strictEqual(await sends(page, 'Log in'), 200);
    strictEqual(new URL(page.url()).pathname, '/admin/catalog/product/');
    await page.getByRole('heading', { name: /Select product/ }).waitFor();
    const files = visit.responses.filter((response) => ['stylesheet', 'script', 'image'].includes(response.request().resourceType())
      && !response.url().endsWith('/admin/jsi18n/'));
    ok(files.length > 4, 'the admin has no files');
    for (const file of files) {
      ok(file.ok(), `${file.status()} ${file.url()}`);
      match(new URL(file.url()).pathname, /^\/static\/.*\.[0-9a-f]{12}\.\w+$/);
      strictEqual(new URL(file.url()).host, site.host);
    }
  },

  'pages may run no script but the site\'s own': async (visit) => {
    const { page } = visit;
    await arrives(page, '/about');
    await shows(page, 'About');
    const violations = await page.evaluate(`new Promise((resolve) => {
      const seen = new Set();
      const result = () => resolve([...seen].sort().concat(String(window.slippedIn)));
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        seen.add(effectiveDirective);
        if (seen.size === 3) {
          result();
        }
      });
      setTimeout(result, 5000);
      const script = document.createElement('script');
      script.textContent = 'window.slippedIn = true';
      const image = document.createElement('img');
      image.setAttribute('onerror', 'window.slippedIn = true');
      image.src = '/none.png';
      document.body.append(script, image);
      const far = document.createElement('script');
      far.src = 'https://attacker.example/x.js';
      document.body.append(far);
      fetch('https://attacker.example/').catch(() => undefined);
    })`);
    deepStrictEqual(violations, ['connect-src', 'script-src-attr', 'script-src-elem', 'undefined']);
    visit.forgives(/Content Security Policy|status of 404/);
  },

  'every answer has the headers that protect it': async (visit) => {
    await arrives(visit.page, '/');
    await shows(visit.page, 'Products');
    const [document, script, api, admin] = [
      visit.answerTo('/'), visit.answerTo(/^\/assets\/index-.*\.js$/), visit.answerTo('/api/products/'), (await visit.page.goto('/admin/login/'))!,
    ].map((response) => response.headers());
    for (const headers of [document, script, api, admin]) {
      match(headers['strict-transport-security'], /max-age=\d{7,}/);
      strictEqual(headers['x-content-type-options'], 'nosniff');
      match(headers['referrer-policy'], /^(same-origin|strict-origin.*|no-referrer)$/);
      ok(!headers.server?.includes('gunicorn/'));
    }
    match(document['content-security-policy'], /default-src 'self'.*frame-ancestors 'none'/);
    ok(!/unsafe-(inline|eval)/.test(document['content-security-policy']));
    // The admin's own, which lets nobody frame it.
    strictEqual(admin['x-frame-options'], 'DENY');
  },

  'files with a hash are kept, the entry document is not': async (visit) => {
    const { page, site } = visit;
    await arrives(page, '/');
    await shows(page, 'Products');
    match(visit.answerTo(/^\/assets\/index-.*\.js$/).headers()['cache-control'], /max-age=31536000, immutable/);
    match(visit.answerTo('/config.json').headers()['cache-control'], /no-cache/);
    const former = site.front.log.length;
    await page.goto('about:blank');
    await arrives(page, '/');
    await shows(page, 'Products');
    const again = site.front.log.slice(former).map((line) => new URL(line.split(' ')[1]).pathname).filter((path) => !path.startsWith('/api/'));
    deepStrictEqual(again.sort(), ['/', '/config.json']);
    match(visit.answerTo('/api/session/').headers()['cache-control'], /no-store/);
  },

  'Django learns who asks, for which site, and that it is HTTPS': async (visit) => {
    const { page, site } = visit;
    await page.setExtraHTTPHeaders({ 'X-Viewer-Address': '198.51.100.1', 'X-Forwarded-Proto': 'http', 'X-Forwarded-For': '198.51.100.2' });
    await arrives(page, '/');
    await shows(page, 'Products');
    const { asked, given } = site.front.exchangeAbout(/^\/api\/products\//);
    strictEqual(asked.headers.host, site.host);
    strictEqual(asked.headers['x-viewer-address'], VISITOR);
    match(asked.headers['x-forwarded-for'], new RegExp(`, ${VISITOR.replaceAll('.', '\\.')}$`));
    // Django sends it where it knows that the visitor came by HTTPS, and not otherwise.
    ok(given.headers['strict-transport-security'], 'Django believes that the visitor came by plain HTTP');
  },

  'nobody goes around CloudFront': async ({ site }) => {
    for (const { status } of await site.front.direct('/api/products/')) {
      strictEqual(status, 403, 'a load balancer answers strangers');
    }
  },
} satisfies Record<string, Flow>;

/** What becomes of uploads where the site itself serves them, or does not. */
export const UPLOADS = {
  'uploads are private': async (visit) => {
    const { key } = await uploads(visit);
    const answer = await visit.page.goto(`/media/${key}`);
    strictEqual(answer!.status(), 404);
    visit.forgives(/status of 404|Applying inline style/);
  },

  'uploads are served, and run nothing': async (visit) => {
    const { key, content } = await uploads(visit);
    const answer = (await visit.page.goto(`/media/${key}`))!;
    strictEqual(await answer.text(), content);
    match(answer.headers()['content-security-policy'], /default-src 'none'.*sandbox/);
    strictEqual(answer.headers()['x-content-type-options'], 'nosniff');
    strictEqual((await visit.page.goto('/media/'))!.status(), 404, 'the bucket can be listed');
    visit.forgives(/status of 404|Applying inline style/);
  },
} satisfies Record<string, Flow>;

/** Runs a flow as somebody new; whatever the browser complains of on the way fails it. */
export async function run(site: Site, flow: Flow): Promise<void> {
  const visit = await site.visit();
  try {
    await flow(visit);
    deepStrictEqual(visit.complaints, [], 'the browser complains');
  } finally {
    await visit.end();
  }
}
