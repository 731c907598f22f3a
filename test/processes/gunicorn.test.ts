import { gunicornEnvironment, workersFor } from '../../src/processes/gunicorn';
import { newStack, TOKEN } from '../helpers';

const SETTINGS = { port: 8000, workers: 2, threads: 16, requestTimeoutSeconds: 30, keepAliveSeconds: 65, gracefulTimeoutSeconds: 28 };

describe('the environment of gunicorn', () => {
  test('has what a container of any image honours', () => {
    expect(gunicornEnvironment(SETTINGS)).toEqual({
      PORT: '8000',
      PYTHONUNBUFFERED: '1',
      WEB_CONCURRENCY: '2',
      FORWARDED_ALLOW_IPS: '*',
      GUNICORN_CMD_ARGS: '--bind=0.0.0.0:8000 --worker-class=gthread --threads=16 --timeout=30 --graceful-timeout=28 --keep-alive=65 ' +
        '--worker-tmp-dir=/dev/shm --access-logfile=-',
    });
  });

  test('keeps numbers that are known at deployment only', () => {
    const environment = gunicornEnvironment({ ...SETTINGS, port: TOKEN.number(9000), workers: TOKEN.number(3), threads: TOKEN.number(5) });
    expect(newStack().resolve(environment)).toMatchObject({
      PORT: '9000',
      WEB_CONCURRENCY: '3',
      GUNICORN_CMD_ARGS: expect.stringMatching(/^--bind=0\.0\.0\.0:9000 --worker-class=gthread --threads=5 /),
    });
  });
});

test.each([[256, 1], [512, 1], [1024, 1], [2048, 2], [4096, 4], [16384, 16]])('%d CPU units run %d worker processes', (cpu, workers) => {
  expect(workersFor(cpu)).toBe(workers);
});
