import { spawnSync } from 'child_process';
import { rmSync } from 'fs';
import { join } from 'path';

const OLDEST = [3, 10];
const CANDIDATES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** What stands between this machine and a virtual environment; the message says what to install. */
export class PythonProblem extends Error {}

/** Makes an empty virtual environment with pip in a folder, in place of what is there. Gives its Python. */
export function createVirtualEnvironment(folder: string): string {
  const python = findPython();
  rmSync(folder, { recursive: true, force: true });
  const made = spawnSync(python, ['-m', 'venv', folder], { encoding: 'utf8' });
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new PythonProblem(`${python} cannot make a virtual environment. On Debian and Ubuntu the package python3-venv is missing: apt install python3-venv\n` +
      `\n${(made.stdout + made.stderr).trim()}`);
  }
  return pythonIn(folder);
}

/** The Python of a virtual environment. */
export function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/** The version of a Python, e.g. `3.13`; undefined when it does not start. */
export function pythonVersion(python: string): string | undefined {
  const { status, stdout } = spawnSync(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Installs with pip; shows what pip says only when it fails. */
export function pipInstall(python: string, args: string[], cwd?: string): void {
  const { status, stdout, stderr } = spawnSync(python, ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--quiet', ...args], {
    cwd, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) {
    throw new PythonProblem(`pip install ${args.join(' ')} failed:\n\n${(stdout + stderr).trim()}`);
  }
}

function findPython(): string {
  const found = CANDIDATES.map((python) => ({ python, version: pythonVersion(python) })).filter(({ version }) => version);
  const fitting = found.find(({ version }) => isAtLeast(version!, OLDEST));
  if (!fitting) {
    throw new PythonProblem(`Python ${OLDEST.join('.')} or newer is needed as 'python3'; ` +
      (found.length > 0 ? `found only ${found.map(({ python, version }) => `${python} (${version})`).join(', ')}` : 'no Python was found'));
  }
  return fitting.python;
}

function isAtLeast(version: string, [major, minor]: number[]): boolean {
  const [itsMajor, itsMinor] = version.split('.').map(Number);
  return itsMajor > major || (itsMajor === major && itsMinor >= minor);
}
