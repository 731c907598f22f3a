import { GunicornOptions } from './web-server-props';
import { given } from '../../private/options';
import { isKnown } from '../../private/validation';

/** What starts a server, by the name of its program or of its Python module. */
const SERVERS = new Map([
  ...['gunicorn', 'uvicorn', 'uwsgi', 'daphne', 'hypercorn', 'granian', 'waitress', 'runserver'].map((name): [string, string] => [name, name]),
  ['pyuwsgi', 'uwsgi'],
  ['waitress-serve', 'waitress'],
]);

/**
 * The server that a command starts, where it is one that is known: by itself, as a Python module (`python -m uvicorn`), by what starts programs
 * (`poetry run`, `ddtrace-run`) or at the end of a shell's text (`exec uvicorn …`).
 */
export function serverOf(command: readonly string[] = []): string | undefined {
  const names = wordsOf(command.filter((word) => isKnown(word))).map((word) => word.split('/').pop()!);
  return SERVERS.get(names.find((name) => SERVERS.has(name)) ?? '');
}

/** The addresses that a command makes gunicorn or uvicorn listen on, as `host:port`; none where it leaves that to variables. */
export function addressesOf(command: readonly string[] = []): string[] {
  const words = wordsOf(command.filter((word) => isKnown(word)));
  if (serverOf(command) === 'gunicorn') {
    return optionsIn(words, '--bind', '-b');
  }
  const [host] = optionsIn(words, '--host');
  const [port] = optionsIn(words, '--port');
  return serverOf(command) === 'uvicorn' && (host !== undefined || port !== undefined) ? [`${host ?? '0.0.0.0'}:${port ?? ''}`] : [];
}

/** The options of gunicorn that a command gives itself: they win over variables. */
export function gunicornOptionsIn(command: readonly string[] = []): GunicornOptions {
  const words = serverOf(command) === 'gunicorn' ? wordsOf(command.filter((word) => isKnown(word))) : [];
  const [workers] = optionsIn(words, '--workers', '-w').filter((value) => /^\d+$/.test(value)).map(Number);
  const [threads] = optionsIn(words, '--threads').filter((value) => /^\d+$/.test(value)).map(Number);
  const [workerClass] = optionsIn(words, '--worker-class', '-k');
  return given({ workers, threads, workerClass });
}

/** The values that options with one of the names have: `--bind X`, `--bind=X`. */
function optionsIn(words: string[], ...names: string[]): string[] {
  return words.flatMap((word, index) => {
    const name = names.find((each) => word === each || word.startsWith(`${each}=`));
    return name === undefined ? [] : [word === name ? words[index + 1] ?? '' : word.slice(name.length + 1)];
  });
}

/** The words of the program that remains: without what a shell does before it hands over. */
function wordsOf(command: string[]): string[] {
  const text = command.find((word) => /\s/.test(word) && /(^|[;&|\s])exec\s/.test(word));
  return text === undefined ? command : text.slice(text.lastIndexOf('exec ') + 'exec '.length).split(/[\s;&|"']+/);
}
