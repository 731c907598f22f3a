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

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '15' } } });
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

/** Times the minimal app and each rival by turns, prints the table and tells whether every ceiling held. */
function bench(directory: string): boolean {
  // The first run of each warms the file system's caches, and shows what is compared.
  const counts = { 'minimal': new Map(), 'hand-written': new Map(), 'usual': new Map() };
  APPS.forEach((name) => counts[name] = countByType(synth(directory, name).template));
  const unequal = unequalCounts(counts.minimal, counts['hand-written']);
  if (unequal.length > 0) {
    console.error(['tools/bench/hand-written.ts must make what tools/bench/minimal.ts makes. Numbers of resources (minimal, hand-written):', ...unequal].join('\n  '));
    return false;
  }

  console.log('CPU milliseconds of one synth in a process of its own, from start to end, template validation off;');
  console.log(`${pairs} pairs for each rival, Node ${process.version}, ${availableParallelism()} processors, load ${loadavg()[0].toFixed(1)}.\n`);
  printRow('', 'resources', 'median', 'fastest', 'slowest', 'minimal to it', 'spread', 'ceiling', 'margin');
  const passed = RIVALS.map((rival) => {
    const rounds = Array.from({ length: pairs }, (_, round) => measurePair(directory, rival, round));
    const ratios = rounds.map(({ minimal, other }) => minimal / other);
    const ratio = median(ratios);
    const ceiling = CEILINGS[rival];
    printRow('minimal', total(counts.minimal), ...timing(rounds.map(({ minimal }) => minimal)));
    printRow(rival, total(counts[rival]), ...timing(rounds.map(({ other }) => other)), ratio.toFixed(2),
      `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`, ceiling.toFixed(2), `${((1 - ratio / ceiling) * 100).toFixed(0)} %`);
    return ratio <= ceiling;
  });
  console.log('\nThe ratio is the median of the pairs\' ratios, the spread their smallest and greatest; the margin is what is left below the ceiling.');
  const failed = RIVALS.filter((_, index) => !passed[index]);
  if (failed.length > 0) {
    console.error(`Too slow: more than ${failed.map((rival) => `${CEILINGS[rival]} times ${rival}`).join(' and ')}`);
  }
  return failed.length === 0;
}

/** One run of each, right after each other; which is first changes from round to round. */
function measurePair(directory: string, rival: Rival, round: number): { minimal: number; other: number } {
  const run = (name: AppName) => synth(directory, name).milliseconds;
  if (round % 2 === 0) {
    return { minimal: run('minimal'), other: run(rival) };
  }
  const other = run(rival);
  return { minimal: run('minimal'), other };
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
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function printRow(name: string, ...cells: (string | number)[]): void {
  console.log(name.padEnd(13) + cells.map((cell) => String(cell).padStart(14)).join(''));
}
