import { addressesOf, gunicornOptionsIn, serverOf } from '../../../src/processes/web/server-command';
import { TOKEN } from '../../helpers';

test.each<[string[] | undefined, string | undefined]>([
  [['gunicorn', 'shop.wsgi'], 'gunicorn'],
  [['uvicorn', 'shop.asgi:application'], 'uvicorn'],
  [['/app/.venv/bin/uvicorn', 'shop.asgi:application'], 'uvicorn'],
  [['python', '-m', 'uvicorn', 'shop.asgi:application'], 'uvicorn'],
  [['poetry', 'run', 'uvicorn', 'shop.asgi:application'], 'uvicorn'],
  [['opentelemetry-instrument', '--traces_exporter', 'console', 'gunicorn', 'shop.wsgi'], 'gunicorn'],
  [['uwsgi', '--ini', 'uwsgi.ini'], 'uwsgi'],
  [['pyuwsgi', 'uwsgi.ini'], 'uwsgi'],
  [['waitress-serve', 'shop.wsgi:application'], 'waitress'],
  [['python', 'manage.py', 'runserver', '0.0.0.0:8000'], 'runserver'],
  [['sh', '-c', 'python manage.py migrate && exec uvicorn shop.asgi:application'], 'uvicorn'],
  [['sh', '-c', 'echo gunicorn comes; exec ddtrace-run uvicorn shop.asgi'], 'uvicorn'],
  [['bash', '-c', 'exec "$0" "$@"', 'uvicorn', 'shop.asgi'], undefined],
  [['gunicorn', '--worker-class', 'uvicorn', 'shop.asgi'], 'gunicorn'],
  [['gunicorn', '-k', 'uvicorn_worker.UvicornWorker', 'shop.asgi'], 'gunicorn'],
  [['nginx', '-g', 'daemon off;'], undefined],
  [['./start.sh'], undefined],
  [[TOKEN.string(), 'shop.wsgi'], undefined],
  [[], undefined],
  [undefined, undefined],
])('%j starts %s', (command, server) => {
  expect(serverOf(command)).toBe(server);
});

test.each<[string[] | undefined, string[]]>([
  [['gunicorn', '--bind', '0.0.0.0:5000', 'shop.wsgi'], ['0.0.0.0:5000']],
  [['gunicorn', '-b', ':5000', '--bind=[::]:8000', 'shop.wsgi'], [':5000', '[::]:8000']],
  [['sh', '-c', 'exec gunicorn shop.wsgi --bind 0.0.0.0:5000 --chdir=/app'], ['0.0.0.0:5000']],
  [['uvicorn', 'shop.asgi', '--port', '5000'], ['0.0.0.0:5000']],
  [['uvicorn', 'shop.asgi', '--host=127.0.0.1'], ['127.0.0.1:']],
  [['gunicorn', 'shop.wsgi'], []],
  [['gunicorn', 'shop.wsgi', '--bind'], ['']],
  [['daphne', '-b', '0.0.0.0', 'shop.asgi'], []],
  [undefined, []],
])('%j listens on %j', (command, addresses) => {
  expect(addressesOf(command)).toEqual(addresses);
});

test.each<[string[] | undefined, object]>([
  [['gunicorn', '-w', '8', '--threads', '64', 'shop.wsgi'], { workers: 8, threads: 64 }],
  [['sh', '-c', 'exec gunicorn shop.wsgi --workers=3 -k gevent'], { workers: 3, workerClass: 'gevent' }],
  [['gunicorn', '-w', '$WORKERS', 'shop.wsgi'], {}],
  [['gunicorn', 'shop.wsgi'], {}],
  [['uvicorn', '--workers', '4', 'shop.asgi'], {}],
  [undefined, {}],
])('%j gives gunicorn %j', (command, options) => {
  expect(gunicornOptionsIn(command)).toEqual(options);
});
