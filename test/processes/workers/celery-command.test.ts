import { CeleryCommand } from '../../../src/processes/workers/celery-command';
import { CeleryBeatOptions, CeleryWorkerOptions } from '../../../src/processes/workers/celery-command-props';
import { fromPython, messageOf, TOKEN } from '../../helpers';

describe('a worker', () => {
  test.each<[string, CeleryWorkerOptions | undefined, string[]]>([
    ['by default', undefined, []],
    ['of the smallest size', { cpu: 256 }, ['--concurrency=1']],
    ['of half a vCPU', { cpu: 512 }, ['--concurrency=1']],
    ['of one vCPU', { cpu: 1024 }, ['--concurrency=2']],
    ['of four', { cpu: 4096 }, ['--concurrency=8']],
    ['with a number of its own', { cpu: 4096, concurrency: 3 }, ['--concurrency=3']],
    ['in threads', { concurrency: 20, pool: 'threads' }, ['--concurrency=20', '--pool=threads']],
    ['of some queues', { queues: ['emails', 'reports'] }, ['--queues=emails,reports']],
    ['that leaks', { maxTasksPerChild: 100 }, ['--max-tasks-per-child=100']],
    ['with more', { additionalArguments: ['--time-limit=600', '-E'] }, ['--time-limit=600', '-E']],
    ['of a size that is known later', { cpu: TOKEN.number() }, []],
    ['from Python', fromPython<CeleryWorkerOptions>({}, 'queues', 'concurrency', 'cpu', 'pool', 'logLevel', 'maxTasksPerChild', 'additionalArguments'), []],
  ])('%s', (_, options, words) => {
    expect(CeleryCommand.worker('shop', options)).toEqual(['celery', '--app=shop', 'worker', '--loglevel=INFO', ...words]);
  });

  test('logs as much as it is told', () => {
    expect(CeleryCommand.worker('shop.celery:app', { logLevel: 'WARNING' })).toEqual(['celery', '--app=shop.celery:app', 'worker', '--loglevel=WARNING']);
  });

  test.each<[unknown, Record<string, unknown>, string]>([
    ['', {}, "'app' must be the module with the Celery app, e.g. 'shop', got \"\""],
    ['shop worker', {}, "'app' must be the module with the Celery app, e.g. 'shop', got \"shop worker\""],
    ['shop', { queues: [] }, "'queues' must be names of queues without spaces and commas, got []: e.g. ['emails', 'reports'], or leave it out"],
    ['shop', { queues: ['emails,reports'] }, "'queues' must be names of queues without spaces and commas, got [\"emails,reports\"]: e.g. ['emails', 'reports'], or leave it out"],
    ['shop', { queues: 'emails' }, "'queues' must be a list of strings, got \"emails\": write [\"emails\"]"],
    ['shop', { concurrency: 0 }, "'concurrency' must be a whole number between 1 and 1000, got 0"],
    ['shop', { cpu: 1 }, "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, got 1"],
    ['shop', { pool: 'fork' }, "'pool' must be one of prefork, threads, solo, gevent, eventlet, got \"fork\""],
    ['shop', { logLevel: 'info' }, "'logLevel' must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL, got \"info\""],
    ['shop', { maxTasksPerChild: 0 }, "'maxTasksPerChild' must be a whole number between 1 and 1000000, got 0"],
    ['shop', { additionalArguments: '-E' }, "'additionalArguments' must be a list of strings, got \"-E\": write [\"-E\"]"],
  ])('of %j refuses %j', (app, options, problem) => {
    expect(messageOf(() => CeleryCommand.worker(app as string, options))).toBe(`CeleryCommand.worker() cannot be defined:\n- ${problem}`);
  });
});

describe('beat', () => {
  test.each<[string, CeleryBeatOptions | undefined, string[]]>([
    ['by default', undefined, ['--schedule=/tmp/celerybeat-schedule', '--pidfile=']],
    ['with a file of its own', { scheduleFile: '/data/schedule' }, ['--schedule=/data/schedule', '--pidfile=']],
    ['with the schedule in the database', { scheduler: 'django_celery_beat.schedulers:DatabaseScheduler' },
      ['--scheduler=django_celery_beat.schedulers:DatabaseScheduler', '--pidfile=']],
    ['with more', { additionalArguments: ['--max-interval=60'] }, ['--schedule=/tmp/celerybeat-schedule', '--pidfile=', '--max-interval=60']],
    ['from Python', fromPython<CeleryBeatOptions>({}, 'scheduleFile', 'scheduler', 'logLevel', 'additionalArguments'),
      ['--schedule=/tmp/celerybeat-schedule', '--pidfile=']],
  ])('%s', (_, options, words) => {
    expect(CeleryCommand.beat('shop', options)).toEqual(['celery', '--app=shop', 'beat', '--loglevel=INFO', ...words]);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ scheduleFile: 'schedule' }, "'scheduleFile' must be an absolute path, e.g. '/tmp/celerybeat-schedule', got \"schedule\""],
    [{ scheduler: 'database' }, "'scheduler' must be a class, e.g. 'django_celery_beat.schedulers:DatabaseScheduler', got \"database\""],
    [{ scheduleFile: '/tmp/x', scheduler: 'a.b:C' }, "'scheduleFile' and 'scheduler' exclude each other: leave out one of them"],
    [{ logLevel: 1 }, "'logLevel' must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL, got 1"],
    [{ additionalArguments: [1] }, "'additionalArguments' must be a list of strings, got [1]"],
  ])('refuses %j', (options, problem) => {
    expect(messageOf(() => CeleryCommand.beat('shop', options))).toBe(`CeleryCommand.beat() cannot be defined:\n- ${problem}`);
  });
});
