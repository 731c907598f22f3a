import { strictEqual } from 'assert';
import { createHash } from 'crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Page } from 'playwright-core';
import { Site } from './site';
import { shows } from './steps';

/** What the example's page 'About' says. */
const ABOUT = 'This shop is an example';

let builds = 0;

/** Publishes a newer build while somebody has the site open, as `publish` does it; fails where one of the two builds is not whole. */
export async function releases(site: Site, publish: (folder: string) => Promise<void>): Promise<void> {
  const text = `This shop was built ${++builds} times`;
  const tab = await site.visit();
  const newcomer = await site.visit();
  try {
    await tab.page.goto('/');
    await shows(tab.page, 'Products');
    await withNewerBuild(site.backend.deployed.build, text, publish);

    // The page is a file of its own, which the tab has not asked for yet.
    await tab.page.getByRole('link', { name: 'About' }).click();
    strictEqual(await about(tab.page) === text, false, 'the tab got a file of the other build');
    await newcomer.page.goto('/about');
    strictEqual(await about(newcomer.page), text, 'a newcomer sees a former build');
    await tab.page.reload();
    strictEqual(await about(tab.page), text, 'the tab keeps the former build');
    strictEqual([...tab.complaints, ...newcomer.complaints].join('\n'), '');
  } finally {
    await Promise.all([tab.end(), newcomer.end()]);
  }
}

async function about(page: Page): Promise<string> {
  await shows(page, 'About');
  return (await page.locator('main p').first().innerText()).split(':')[0];
}

/** The build that Vite would make of the example had somebody changed a text of it: every file that has a hash has another name. */
async function withNewerBuild(build: string, text: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'browser-build-'));
  try {
    cpSync(build, folder, { recursive: true });
    const assets = readdirSync(join(folder, 'assets'));
    const renamed = assets.map((name): [string, string] => {
      const [, stem, hash, end] = /^(.+)-([\w-]{8})(\.\w+)$/.exec(name)!;
      return [name, `${stem}-${createHash('sha256').update(hash + text).digest('base64url').slice(0, 8)}${end}`];
    });
    for (const file of ['index.html', ...assets.map((name) => join('assets', name))]) {
      const path = join(folder, file);
      const content = readFileSync(path, 'utf8').replaceAll(ABOUT, text);
      writeFileSync(path, renamed.reduce((result, [former, name]) => result.replaceAll(former, name), content));
    }
    renamed.forEach(([former, name]) => renameSync(join(folder, 'assets', former), join(folder, 'assets', name)));
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
