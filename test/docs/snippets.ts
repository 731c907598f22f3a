/**
 * Compiles every TypeScript block of README, docs and API examples, as a user would paste it into the
 * constructor of a stack, and every Python block with Python's own compiler.
 */
import { execFileSync } from 'child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '../..');
const OUT = join(ROOT, 'build/snippets');

interface Snippet {
  readonly where: string;
  readonly language: string;
  readonly text: string;
}

/** What a stack of a user has at hand; blocks that import for themselves get nothing. */
const FIXTURE = `
import * as library from 'cdk-django-on-fargate';
import { Duration, Size, RemovalPolicy, Stack, StackProps, App, Aspects, Tags } from 'aws-cdk-lib/core';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
`;

function blocksOf(file: string): Snippet[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map((match) => ({
    where: `${file}:${text.slice(0, match.index).split('\n').length}`,
    language: match[1],
    text: match[2],
  }));
}

function examplesOf(assembly: string): Snippet[] {
  const found: Snippet[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) {
      return;
    }
    const example = (node as { docs?: { example?: string } }).docs?.example;
    if (example) {
      found.push({ where: `@example of ${path}`, language: 'typescript', text: example });
    }
    Object.values(node).forEach((value) => visit(value, (value as { fqn?: string })?.fqn ?? path));
  };
  visit((JSON.parse(readFileSync(join(ROOT, assembly), 'utf8')) as { types: unknown }).types, assembly);
  return found;
}

/** A snippet as a module: imports and declarations outside, statements in the constructor of a stack. */
function asModule(snippet: Snippet, exported: string[]): string {
  if (/^import /m.test(snippet.text)) {
    return snippet.text;
  }
  const lines = snippet.text.split('\n');
  const hoisted = lines.filter((line) => line.startsWith('declare '));
  const body = lines.filter((line) => !line.startsWith('declare '));
  return [
    FIXTURE,
    `import { ${exported.join(', ')} } from 'cdk-django-on-fargate';`,
    ...hoisted,
    'export class Snippet extends Stack {',
    '  constructor(scope: Construct, id: string, props?: StackProps) {',
    '    super(scope, id, props);',
    ...body,
    '  }',
    '}',
  ].join('\n');
}

function compileTypeScript(snippets: Snippet[]): string[] {
  const exported = Object.keys(JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')).types).map((fqn) => fqn.split('.')[1]);
  const files = new Map(snippets.map((snippet, index) => [join(OUT, `snippet-${index}.ts`), snippet]));
  files.forEach((snippet, file) => writeFileSync(file, asModule(snippet, exported)));
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.dev.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false, noUnusedParameters: false, noEmit: true });
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const where = diagnostic.file && files.get(diagnostic.file.fileName)?.where;
    return `${where ?? diagnostic.file?.fileName}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`;
  });
}

function compilePython(snippets: Snippet[]): string[] {
  return snippets.flatMap((snippet) => {
    try {
      execFileSync('python3', ['-c', 'import sys; compile(sys.stdin.read(), "snippet", "exec")'], { input: snippet.text, stdio: 'pipe' });
      return [];
    } catch (error) {
      return [`${snippet.where}: ${String((error as { stderr: Buffer }).stderr).trim().split('\n').pop()}`];
    }
  });
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const documents = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true })
  .map((file) => join('docs', String(file))).filter((file) => file.endsWith('.md'))];
const snippets = [...documents.flatMap(blocksOf), ...examplesOf('.jsii')];
const typescript = snippets.filter(({ language }) => ['ts', 'typescript'].includes(language));
const python = snippets.filter(({ language }) => language === 'python');
const problems = [...compileTypeScript(typescript), ...compilePython(python)];
problems.forEach((problem) => console.error(problem));
if (typescript.length === 0 || python.length === 0) {
  problems.push('no snippets found');
}
console.log(`${typescript.length + python.length - problems.length} passed, ${problems.length} failed`);
process.exitCode = problems.length > 0 ? 1 : 0;
