import { strictEqual } from 'assert';
import { Locator, Page, Response } from 'playwright-core';
import { Visit } from './site';

/** The product that the test has put into the database. */
export const PRODUCT = { path: '/products/kettle', name: 'Kettle' };

/** Longer than the 8 KB that the firewall looks at, and than what it lets through elsewhere. */
export const LONG = 20_000;

/** Opens a page of the app. */
export async function arrives(page: Page, path: string): Promise<Response> {
  const answer = (await page.goto(path))!;
  strictEqual(answer.status(), 200, `${path}: ${answer.status()} ${(await answer.text()).slice(0, 300)}`);
  return answer;
}

/** The app's own page, once it is complete. */
export async function shows(page: Page, heading: string): Promise<void> {
  const shown = page.locator('main:not([aria-busy]) h1');
  await shown.waitFor();
  strictEqual(await shown.innerText(), heading, await page.locator('main').innerText());
}

export async function logsIn(visit: Visit, path: string): Promise<void> {
  const { page } = visit;
  await arrives(page, path);
  await page.getByRole('link', { name: 'Log in', exact: true }).click();
  await shows(page, 'Log in');
  await fillsIn(visit, visit.site.backend.deployed.administrator.password);
  strictEqual(await saidBy(page, page.getByRole('button', { name: 'Log out' })), 'Log out');
  await page.locator('main:not([aria-busy])').waitFor();
  strictEqual(new URL(page.url()).pathname, path);
}

/** Adds a long file to the product, and gives where the product's page then links to. */
export async function uploads(visit: Visit): Promise<{ url: URL; key: string; content: string }> {
  const { page } = visit;
  await logsIn(visit, PRODUCT.path);
  const content = `Boil water.\n${'x'.repeat(LONG)}`;
  const title = `Manual ${Date.now()}`;
  await page.getByLabel('Title').fill(title);
  await page.getByLabel(/^File/).setInputFiles({ name: 'manual.txt', mimeType: 'text/plain', buffer: Buffer.from(content) });
  await page.getByRole('button', { name: 'Upload' }).click();
  strictEqual(await saidBy(page, page.getByRole('status').filter({ hasText: /./ })), `${title} was added.`);
  await page.reload();
  const url = new URL((await page.getByRole('link', { name: title, exact: true }).getAttribute('href'))!);
  // The emulator has the bucket's name in the path.
  return { url, key: url.pathname.split('/').slice(2).join('/'), content };
}

export async function fillsIn({ page, site }: Visit, password: string): Promise<void> {
  await page.getByLabel('Username').fill(site.backend.deployed.administrator.username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** What is there once a form of the app has been sent: the given element, or what the form complains of. */
export async function saidBy(page: Page, success: Locator): Promise<string> {
  const said = page.locator('form:not([aria-busy]) [role=alert]:not(:empty)').or(success).first();
  await said.waitFor();
  return said.innerText();
}

/** Sends a form of the admin by its button, and gives the status of the page that comes. */
export async function sends(page: Page, button: string): Promise<number> {
  const answer = page.waitForResponse((response) => response.request().isNavigationRequest() && response.status() !== 302);
  await page.getByRole('button', { name: button, exact: true }).click();
  const status = (await answer).status();
  await page.waitForLoadState();
  return status;
}

export async function asks(page: Page, path: string, options: object = {}): Promise<{ status: number; type: string }> {
  return page.evaluate(`fetch(${JSON.stringify(path)}, ${JSON.stringify(options)}).then((answer) => (
    { status: answer.status, type: answer.headers.get('content-type').split(';')[0] }))`);
}
