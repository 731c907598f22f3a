import { readdirSync, readFileSync, statSync } from 'fs';
import { dirname, join, relative } from 'path';
import { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';

const WIDTH = 120;

/** A construct in the assembly's `tree.json`. */
interface TreeNode {
  readonly id: string;
  readonly children?: Record<string, TreeNode>;
  readonly attributes?: Record<string, unknown>;
  readonly constructInfo?: { readonly fqn: string };
}

interface Made {
  readonly construct: string;
  readonly types: string[];
}

/** What a person wants to know about a synthesized stack: constructs, sizes, warnings, outputs, files. */
export function describeStack(stack: CloudFormationStackArtifact, root: string): string {
  const types = Object.values<{ Type: string }>(stack.template.Resources).map(({ Type }) => Type);
  const outdir = dirname(stack.templateFullPath);
  return [
    constructTable(madeIn(stack), types.length),
    section('SIZES', [
      `template      ${thousands(statSync(stack.templateFullPath).size)} of 1,000,000 bytes`,
      `resources     ${types.length} of 500`,
      `Lambdas       ${types.filter((type) => type === 'AWS::Lambda::Function').length}`,
      ...Object.entries(stagedBytes(stack)).map(([kind, bytes]) => `${kind}  ${thousands(bytes)} bytes`),
    ]),
    section('WARNINGS', stack.messages
      .filter(({ level }) => String(level) === 'warning')
      .map(({ id, entry }) => `${id.slice(1)}\n${wrap(String(entry.data), '      ')}`)),
    section('OUTPUTS', Object.entries<{ Description?: string; Value: unknown }>(stack.template.Outputs ?? {})
      .map(([name, { Description, Value }]) => `${name}: ${Description}\n      ${asText(Value)}`)),
    section('FILES', [relative(root, stack.templateFullPath), `${relative(root, outdir)}/, with all that is uploaded`]),
  ].join('\n\n');
}

/** The resource types that each construct made: a row for each child of the stack, or of its only child. */
function madeIn(stack: CloudFormationStackArtifact): Made[] {
  const { tree } = JSON.parse(readFileSync(join(dirname(stack.templateFullPath), 'tree.json'), 'utf8')) as { tree: TreeNode };
  return childrenOf(nodeAt(tree, stack.hierarchicalId))
    .filter(({ constructInfo }) => constructInfo?.fqn !== 'aws-cdk-lib.Stack')
    .flatMap((top) => typeOf(top) ? [{ path: top.id, node: top }] : childrenOf(top).map((node) => ({ path: `${top.id}/${node.id}`, node })))
    .map(({ path, node }) => ({ construct: path, types: typesIn(node) }))
    .filter(({ types }) => types.length > 0);
}

function nodeAt(tree: TreeNode, path: string): TreeNode | undefined {
  return path.split('/').reduce<TreeNode | undefined>((node, id) => node?.children?.[id], tree);
}

function childrenOf(node?: TreeNode): TreeNode[] {
  return Object.values(node?.children ?? {});
}

/** The type of the resource that a node is; of custom resources the tree knows no more than that. */
function typeOf(node: TreeNode): string | undefined {
  const type = node.attributes?.['aws:cdk:cloudformation:type'];
  return typeof type === 'string' ? type : node.constructInfo?.fqn === 'aws-cdk-lib.CfnResource' ? 'CustomResource' : undefined;
}

function typesIn(node: TreeNode): string[] {
  return [typeOf(node) ?? [], ...childrenOf(node).map(typesIn)].flat();
}

function constructTable(rows: Made[], total: number): string {
  const width = Math.max(...rows.map(({ construct }) => construct.length));
  const line = (construct: string, count: string | number, text = '') =>
    wrap(`${construct.padEnd(width)}  ${String(count).padStart(9)}  ${text}`, '  ', ' '.repeat(width + 15));
  return [line('CONSTRUCT', 'RESOURCES'), ...rows.map(({ construct, types }) => line(construct, types.length, summary(types))), line('all', total)].join('\n');
}

/** The types without their service, the most frequent first, e.g. `6 Subnet, 4 Route, VPC`. */
function summary(types: string[]): string {
  const counts = new Map<string, number>();
  types.forEach((type) => counts.set(type, (counts.get(type) ?? 0) + 1));
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([type, count]) => `${count > 1 ? `${count} ` : ''}${type.split('::').pop()}`)
    .join(', ');
}

/** What a deployment uploads beside the template, and what it builds the image from. */
function stagedBytes(stack: CloudFormationStackArtifact): Record<string, number> {
  const outdir = dirname(stack.templateFullPath);
  const { files, dockerImages } = JSON.parse(readFileSync(join(outdir, `${stack.id}.assets.json`), 'utf8'));
  const total = (assets: Record<string, { source: { path?: string; directory?: string } }>) => Object.values(assets)
    .map(({ source }) => source.path ?? source.directory)
    .filter((path) => path !== undefined && path !== stack.templateFile)
    .reduce((sum, path) => sum + bytesOf(join(outdir, path!)), 0);
  return { 'staged files': total(files), 'staged image': total(dockerImages) };
}

function bytesOf(path: string): number {
  const stats = statSync(path);
  return stats.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0) : stats.size;
}

/** A value of the template, with `${LogicalId.Attribute}` for what only AWS knows. */
function asText(value: any): string {
  if (value['Fn::Join']) {
    const [separator, parts] = value['Fn::Join'];
    return parts.map(asText).join(separator);
  }
  const reference = value.Ref ?? value['Fn::GetAtt']?.join('.');
  return reference ? `\${${reference}}` : typeof value === 'string' ? value : JSON.stringify(value);
}

function section(title: string, entries: string[]): string {
  return [title, ...(entries.length > 0 ? entries : ['none']).map((entry) => `  ${entry}`)].join('\n');
}

/** Breaks a text into lines of at most `WIDTH`; the first begins with `indent`, the others with `hanging`. */
function wrap(text: string, indent: string, hanging = indent): string {
  if (indent.length + text.length <= WIDTH) {
    return (indent + text).trimEnd();
  }
  const end = text.lastIndexOf(' ', WIDTH - indent.length);
  return `${indent}${text.slice(0, end)}\n${wrap(text.slice(end + 1), hanging)}`;
}

function thousands(value: number): string {
  return value.toLocaleString('en-US');
}
