import { execFormProblem, shellProblem } from '../../src/private/exec-form';
import { TOKEN } from '../helpers';

describe('words in exec form', () => {
  test.each<[any]>([
    [['gunicorn']], [['gunicorn', 'shop.wsgi']], [['echo', 'two words', '']], [['sh', '-c', 'a && b']], [[TOKEN.string(), 'x']],
    [['sh', '-c', '$START']], [['tini', '--', '/bin/bash', '-c', '${START}']], [['env', '-S', '${START}']], [['grep', '-v', '^#.*$', '$']], [['echo', TOKEN.string()]],
    [['CMD-SHELL', '$PROBE']],
    [['python', 'manage.py', 'grant', 'a$b', 'at: $HOME/x', '{"a":"$USD"}', '$1', '$x', 'price in $USD today']],
  ])('%j are accepted', (words) => {
    expect(execFormProblem(words)).toBeUndefined();
  });

  test.each<[any, string]>([
    [['gunicorn shop.wsgi'], "must be in exec form, got [\"gunicorn shop.wsgi\"]: no shell splits it, write ['gunicorn', 'shop.wsgi']"],
    [[' gunicorn  shop.wsgi ', '-b'], "must be in exec form, got [\" gunicorn  shop.wsgi \",\"-b\"]: no shell splits it, write ['gunicorn', 'shop.wsgi']"],
    ['gunicorn shop.wsgi', "must be a list of words, got \"gunicorn shop.wsgi\": write ['gunicorn', 'shop.wsgi']"],
    [undefined, "must be a list of words, got undefined: give the program and each of its arguments as a word, e.g. ['gunicorn', 'shop.wsgi']"],
    [{}, "must be a list of words, got an object: give the program and each of its arguments as a word, e.g. ['gunicorn', 'shop.wsgi']"],
    [['python manage.py migrate && gunicorn shop.wsgi'],
      'must be in exec form, got ["python manage.py migrate && gunicorn shop.wsgi"]: no shell splits it, write only the last command, ' +
      "['gunicorn', 'shop.wsgi'], since commands before the server belong to the release (`release.commands`)"],
    [`gunicorn ${'x'.repeat(1000)}`, `must be a list of words, got "gunicorn ${'x'.repeat(50)}…: write ['gunicorn', …]`],
    [['x '.repeat(500)], `must be in exec form, got ["${'x '.repeat(29)}…: no shell splits it, write [${"'x', ".repeat(12)}…]`],
    [['gunicorn', { text: 'x'.repeat(1000) }], `must be a list of strings, got {"text":"${'x'.repeat(51)}… as word 2: quote it`],
    ...['$GUNICORN_WORKERS', '--workers=$GUNICORN_WORKERS', '${workers}', '0.0.0.0:${PORT:-8000}', 'http://localhost:$PORT/health/'].map((word): [any, string] => [['gunicorn', 'shop.wsgi', word],
      `must hold values, got "${word}": no shell fills it in, and the program would take it as it stands. Write the value; ` +
      "how many workers a web server has, and where it listens, its 'server' says, e.g. WebServer.gunicorn({ workers: 2 })"]),
    [[], 'must hold at least the program: give it, or leave the list out'],
    [[''], 'must begin with a program, got [""]'],
    [['gunicorn', 5], 'must be a list of strings, got 5 as word 2: quote it'],
    [['gunicorn', undefined], 'must be a list of strings, got undefined as word 2: quote it'],
  ])('%j are refused with the form that works', (words, problem) => {
    expect(execFormProblem(words)).toBe(problem);
  });
});

describe('a shell', () => {
  test.each<[string[]]>([
    [['gunicorn', 'shop.wsgi']],
    [['sh', '-c', 'exec gunicorn shop.wsgi']],
    [['bash', '-lc', 'python manage.py check && exec gunicorn shop.wsgi']],
    [['sh', 'start.sh']],
    [['python', '-c', 'print(1)']],
    [['sh', '-c', TOKEN.string()]],
    [[TOKEN.string(), '-c', 'x']],
    [[]],
  ])('does not stand in the way of SIGTERM: %j', (words) => {
    expect(shellProblem(words)).toBeUndefined();
  });

  test.each<[string[], string]>([
    [['sh', '-c', 'gunicorn shop.wsgi'],
      'runs "gunicorn shop.wsgi" in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. ' +
      "Write ['gunicorn', 'shop.wsgi'], or begin the last program of the shell's text with 'exec'"],
    [['/bin/bash', '-ec', 'execute'],
      'runs "execute" in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. ' +
      "Write ['execute'], or begin the last program of the shell's text with 'exec'"],
    [['sh', '-c', ''],
      'runs "" in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. ' +
      "Write the program and its arguments as words, or begin the last program of the shell's text with 'exec'"],
  ])('is refused where it does: %j', (words, problem) => {
    expect(shellProblem(words)).toBe(problem);
  });

  test.each<[string, string]>([
    ['python manage.py migrate && gunicorn shop.wsgi', "['gunicorn', 'shop.wsgi']"],
    ['python manage.py migrate; gunicorn shop.wsgi', "['gunicorn', 'shop.wsgi']"],
    ['python manage.py migrate\ngunicorn shop.wsgi\n', "['gunicorn', 'shop.wsgi']"],
    ['nginx & gunicorn shop.wsgi', "['gunicorn', 'shop.wsgi']"],
    ['migrate || exit 1; gunicorn shop.wsgi | tee log', "['gunicorn', 'shop.wsgi']"],
    ['python -c "import a; b" && gunicorn -n \'a && b\'', "['gunicorn', '-n', 'a && b']"],
  ])('is replaced by the last command alone where it runs several: %j', (text, list) => {
    expect(shellProblem(['sh', '-c', text])).toBe(
      `runs ${JSON.stringify(text)} in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. ` +
      `Write only the last command, ${list}, since commands before the server belong to the release (\`release.commands\`), ` +
      "or begin the last program of the shell's text with 'exec'");
  });

  test('is replaced by the command alone, without the exec and the redirections of a shell', () => {
    expect(execFormProblem(['exec gunicorn shop.wsgi > log 2>&1'])).toBe(
      "must be in exec form, got [\"exec gunicorn shop.wsgi > log 2>&1\"]: no shell splits it, write ['gunicorn', 'shop.wsgi']");
  });

  test('is not replaced without a word about the variables that it fills in', () => {
    expect(shellProblem(['sh', '-c', 'gunicorn -b :$PORT shop.wsgi'])).toBe(
      'runs "gunicorn -b :$PORT shop.wsgi" in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. ' +
      "Write ['gunicorn', '-b', ':$PORT', 'shop.wsgi'] with a value for ':$PORT', which only a shell fills in, " +
      "or begin the last program of the shell's text with 'exec'");
  });

  test('is not shown with the whole of a long text', () => {
    const script = `${'echo start; '.repeat(100)}gunicorn ${'x'.repeat(200)}`;
    expect(shellProblem(['sh', '-c', script])).toBe(
      `runs "${'echo start; '.repeat(4)}echo start;… in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. ` +
      "Write only the last command, ['gunicorn', …], since commands before the server belong to the release (`release.commands`), " +
      "or begin the last program of the shell's text with 'exec'");
  });
});
