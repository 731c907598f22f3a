/**
 * `npx projen setup:python`: installs the Python tools of the tests into .venv, once per change of a requirements file.
 */
import { createHash } from 'crypto';
import { existsSync, readFileSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { createVirtualEnvironment, pipInstall, pythonIn, PythonProblem, pythonVersion } from './python-environment';

const ROOT = join(__dirname, '..');
const ENVIRONMENT = join(ROOT, '.venv');
const REQUIREMENTS = join(ROOT, 'requirements-dev.txt');
const STAMP = join(ENVIRONMENT, 'requirements.sha256');

function main(): void {
  const wanted = hashOf(REQUIREMENTS);
  const installed = existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : undefined;
  // A Python that was upgraded or removed leaves a virtual environment that does not start.
  if (installed === wanted && pythonVersion(pythonIn(ENVIRONMENT))) {
    return;
  }
  console.log('Installing the Python tools of the tests into .venv …');
  const python = createVirtualEnvironment(ENVIRONMENT);
  pipInstall(python, ['-r', REQUIREMENTS]);
  writeFileSync(STAMP, wanted);
}

/** The hash of a requirements file and of those that it includes. */
function hashOf(file: string): string {
  const content = readFileSync(file, 'utf8');
  const included = [...content.matchAll(/^-r\s+(\S+)/gm)].map(([, path]) => hashOf(join(dirname(file), path)));
  return createHash('sha256').update([content, ...included].join('\0')).digest('hex');
}

try {
  main();
} catch (error) {
  if (!(error instanceof PythonProblem)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
