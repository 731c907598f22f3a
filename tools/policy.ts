/**
 * The policy gate: CDK's template validation and cdk-nag's AwsSolutions pack on each construct alone, in its variants, on the
 * example and on whole apps. Fails on any finding that nobody acknowledged, on an acknowledgement without a reason, and when a
 * case has more acknowledgements than the ceiling.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import * as rds from 'aws-cdk-lib/aws-rds';
import { App, Stack, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CASE_GROUPS, CaseGroup } from './policy-cases';

interface Finding {
  readonly path: string;
  readonly text: string;
}

interface PluginReport {
  readonly violations?: { ruleName: string; description: string; violatingConstructs?: { constructPath?: string }[] }[];
}

/** Many stacks in one app, because each app costs a synth, a validation and a walk of cdk-nag. */
function findingsOf(stacks: CaseGroup['stacks']): { readonly app: App; readonly findings: Finding[] } {
  const outdir = mkdtempSync(join(tmpdir(), 'policy-'));
  try {
    const app = new App({ outdir, context: { '@aws-cdk/core:validateAgainstDefaultRules': true, 'aws:cdk:bundling-stacks': [] } });
    const broken = Object.entries(stacks).flatMap(([name, define]) => problemOf(name, () => define(app, name)));
    return { app, findings: [...broken, ...templateFindings(app, outdir), ...nagFindings(app)] };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function problemOf(path: string, define: () => unknown): Finding[] {
  try {
    define();
    return [];
  } catch (error) {
    return [{ path, text: (error as Error).message }];
  }
}

function templateFindings(app: App, outdir: string): Finding[] {
  const file = join(outdir, 'validation-report.json');
  // A validation that fails throws after it has written its report.
  const failures = problemOf('', () => app.synth());
  const reports: PluginReport[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).pluginReports : [];
  const findings = reports.flatMap(({ violations = [] }) => violations.flatMap(({ ruleName, description, violatingConstructs = [] }) =>
    violatingConstructs.map(({ constructPath = '' }) => ({ path: constructPath, text: `${ruleName}: ${description}` }))));
  return findings.length > 0 ? findings : failures;
}

function nagFindings(app: App): Finding[] {
  return new AwsSolutionsChecks(app).validateScope(app).violations.flatMap(({ ruleName, description, violatingResources }) =>
    violatingResources.map(({ constructPath = '' }) => ({ path: constructPath, text: `${ruleName}: ${description}` })));
}

function acknowledgements(stack: Stack): { readonly id: string; readonly reason: unknown }[] {
  return stack.node.findAll().flatMap((construct) => construct.node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, unknown>).map(([id, reason]) => ({ id: `${construct.node.path} ${id}`, reason }))));
}

function problemsOf(stack: Stack, findings: Finding[], most: number): string[] {
  const acknowledged = acknowledgements(stack);
  return [
    ...findings.filter(({ path }) => path.split('/')[0] === stack.node.id).map(({ path, text }) => `${text} (${path})`),
    ...acknowledged.filter(({ reason }) => typeof reason !== 'string' || reason.length < 20).map(({ id }) => `no reason: ${id}`),
    ...acknowledged.length > most ? [`${acknowledged.length} acknowledgements, the ceiling is ${most}`] : [],
  ];
}

/** Tells of each case, and gives whether it passed. */
function check({ stacks, mostAcknowledgements }: CaseGroup): boolean[] {
  const { app, findings } = findingsOf(stacks);
  const passed = Object.keys(stacks).map((name) => {
    const stack = app.node.findChild(name) as Stack;
    const problems = problemsOf(stack, findings, mostAcknowledgements);
    report(name, problems, `${acknowledgements(stack).length} acknowledged`);
    return problems.length === 0;
  });
  const elsewhere = findings.filter(({ path }) => !(path.split('/')[0] in stacks)).map(({ path, text }) => `${text} (${path})`);
  if (elsewhere.length > 0) {
    report('synthesis', elsewhere, 'of no case');
  }
  return [...passed, ...elsewhere.length > 0 ? [false] : []];
}

function report(name: string, problems: string[], more: string): void {
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}: ${problems.length} findings, ${more}`);
  problems.forEach((problem) => console.log(`       ${problem}`));
}

/** A gate that finds nothing in this finds nothing anywhere. */
function checkGate(): boolean {
  const { findings } = findingsOf({
    Gate: (app, name) => {
      const stack = new Stack(app, name);
      new rds.CfnDBInstance(stack, 'Database', { engine: 'postgres', dbInstanceClass: 'db.t4g.micro', storageEncrypted: false });
      return stack;
    },
  });
  const missing = ['W9008', 'AwsSolutions-RDS2'].filter((rule) => !findings.some(({ text }) => text.startsWith(`${rule}:`)));
  report('an unencrypted database is found', missing.map((rule) => `not found by ${rule}`), 'as it must be');
  return missing.length === 0;
}

const results = [checkGate(), ...CASE_GROUPS.flatMap(check)];
const passed = results.filter(Boolean).length;
console.log(`${passed} passed, ${results.length - passed} failed`);
process.exitCode = passed === results.length ? 0 : 1;
