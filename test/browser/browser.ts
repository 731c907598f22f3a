/**
 * `npx projen browser`: the example's single-page app in a headless Chromium, behind a front that does what the synthesized templates tell CloudFront,
 * before the real Django and an emulator of S3. Words narrow it down to sites: `npx projen browser example`.
 */
import { deepStrictEqual, rejects } from 'assert';
import { after, before, describe, it } from 'node:test';
import { Backend } from './backend';
import { releases } from './builds';
import { Account } from './edge/account';
import { Flow, FLOWS, run, UPLOADS } from './flows';
import { keepingFiles, MUTATIONS } from './mutations';
import { Site } from './site';
import { SiteName, SITES, synthesize } from './stacks';

const LIMIT = { timeout: 60_000 };

const wanted = process.argv.slice(2);
const names = (Object.keys(SITES) as SiteName[]).filter((each) => wanted.length === 0 || wanted.includes(each));

/** All start at once: most of it is waiting for one process after the other. */
const backends = Object.fromEntries(names.map((name) => [name, Backend.start(synthesize(name))]));

/** Adds to an error what CloudFront and Django were asked for lately. */
async function explain(error: Error, { front, backend }: Site): Promise<never> {
  const { output, denied } = await backend.log();
  error.message += ['', 'CloudFront:', ...front.log.slice(-15), 'Django:', ...output.split('\n').slice(-15), 'S3 refused:', ...denied.slice(-5)].join('\n  ');
  throw error;
}

function visit(name: SiteName): void {
  let backend: Backend;
  let account: Account;
  let site: Site;

  before(async () => {
    backend = await backends[name];
    account = new Account(backend.deployed.resources);
    site = await Site.open(backend, account, SITES[name].siteName);
  });

  after(async () => {
    await site?.close();
    await backend?.stop();
  });

  /** A site of another template before the same Django and the same buckets. */
  async function broken(change: (account: Account) => Account, use: (other: Site) => Promise<void>): Promise<void> {
    const other = await Site.open(backend, change(account), SITES[name].siteName);
    try {
      await use(other);
    } finally {
      await other.close();
    }
  }

  void it('has certificates for its names, and records for both kinds of addresses', () => {
    deepStrictEqual([site.front.uncovered, site.front.unresolved], [[], []]);
  });

  const { uploads } = SITES[name];
  for (const [what, flow] of Object.entries<Flow>({ ...FLOWS, [uploads]: UPLOADS[uploads] })) {
    void it(what, LIMIT, () => run(site, flow).catch((error) => explain(error, site)));
  }

  void it('a new build is there at once, and tabs with the former one go on', LIMIT, () => releases(site, (folder) => site.publish(folder)));

  void describe('it would be noticed, had the template', { concurrency: 2 }, () => {
    for (const [what, { change, flow, failure }] of Object.entries(MUTATIONS[name])) {
      void it(what, LIMIT, () => broken(change, (other) => rejects(run(other, flow), failure)));
    }

    void it('kept files that change', LIMIT, () => broken(keepingFiles, (other) =>
      rejects(releases(other, async (folder) => void await backend.publish(folder)), /a newcomer sees a former build/)));
  });
}

void describe('a browser visits', { concurrency: true }, () => {
  for (const name of names) {
    void describe(SITES[name].title, { concurrency: 1 }, () => visit(name));
  }
});
