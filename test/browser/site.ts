import { Browser, BrowserContext, Page, Response } from 'playwright-core';
import { Backend } from './backend';
import { startChromium } from './chromium';
import { Account } from './edge/account';
import { webAclsOf } from './edge/firewall';
import { Front } from './edge/front';

/** The address of everybody who visits. */
export const VISITOR = '203.0.113.7';

/** How long a step of a visit may take, in milliseconds; what works needs a fraction. */
const PATIENCE = 15_000;

/** A site of the templates with a browser in front of it. */
export class Site {
  /** `name`: what the pages are called. */
  static async open(backend: Backend, account: Account, name: string): Promise<Site> {
    const { s3, task, targetGroups, tls } = backend.deployed;
    const tasks = Object.fromEntries(targetGroups.map((group) => [group, task]));
    const front = new Front({ account, s3, tasks, tls, firewall: webAclsOf(account), viewer: VISITOR });
    await front.open();
    return new Site(backend, name, front, await startChromium(front.resolverRules, tls.certificate));
  }

  private constructor(readonly backend: Backend, readonly name: string, readonly front: Front, private readonly browser: Browser) {}

  /** The name under which people know the single-page app. */
  get host(): string {
    return this.front.distributions.find(({ isApp }) => isApp)!.hostNames[0];
  }

  /** Somebody new, without cookies and with an empty cache. */
  async visit(): Promise<Visit> {
    const context = await this.browser.newContext({ baseURL: `https://${this.host}`, locale: 'en' });
    context.setDefaultTimeout(PATIENCE);
    return new Visit(this, context, await context.newPage());
  }

  /** Publishes a build as a deployment does. */
  async publish(folder: string): Promise<void> {
    for (const { distribution, paths } of await this.backend.publish(folder)) {
      this.front.distributions.find(({ resource }) => resource.attributes.Id === distribution)!.cache.invalidate(paths);
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.front.close();
  }
}

/** One person's browser: a page, its cookies, and what went wrong in it. */
export class Visit {
  /** What browsers complain of: exceptions, refused resources, violations of the content security policy. */
  readonly complaints: string[] = [];
  readonly responses: Response[] = [];

  constructor(readonly site: Site, readonly context: BrowserContext, readonly page: Page) {
    this.watch(page);
  }

  watch(page: Page): void {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        this.complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('response', (response) => this.responses.push(response));
  }

  /** Takes back complaints that belong to what was done. */
  forgives(expected: RegExp): void {
    this.complaints.splice(0, this.complaints.length, ...this.complaints.filter((complaint) => !expected.test(complaint)));
  }

  /** The last answer to a path. */
  answerTo(path: string | RegExp, method = 'GET'): Response {
    const found = this.responses.filter((response) => {
      const { pathname } = new URL(response.url());
      return response.request().method() === method && (typeof path === 'string' ? pathname === path : path.test(pathname));
    }).pop();
    if (!found) {
      throw new Error(`the browser did not ask for ${path}: ${this.responses.map((response) => `${response.status()} ${response.url()}`).join(', ')}`);
    }
    return found;
  }

  async end(): Promise<void> {
    await this.context.close();
  }
}
