import { isKnown } from './validation';

const SHELLS = ['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh'];

/** Why the words of a command or an entry point are not in exec form, if they are not; completes "'command' ...". */
export function execFormProblem(words: readonly string[]): string | undefined {
  if (!Array.isArray(words)) {
    return `must be a list of words, got ${JSON.stringify(words)}: write ${execForm(String(words))}`;
  }
  if (words.length === 0) {
    return 'must hold at least the program: give it, or leave the list out';
  }
  const wrong = words.findIndex((word) => typeof word !== 'string');
  if (wrong >= 0) {
    return `must be a list of strings, got ${JSON.stringify(words[wrong]) ?? 'undefined'} as word ${wrong + 1}: quote it`;
  }
  const [program] = words;
  if (!isKnown(program)) {
    return undefined;
  }
  if (program.trim() === '') {
    return `must begin with a program, got ${JSON.stringify(words)}`;
  }
  return /\s/.test(program)
    ? `must be in exec form, got ${JSON.stringify(words)}: no shell splits it, write ${execForm(program)}`
    : undefined;
}

/**
 * Why a command loses SIGTERM, if it does: a shell stays the first process and does not pass it on, so that ECS kills the
 * program in the middle of its work instead of stopping it.
 */
export function shellProblem(words: readonly string[]): string | undefined {
  const [program, ...args] = words;
  const flag = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  if (!isKnown(program) || !SHELLS.includes(program.split('/').pop() ?? '') || flag < 0) {
    return undefined;
  }
  const text = args[flag + 1] ?? '';
  return !isKnown(text) || /(^|[;&|\s])exec\s/.test(text)
    ? undefined
    : `runs ${JSON.stringify(text)} in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. ` +
      `Write ${execForm(text)}, or begin the last program of the shell's text with 'exec'`;
}

function execForm(line: string): string {
  return `[${line.trim().split(/\s+/).map((word) => `'${word}'`).join(', ')}]`;
}
