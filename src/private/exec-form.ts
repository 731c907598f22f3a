import { isKnown, show } from './validation';

/** What tells a shell where input and output go: ECS takes all output of the program. */
const REDIRECTION = /^(\d*[<>]|&>)/;

/** A word that is a variable of a shell, or has one after `=` or `:`; a path may follow. */
const VARIABLE = /^(\S*[=:])?\$([A-Z_][A-Z0-9_]*|\{[A-Za-z_]\w*(:?[-=?+][^}]*)?\})(\/\S*)?$/;

/** How much of a text, in characters, stands in a message: of a start script its beginning says enough. */
const SHOWN = 60;

const SHELLS = ['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh'];

/** Why the words of a command or an entry point are not in exec form, if they are not; completes "'command' ...". */
export function execFormProblem(words: readonly string[]): string | undefined {
  if (!Array.isArray(words)) {
    return typeof words === 'string'
      ? `must be a list of words, got ${shorten(show(words))}: ${advice(words)}`
      : `must be a list of words, got ${words !== null && typeof words === 'object' ? 'an object' : shorten(show(words))}: ` +
        "give the program and each of its arguments as a word, e.g. ['gunicorn', 'shop.wsgi']";
  }
  if (words.length === 0) {
    return 'must hold at least the program: give it, or leave the list out';
  }
  const wrong = words.findIndex((word) => typeof word !== 'string');
  if (wrong >= 0) {
    return `must be a list of strings, got ${shorten(show(words[wrong]))} as word ${wrong + 1}: quote it`;
  }
  const [program] = words;
  if (!isKnown(program)) {
    return undefined;
  }
  if (program.trim() === '') {
    return `must begin with a program, got ${shorten(show(words))}`;
  }
  return /\s/.test(program)
    ? `must be in exec form, got ${shorten(show(words))}: no shell splits it, ${advice(program)}`
    : variableProblem(words);
}

/** A program gets `$NAME` as it stands where no shell is among the words. */
function variableProblem(words: readonly string[]): string | undefined {
  const variable = words.some(expands) ? undefined : words.find((word) => isKnown(word) && VARIABLE.test(word));
  return variable === undefined
    ? undefined
    : `must hold values, got ${shorten(show(variable))}: no shell fills it in, and the program would take it as it stands. Write the value; ` +
      "how many workers a web server has, and where it listens, its 'server' says, e.g. WebServer.gunicorn({ workers: 2 })";
}

function expands(word: string): boolean {
  return [...SHELLS, 'env', 'envsubst', 'CMD-SHELL'].includes(word.split('/').pop() ?? '');
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
    : `runs ${shorten(show(text))} in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. ` +
      `${capitalised(advice(text))}, or begin the last program of the shell's text with 'exec'`;
}

/** How a line for a shell is written without one. */
function advice(line: string): string {
  const { words, alone } = lastCommand(line);
  const list = words.length === 0 ? 'the program and its arguments as words' : execForm(words);
  const variable = words.find((word) => word.includes('$'));
  return (alone ? `write ${list}` : `write only the last command, ${list}, since commands before the server belong to the release (\`release.commands\`)`) +
    (variable ? ` with a value for '${shorten(variable)}', which only a shell fills in` : '');
}

/**
 * The command that a line for a shell ends with, without its `exec`, its redirections and what it is piped into or replaced by when it fails,
 * and whether it is all that the line holds.
 */
function lastCommand(line: string): { words: string[]; alone: boolean } {
  const tokens = line.trim().match(/(?:"[^"]*"|'[^']*'|>&|&>|[^\s;&|])+|&&|\|\||[;&|\n]/g) ?? [];
  const commands: string[][] = [[]];
  let follows = false;
  for (const token of tokens) {
    if (['&&', ';', '&', '\n'].includes(token)) {
      follows = false;
      commands.push([]);
    } else if (['|', '||'].includes(token)) {
      follows = true;
    } else if (!follows) {
      commands[commands.length - 1].push(token.replace(/^(["'])(.*)\1$/s, '$2'));
    }
  }
  const given = commands.filter((words) => words.length > 0);
  const last = (given[given.length - 1] ?? []).filter((word, index, words) => !REDIRECTION.test(word) && !/^(\d*[<>]+|&>)$/.test(words[index - 1] ?? ''));
  return { words: last[0] === 'exec' ? last.slice(1) : last, alone: given.length <= 1 };
}

function execForm(words: string[]): string {
  const quoted = words.map((word) => `'${shorten(word)}'`);
  const fits = quoted.filter((_, index) => quoted.slice(0, index + 1).join(', ').length <= SHOWN);
  return `[${(fits.length === quoted.length ? quoted : [...quoted.slice(0, Math.max(1, fits.length)), '…']).join(', ')}]`;
}

function shorten(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
