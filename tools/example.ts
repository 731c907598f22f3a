/**
 * `npx projen example [-c key=value …] [--quiet] [--debug]`: synthesises examples/typescript into cdk.out and shows what it made.
 *
 * Needs no AWS account and no Docker. Context is what `cdk deploy` would take, e.g. `-c profile=staging`; `--quiet`
 * only synthesises; `--debug` shows the stack trace of an error.
 */
import { readFileSync, rmSync } from 'fs';
import { join } from 'path';
import { parseArgs } from 'util';
import { CloudAssembly, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { describeStack } from './describe-stack';

const ROOT = join(__dirname, '..');
const OUT = join(ROOT, 'cdk.out');

const DEPLOY = `DEPLOY IT, with an AWS account and, to build the image, Docker
  Once per account and region:
      npx aws-cdk@2 bootstrap
  The first time, not yet protected against deletion, so that a failure rolls back:
      npx projen example -c first=true && npx aws-cdk@2 deploy --all --app cdk.out
  From then on:
      npx projen example && npx aws-cdk@2 deploy --all --app cdk.out`;

async function main(args: string[]): Promise<void> {
  const debug = args.includes('--debug');
  try {
    const { values } = parseArgs({
      args,
      options: {
        context: { type: 'string', short: 'c', multiple: true, default: [] },
        quiet: { type: 'boolean', default: false },
        debug: { type: 'boolean', default: false },
      },
    });
    const stacks = await synthesise(contextOf(values.context));
    if (!values.quiet) {
      const [project, ...others] = stacks;
      console.log(`The stack of examples/typescript, which puts examples/django-app and examples/spa into production\n\n${describeStack(project, ROOT)}`);
      others.forEach((stack) => console.log(`\nBESIDE IT, in ${stack.environment.region}: ${stack.stackName}\n${describeStack(stack, ROOT)}`));
      console.log(`\n${DEPLOY}`);
    }
  } catch (error) {
    const { message, stack } = error as Error;
    console.error(`The example was not synthesised.\n\n${debug ? stack : message}`);
    process.exitCode = 1;
  }
}

function contextOf(pairs: string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) {
      throw new Error(`Context must be 'key=value', got '${pair}'; for example: -c profile=staging`);
    }
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  }));
}

/** Runs the app as the CDK command line does, which hands over context and output directory by the environment. */
async function synthesise(context: Record<string, string>): Promise<CloudFormationStackArtifact[]> {
  const { context: flags } = JSON.parse(readFileSync(join(ROOT, 'examples', 'typescript', 'cdk.json'), 'utf8'));
  rmSync(OUT, { recursive: true, force: true });
  process.env.CDK_OUTDIR = OUT;
  process.env.CDK_CONTEXT_JSON = JSON.stringify({
    ...flags,
    // Warnings stand in our own account of the stack.
    '@aws-cdk/core:annotationsInValidationReport': false,
    ...context,
  });
  await import('../examples/typescript/app.js');

  // What is made in us-east-1 for a stack hangs below it.
  const stacks = [...new CloudAssembly(OUT).stacks].sort((one, other) => one.hierarchicalId.length - other.hierarchicalId.length);
  const errors = stacks.flatMap(({ messages }) => messages).filter(({ level }) => String(level) === 'error');
  if (errors.length > 0) {
    throw new Error(errors.map(({ id, entry }) => `${id.slice(1)}: ${entry.data}`).join('\n'));
  }
  return stacks;
}

void main(process.argv.slice(2));
