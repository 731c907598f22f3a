/**
 * `npx projen example [-c key=value …] [--quiet] [--debug]`: synthesises examples/typescript into cdk.out and shows what it made.
 *
 * Needs no AWS account and no Docker. Context is what `cdk deploy` would take, e.g. `-c profile=staging`; `--quiet`
 * only synthesises; `--debug` shows the stack trace of an error.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'fs';
import { join, relative } from 'path';
import { parseArgs } from 'util';
import { CloudAssembly, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';

const ROOT = join(__dirname, '..');
const EXAMPLE = join(ROOT, 'examples', 'typescript');
const OUT = join(ROOT, 'cdk.out');
const WIDTH = 120;

/** A construct in `tree.json`. */
interface TreeNode {
  readonly id: string;
  readonly children?: Record<string, TreeNode>;
  readonly attributes?: Record<string, unknown>;
}

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      context: { type: 'string', short: 'c', multiple: true, default: [] },
      quiet: { type: 'boolean', default: false },
      debug: { type: 'boolean', default: false },
    },
  });
  try {
    const stack = await synthesise(parseContext(values.context));
    if (!values.quiet) {
      console.log(report(stack));
    }
  } catch (error) {
    console.error(`The example was not synthesised.\n\n${values.debug ? (error as Error).stack : (error as Error).message}`);
    process.exitCode = 1;
  }
}

function parseContext(pairs: string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const [, key, value] = pair.match(/^([^=]+)=(.*)$/s) ?? [];
    if (key === undefined) {
      throw new Error(`Context must be 'key=value', got '${pair}': e.g. -c profile=staging`);
    }
    return [key, value];
  }));
}

/** Runs the app as the CDK command line does: context and output directory come by the environment. */
async function synthesise(context: Record<string, string>): Promise<CloudFormationStackArtifact> {
  const { context: flags } = JSON.parse(readFileSync(join(EXAMPLE, 'cdk.json'), 'utf8'));
  rmSync(OUT, { recursive: true, force: true });
  process.env.CDK_OUTDIR = OUT;
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ ...flags, ...context });
  await import('../examples/typescript/app.js');
  return new CloudAssembly(OUT).stacks[0];
}

function report(stack: CloudFormationStackArtifact): string {
  const { Resources: resources, Outputs: outputs = {} } = stack.template;
  const types = Object.values<{ Type: string }>(resources).map((resource) => resource.Type);
  const constructs = constructsOf(stack).map(({ path, made }) => [path, String(made.length), summary(made)]);
  const file = relative(ROOT, stack.templateFullPath);
  return [
    `${stack.id}: the Django project of examples/django-app, by the stack in examples/typescript`,
    table([['CONSTRUCT', 'RESOURCES', ''], ...constructs, ['total', String(types.length), '']]),
    table([
      ['template', `${thousands(statSync(stack.templateFullPath).size)} bytes of 1,000,000`],
      ['resources', `${types.length} of 500`],
      ['Lambdas', String(types.filter((type) => type === 'AWS::Lambda::Function').length)],
      ...stagedBytes(stack).map(([kind, bytes]) => [kind, `${thousands(bytes)} bytes`]),
    ]),
    section('WARNINGS', stack.messages.filter(({ level }) => level !== 'info')
      .map(({ id, entry }) => `${id.slice(1)}\n${wrap(String(entry.data), '    ')}`)),
    section('OUTPUTS', Object.entries<{ Description?: string; Value: unknown }>(outputs)
      .map(([name, { Description, Value }]) => `${name}: ${Description ?? ''}\n      ${text(Value)}`)),
    section('FILES', [file, `${relative(ROOT, OUT)}/ (the whole assembly, with what is uploaded)`, 'examples/typescript/, the same in examples/python/']),
    section('DEPLOY IT (needs an AWS account and, to build the image, Docker)', [
      'npx aws-cdk@2 bootstrap                              once per account and region',
      `npx aws-cdk@2 deploy --app ${relative(ROOT, OUT)} --no-rollback     the first time: what fails stays to be looked at, and a second deploy goes on from there`,
      `npx aws-cdk@2 deploy --app ${relative(ROOT, OUT)}                   later: what fails is rolled back`,
    ]),
  ].join('\n\n');
}

/** The parts of the L3, and what else lies in the stack, with the resource types that each made. */
function constructsOf(stack: CloudFormationStackArtifact): { path: string; made: string[] }[] {
  const { tree } = JSON.parse(readFileSync(join(OUT, 'tree.json'), 'utf8')) as { tree: TreeNode };
  const children = (node?: TreeNode) => Object.values(node?.children ?? {});
  return children(tree.children?.[stack.id])
    .flatMap((top) => top.id === 'Shop' ? children(top).map((part) => ({ path: `Shop/${part.id}`, node: part })) : [{ path: top.id, node: top }])
    .map(({ path, node }) => ({ path, made: resourceTypes(node) }))
    .filter(({ made }) => made.length > 0);
}

function resourceTypes(node: TreeNode): string[] {
  const own = node.attributes?.['aws:cdk:cloudformation:type'];
  return [...own ? [String(own)] : [], ...Object.values(node.children ?? {}).flatMap(resourceTypes)];
}

/** The types without their service, the most frequent first, e.g. `6 Route, 4 Subnet, VPC`. */
function summary(types: string[]): string {
  const counts = new Map<string, number>();
  types.forEach((type) => counts.set(type, (counts.get(type) ?? 0) + 1));
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([type, count]) => `${count > 1 ? `${count} ` : ''}${type.split('::').pop()}`)
    .join(', ');
}

/** What `cdk deploy` uploads or builds from, beside the template. */
function stagedBytes(stack: CloudFormationStackArtifact): [string, number][] {
  const { files, dockerImages } = JSON.parse(readFileSync(join(OUT, `${stack.id}.assets.json`), 'utf8'));
  const total = (paths: string[]) => paths.reduce((sum, path) => sum + bytesIn(join(OUT, path)), 0);
  const sources = (assets: object) => Object.values(assets).map(({ source }) => source.path ?? source.directory as string);
  return [
    ['staged files', total(sources(files).filter((path) => path !== stack.templateFile))],
    ['staged image', total(sources(dockerImages))],
  ];
}

function bytesIn(path: string): number {
  const stats = statSync(path);
  return stats.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0) : stats.size;
}

/** A value of the template as text, with `${LogicalId.Attribute}` for what only AWS knows. */
function text(value: unknown): string {
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join_ } = value as Record<string, any>;
  if (join_) {
    return join_[1].map(text).join(join_[0]);
  }
  return ref ? `\${${ref}}` : attribute ? `\${${attribute.join('.')}}` : typeof value === 'string' ? value : JSON.stringify(value);
}

function section(title: string, lines: string[]): string {
  return [`${title}`, ...lines.length > 0 ? lines.map((line) => `  ${line}`) : ['  none']].join('\n');
}

function table(rows: string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const isNumber = (column: number) => column === 1 && rows[0].length > 2;
  return rows.map((row) => {
    const cells = row.map((cell, column) => isNumber(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]));
    return wrap(cells.join('  ').trimEnd(), '  ', ' '.repeat(widths[0] + widths[1] + 6));
  }).join('\n');
}

/** Breaks a text into lines of at most `WIDTH`, the first indented by `first`, the others by `rest`. */
function wrap(line: string, first: string, rest = first): string {
  if (first.length + line.length <= WIDTH) {
    return first + line;
  }
  const end = line.lastIndexOf(' ', WIDTH - first.length);
  return `${first}${line.slice(0, end)}\n${wrap(line.slice(end + 1), rest)}`;
}

function thousands(value: number): string {
  return value.toLocaleString('en-US');
}

void main(process.argv.slice(2));
