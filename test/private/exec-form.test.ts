import { execFormProblem, shellProblem } from '../../src/private/exec-form';
import { TOKEN } from '../helpers';

describe('words in exec form', () => {
  test.each<[any]>([
    [['gunicorn']], [['gunicorn', 'shop.wsgi']], [['echo', 'two words', '']], [['sh', '-c', 'a && b']], [[TOKEN.string(), 'x']],
  ])('%j are accepted', (words) => {
    expect(execFormProblem(words)).toBeUndefined();
  });

  test.each<[any, string]>([
    [['gunicorn shop.wsgi'], "must be in exec form, got [\"gunicorn shop.wsgi\"]: no shell splits it, write ['gunicorn', 'shop.wsgi']"],
    [[' gunicorn  shop.wsgi ', '-b'], "must be in exec form, got [\" gunicorn  shop.wsgi \",\"-b\"]: no shell splits it, write ['gunicorn', 'shop.wsgi']"],
    ['gunicorn shop.wsgi', "must be a list of words, got \"gunicorn shop.wsgi\": write ['gunicorn', 'shop.wsgi']"],
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
  ])('is refused where it does: %j', (words, problem) => {
    expect(shellProblem(words)).toBe(problem);
  });
});
