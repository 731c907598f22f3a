import { readFileSync } from 'fs';
import { extname, join } from 'path';
import { PACKAGE_ROOT } from './package-root';

/** How comments begin, by the kind of the file. */
const COMMENTS: Record<string, RegExp> = { '.py': /^\s*(#.*)?$/, '.sh': /^\s*(#.*)?$/, '.sql': /^\s*(--.*)?$/ };

const SCRIPTS = new Map<string, string>();

/**
 * The text of a script of `container/`, for `python -c`, `sh -c` or `psql`: part of the task definition, so that the image needs nothing of ours.
 * Comments, docstrings and empty lines are left out, because a task definition must stay small.
 */
export function containerScript(fileName: string): string {
  const known = SCRIPTS.get(fileName);
  if (known !== undefined) {
    return known;
  }
  const text = withoutComments(readFileSync(join(PACKAGE_ROOT, 'container', fileName), 'utf8'), COMMENTS[extname(fileName)]);
  SCRIPTS.set(fileName, text);
  return text;
}

/** Our scripts use triple quotes for docstrings only, and what begins a comment at the begin of a line for comments only. */
function withoutComments(script: string, comment: RegExp): string {
  return script
    .replace(/^[ ]*"""[\s\S]*?"""\n/gm, '')
    .split('\n')
    .filter((line) => !comment.test(line))
    .join('\n');
}
