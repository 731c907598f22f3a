import { spawnSync } from 'child_process';
import { createHash, X509Certificate } from 'crypto';
import { existsSync, mkdirSync, renameSync } from 'fs';
import { createRequire } from 'module';
import { delimiter, dirname, join } from 'path';
import { Browser, chromium } from 'playwright-core';

/**
 * Starts a headless Chromium that believes of DNS what the rules say, and trusts one certificate that nobody has signed.
 * The binary comes from npm, or from CHROMIUM_PATH where that has none for this machine.
 */
export async function startChromium(resolverRules: string, certificate: string): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? await unpacked();
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...librariesFor(executablePath) },
    args: [
      // Root, as which containers of CI run, has no sandbox.
      '--no-sandbox',
      '--disable-gpu',
      `--host-resolver-rules=${resolverRules}`,
      `--ignore-certificate-errors-spki-list=${fingerprint(certificate)}`,
    ],
  });
}

function fingerprint(certificate: string): string {
  return createHash('sha256').update(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
}

/** The package unpacks into the folder for temporary files, whatever its version, and takes what it finds there. */
async function unpacked(): Promise<string> {
  const { version } = createRequire(__filename)(join(packageFolder(), 'package.json'));
  const home = join(packageFolder(), '..', '..', '.cache', `chromium-${version}`);
  if (!existsSync(home)) {
    const unfinished = `${home}-${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    const { default: binary } = await import('@sparticuz/chromium');
    const { TMPDIR, AWS_EXECUTION_ENV } = process.env;
    // It unpacks its libraries for Lambda only.
    Object.assign(process.env, { TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' });
    try {
      await binary.executablePath();
    } finally {
      Object.entries({ TMPDIR, AWS_EXECUTION_ENV }).forEach(([name, former]) => former === undefined ? delete process.env[name] : process.env[name] = former);
    }
    renameSync(unfinished, home);
  }
  return join(home, 'chromium');
}

/** What the machine does not have: the package brings the libraries (libnss3 and others) that slim images leave out. */
function librariesFor(executable: string): Record<string, string> {
  const brought = join(dirname(executable), 'al2023', 'lib');
  const missing = existsSync(brought) && spawnSync('ldd', [executable], { encoding: 'utf8' }).stdout?.includes('not found');
  return missing ? { LD_LIBRARY_PATH: [brought, process.env.LD_LIBRARY_PATH ?? []].flat().join(delimiter) } : {};
}

function packageFolder(): string {
  // .../@sparticuz/chromium/build/cjs/index.cjs
  return dirname(dirname(dirname(createRequire(__filename).resolve('@sparticuz/chromium'))));
}
