import { WebServer } from '../../../src/processes/web/web-server';
import { workersFor } from '../../../src/processes/web/web-server-settings';
import { newStack, TOKEN } from '../../helpers';

const SETTINGS = { port: 8000, cpu: 2048, requestTimeoutSeconds: 30, idleTimeoutSeconds: 60, keepAliveSeconds: 65 };

describe('gunicorn', () => {
  test('is told what a container of any image honours, by the size of its task', () => {
    expect(WebServer.gunicorn()._environment(SETTINGS)).toEqual({
      PORT: '8000',
      PYTHONUNBUFFERED: '1',
      XDG_RUNTIME_DIR: '/tmp',
      WEB_CONCURRENCY: '2',
      FORWARDED_ALLOW_IPS: '*',
      GUNICORN_CMD_ARGS: '--bind=0.0.0.0:8000 --worker-class=gthread --threads=16 --timeout=30 --graceful-timeout=30 --keep-alive=65 ' +
        '--worker-tmp-dir=/dev/shm --access-logfile=-',
    });
  });

  test('keeps numbers that are known at deployment only', () => {
    const server = WebServer.gunicorn({ workers: TOKEN.number(3), threads: TOKEN.number(5) });
    expect(newStack().resolve(server._environment({ ...SETTINGS, port: TOKEN.number(9000) }))).toMatchObject({
      PORT: '9000',
      WEB_CONCURRENCY: '3',
      GUNICORN_CMD_ARGS: expect.stringMatching(/^--bind=0\.0\.0\.0:9000 --worker-class=gthread --threads=5 /),
    });
  });

  test.each(['uvicorn_worker.UvicornWorker', 'uvicorn.workers.UvicornWorker', 'asgi', 'sync', 'gevent'])('with workers of the class %s has no threads, which they do not know', (workerClass) => {
    const { GUNICORN_CMD_ARGS: words } = WebServer.gunicorn({ workerClass })._environment(SETTINGS);
    expect(words).toBe(`--bind=0.0.0.0:8000 --worker-class=${workerClass} --timeout=30 --graceful-timeout=30 --keep-alive=65 --worker-tmp-dir=/dev/shm --access-logfile=-`);
    expect(WebServer.gunicorn({ workerClass })._requestsPerTask(1024)).toEqual([0]);
  });

  test.each<[string | undefined, string]>([
    [undefined, 'shop.wsgi:application'], ['gthread', 'shop.wsgi:application'], ['gevent', 'shop.wsgi:application'],
    ['uvicorn_worker.UvicornWorker', 'shop.asgi:application'], ['asgi', 'shop.asgi:application'],
  ])('with the worker class %p serves %s', (workerClass, application) => {
    expect(WebServer.gunicorn({ workerClass })._defaultCommand('shop')).toEqual(['gunicorn', application]);
    const own = application.replace('application', 'site');
    const applications = { [application.includes('asgi') ? 'asgiApplication' : 'wsgiApplication']: own };
    expect(WebServer.gunicorn({ workerClass })._defaultCommand(undefined, applications)).toEqual(['gunicorn', own]);
    expect(WebServer.gunicorn({ workerClass })._defaultCommand(undefined)).toBeUndefined();
  });

  test('serves as many requests of a task as it has threads in all workers', () => {
    expect(WebServer.gunicorn()._requestsPerTask(2048)).toEqual([2, 16]);
    expect(WebServer.gunicorn({ workers: 3, threads: 4, workerClass: 'gunicorn.workers.gthread.ThreadWorker' })._requestsPerTask(2048)).toEqual([3, 4]);
  });

  test.each<[string, any, string | undefined]>([
    ['nothing', undefined, undefined],
    ['what fits', { workers: 1, threads: 512, workerClass: 'gthread' }, undefined],
    ['tokens', { workers: TOKEN.number(), threads: TOKEN.number(), workerClass: TOKEN.string() }, undefined],
    ['no object', 4, "'server' must be an object with options, got 4"],
    ['too much', { workers: 65, threads: 0 }, "'server.workers' must be a whole number between 1 and 64, got 65\n- 'server.threads' must be a whole number between 1 and 512, got 0"],
    ['a class that is none', { workerClass: '-k sync' },
      "'server.workerClass' must be a class as gunicorn names it, e.g. 'gthread' or 'uvicorn_worker.UvicornWorker', got \"-k sync\""],
    ['threads for workers without any', { threads: 4, workerClass: 'asgi' }, "'server.threads' must be left out: workers of the class \"asgi\" have no threads"],
  ])('judges %s', (_, options, problem) => {
    expect(WebServer.gunicorn(options)._problem()).toBe(problem);
  });
});

test.each([[256, 1], [512, 1], [1024, 1], [2048, 2], [4096, 4], [16384, 16]])('%d CPU units run %d worker processes', (cpu, workers) => {
  expect(workersFor(cpu)).toBe(workers);
});
