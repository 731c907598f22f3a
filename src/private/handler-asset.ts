import { readFileSync } from 'fs';
import { join } from 'path';
import * as lambda from 'aws-cdk-lib/aws-lambda';

/** Root of the package; this file lies two levels below it in `src` and in `lib`. */
const PACKAGE_ROOT = join(__dirname, '..', '..');

const SCRIPTS = new Map<string, string>();

/**
 * The code of a handler: the folder `lambda/<purpose>` as it is, so that consumers need neither Docker nor pip.
 * What Python leaves behind when it runs is excluded: it would change the hash of the asset.
 */
export function handlerCode(purpose: string): lambda.Code {
  return lambda.Code.fromAsset(join(PACKAGE_ROOT, 'lambda', purpose), { exclude: ['**/__pycache__', '**/__pycache__/**', '**/*.pyc'] });
}

/**
 * The text of a script of `container/`, for `python -c`: part of the task definition, so that the image needs nothing of ours.
 * Comments, docstrings and empty lines are left out, because a task definition must stay small.
 */
export function containerScript(fileName: string): string {
  const known = SCRIPTS.get(fileName);
  if (known !== undefined) {
    return known;
  }
  const text = withoutComments(readFileSync(join(PACKAGE_ROOT, 'container', fileName), 'utf8'));
  SCRIPTS.set(fileName, text);
  return text;
}

/** Our scripts use triple quotes for docstrings only, and `#` at the begin of a line for comments only. */
function withoutComments(script: string): string {
  return script
    .replace(/^[ ]*"""[\s\S]*?"""\n/gm, '')
    .split('\n')
    .filter((line) => !/^\s*(#.*)?$/.test(line))
    .join('\n');
}
