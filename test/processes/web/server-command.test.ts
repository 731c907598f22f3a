import { serverOf } from '../../../src/processes/web/server-command';
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
