import { execFileSync } from 'child_process';
import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { availableParallelism, loadavg, tmpdir } from 'os';
import { join } from 'path';
import { parseArgs } from 'util';
import { countByType, total, unequalCounts } from './resource-counts';
import { transpile } from './transpiled';

/** What an app may take at most of the CPU time of another. */
const COMPARISONS = [
  { app: 'minimal', rival: 'hand-written', ceiling: 1.1 },
  { app: 'minimal', rival: 'usual', ceiling: 0.8 },
  { app: 'twenty-more-tasks', rival: 'one-task', ceiling: 1.1 },
] as const;

const EXAMPLE_PROJECT = join(__dirname, '..', '..', 'examples', 'django-app');

type AppName = typeof COMPARISONS[number]['app' | 'rival'];
const APPS: AppName[] = [...new Set(COMPARISONS.flatMap(({ app, rival }) => [app, rival]))];

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '15' } } });
const pairs = Number(values.pairs);
if (!Number.isInteger(pairs) || pairs < 1) {
  throw new Error(`'--pairs' must be a whole number of at least 1, got '${values.pairs}'`);
}
const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
void transpile()
  .then((directory) => {
    process.exitCode = bench(directory) ? 0 : 1;
  })
  .finally(() => rmSync(scratch, { recursive: true, force: true }));

/** Times each app and its rival by turns, prints the table and tells whether every ceiling held. */
function bench(directory: string): boolean {
  // The first run of each warms the file system's caches, and shows what is compared.
  const counts = new Map(APPS.map((name) => [name, countByType(synth(directory, name).template)]));
  const unequal = unequalCounts(counts.get('minimal')!, counts.get('hand-written')!);
  if (unequal.length > 0) {
    console.error(['tools/bench/hand-written.ts must make what tools/bench/minimal.ts makes. Numbers of resources (minimal, hand-written):', ...unequal].join('\n  '));
    return false;
  }

  console.log('CPU milliseconds of one synth in a process of its own, from start to end, template validation off;');
  console.log(`${pairs} pairs for each rival, Node ${process.version}, ${availableParallelism()} processors, load ${loadavg()[0].toFixed(1)}.\n`);
  printRow('', 'resources', 'median', 'fastest', 'slowest', 'to the other', 'spread', 'ceiling', 'margin');
  const failed = COMPARISONS.filter(({ app, rival, ceiling }) => {
    const rounds = Array.from({ length: pairs }, (_, round) => measurePair(directory, app, rival, round));
    const ratios = rounds.map((times) => times.app / times.rival);
    const ratio = median(ratios);
    printRow(app, total(counts.get(app)!), ...timing(rounds.map((times) => times.app)));
    printRow(rival, total(counts.get(rival)!), ...timing(rounds.map((times) => times.rival)), ratio.toFixed(2),
      `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`, ceiling.toFixed(2), `${((1 - ratio / ceiling) * 100).toFixed(0)} %`);
    return ratio > ceiling;
  });
  console.log('\nThe ratio is the median of the pairs\' ratios, the spread their smallest and greatest; the margin is what is left below the ceiling.');
  failed.forEach(({ app, rival, ceiling }) => console.error(`Too slow: ${app} takes more than ${ceiling} times ${rival}`));
  return failed.length === 0;
}

/** One run of each, right after each other; which is first changes from round to round. */
function measurePair(directory: string, app: AppName, rival: AppName, round: number): { app: number; rival: number } {
  const run = (name: AppName) => synth(directory, name).milliseconds;
  if (round % 2 === 0) {
    return { app: run(app), rival: run(rival) };
  }
  const other = run(rival);
  return { app: run(app), rival: other };
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
  console.log(name.padEnd(18) + cells.map((cell) => String(cell).padStart(14)).join(''));
}
