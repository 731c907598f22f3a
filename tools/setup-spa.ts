/**
 * `npx projen setup:spa`: installs what builds the example's single-page app into examples/spa/node_modules, once per change of its lock.
 */
import { spawnSync } from 'child_process';
import { createHash } from 'crypto';
import { existsSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';

const SPA = join(__dirname, '..', 'examples', 'spa');
const STAMP = join(SPA, 'node_modules', '.lock.sha256');

const wanted = createHash('sha256').update(readFileSync(join(SPA, 'package-lock.json'))).digest('hex');
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== wanted) {
  console.log('Installing what builds the example\'s single-page app …');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: SPA, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) {
    console.error(`npm ci in examples/spa failed${error ? `: ${error.message}` : ''}: is the npm registry reachable?`);
    process.exit(1);
  }
  writeFileSync(STAMP, wanted);
}
