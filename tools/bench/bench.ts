import { execFileSync } from 'child_process';
import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { availableParallelism, loadavg, tmpdir } from 'os';
import { join } from 'path';
import { parseArgs } from 'util';
import { countByType, total, unequalCounts } from './resource-counts';
import { transpile } from './transpiled';

/** Ratio of the CPU time of the minimal app to that of another app that must not be passed. */
const CEILINGS = { 'hand-written': 1.1, 'usual': 0.8 } as const;

const EXAMPLE_PROJECT = join(__dirname, '..', '..', 'examples', 'django-app');

type Rival = keyof typeof CEILINGS;
const RIVALS = Object.keys(CEILINGS) as Rival[];

type AppName = 'minimal' | Rival;
const APPS: AppName[] = ['minimal', ...RIVALS];

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '7' } } });
const pairs = Number(values.pairs);
if (!Number.isInteger(pairs) || pairs < 1) {
  throw new Error(`'--pairs' must be a whole number of at least 1, got '${values.pairs}'`);
}
const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  process.exitCode = bench(transpile()) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Times the apps by turns, prints the table and tells whether every ceiling held. */
function bench(directory: string): boolean {
  // The first run of each warms the file system's caches, and shows what is compared.
  const [minimal, handWritten, usual] = APPS.map((name) => countByType(synth(directory, name).template));
  const unequal = unequalCounts(minimal, handWritten);
  if (unequal.length > 0) {
    console.error(['tools/bench/hand-written.ts must make what tools/bench/minimal.ts makes. Numbers of resources (minimal, hand-written):', ...unequal].join('\n  '));
    return false;
  }

  const times: Record<AppName, number[]> = { 'minimal': [], 'hand-written': [], 'usual': [] };
  for (let pair = 0; pair < pairs; pair++) {
    for (const name of pair % 2 === 0 ? APPS : [...APPS].reverse()) {
      times[name].push(synth(directory, name).milliseconds);
    }
  }

  console.log(`CPU milliseconds of one synth in a process of its own, from start to end: ${pairs} pairs, template validation off,`);
  console.log(`Node ${process.version}, ${availableParallelism()} processors, load ${loadavg()[0].toFixed(1)}\n`);
  printRow('', 'resources', 'median', 'fastest', 'slowest', 'minimal to it', 'spread', 'ceiling', 'margin');
  printRow('minimal', total(minimal), ...timing(times.minimal));
  const held = RIVALS.map((name) => {
    const ratios = times.minimal.map((time, pair) => time / times[name][pair]);
    const ratio = median(ratios);
    const ceiling = CEILINGS[name];
    printRow(name, total(name === 'usual' ? usual : handWritten), ...timing(times[name]), ratio.toFixed(2),
      `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`, ceiling.toFixed(2), `${((1 - ratio / ceiling) * 100).toFixed(0)} %`);
    return ratio <= ceiling;
  });
  console.log('\nThe ratio is the median of the ratios of the pairs, the spread their smallest and greatest.');
  if (held.includes(false)) {
    console.error(`Too slow: ${RIVALS.filter((_, index) => !held[index]).map((name) => `more than ${CEILINGS[name]} times ${name}`).join(', ')}`);
  }
  return !held.includes(false);
}

/** Synthesises an app in a fresh process. */
function synth(directory: string, name: AppName): { milliseconds: number; template: object } {
  const outdir = mkdtempSync(join(scratch, `${name}-`));
  const output = execFileSync(process.execPath, [join(directory, 'synth-once.js'), name, EXAMPLE_PROJECT, outdir], {
    encoding: 'utf8',
    // Options of the parent (a TypeScript loader) would count as time of the app.
    env: { ...process.env, CDK_VALIDATION: 'false', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const template = JSON.parse(readFileSync(join(outdir, 'App.template.json'), 'utf8'));
  rmSync(outdir, { recursive: true });
  return { milliseconds: JSON.parse(output.trim().split('\n').pop()!).milliseconds, template };
}

function timing(times: number[]): string[] {
  return [median(times), Math.min(...times), Math.max(...times)].map((time) => time.toFixed(0));
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function printRow(name: string, ...cells: (string | number)[]): void {
  console.log(name.padEnd(13) + cells.map((cell) => String(cell).padStart(14)).join(''));
}
