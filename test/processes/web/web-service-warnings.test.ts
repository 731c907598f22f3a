import { define } from './web-service-stack';
import { WebServer } from '../../../src/processes/web/web-server';
import { warningsOf } from '../../helpers';

const ADVICE_FOR_OTHERS = "Give 'server: WebServer.other()', and tell it by its own means to listen on 0.0.0.0 and the container's port and to keep idle " +
  'connections longer than the load balancer does.';

function mismatch(started: string, server: string, advice: string): string {
  return `'command' starts ${started}, but 'server' is WebServer.${server}(), whose variables ${started} does not read: its own defaults say where it listens, ` +
    `how long it keeps idle connections and how it stops, so that health checks fail or a 502 comes now and then. ${advice}`;
}

function warnings(command: string[] | undefined, server?: WebServer, environment?: Record<string, string>) {
  return warningsOf(define({ server }, { process: { command, environment } }).web);
}

describe('a command', () => {
  test.each<[string, string[], WebServer | undefined, string]>([
    ['uvicorn without a server', ['uvicorn', 'shop.asgi'], undefined, mismatch('uvicorn', 'gunicorn', "Give 'server: WebServer.uvicorn()'.")],
    ['gunicorn beside uvicorn', ['gunicorn', 'shop.wsgi'], WebServer.uvicorn(), mismatch('gunicorn', 'uvicorn', "Give 'server: WebServer.gunicorn()'.")],
    ['a server that the library does not tune', ['daphne', 'shop.asgi'], undefined, mismatch('daphne', 'gunicorn', ADVICE_FOR_OTHERS)],
  ])('that contradicts the server is warned about: %s', (_, command, server, warning) => {
    expect(warnings(command, server)).toEqual({ 'web-server': warning });
  });

  test.each<[string, string[] | undefined, WebServer | undefined]>([
    ['gunicorn, which is the default', ['python', '-m', 'gunicorn', 'shop.wsgi'], undefined],
    ['uvicorn with its server', ['uvicorn', 'shop.asgi'], WebServer.uvicorn()],
    ['gunicorn whose settings are in a file', ['gunicorn', 'shop.wsgi'], WebServer.other()],
    ['a script', ['./start.sh'], undefined],
    ["the image's own", undefined, undefined],
  ])('that may fit is not: %s', (_, command, server) => {
    expect(warnings(command, server)).toEqual({});
  });

  test.each([[undefined], [WebServer.other()]])('that starts the server for development is warned about', (server) => {
    expect(warnings(['python', 'manage.py', 'runserver', '0.0.0.0:8000'], server)).toEqual({
      runserver: "'command' starts runserver, which Django has for development: it has gone through no security audits or performance tests. " +
        "Leave 'command' out for gunicorn, or write ['gunicorn', 'shop.wsgi:application'].",
    });
  });
});

describe('uWSGI', () => {
  test('is warned about where it would not stop on SIGTERM', () => {
    expect(warnings(['uwsgi', 'uwsgi.ini'], WebServer.other())).toEqual({
      'uwsgi-stop': "uWSGI takes SIGTERM, by which ECS stops tasks, for a reload, and is killed at the end of the 'stopTimeout' in each deployment, unless its own " +
        "file says otherwise. Give 'environment' UWSGI_HOOK_MASTER_START: 'unix_signal:15 gracefully_kill_them_all', which lets it end what it has begun and stop, " +
        "and UWSGI_ADD_HEADER: 'Connection: close', because its http-socket closes each connection without a word, which gives a 502 now and then.",
    });
  });

  test.each([['UWSGI_DIE_ON_TERM', 'true'], ['UWSGI_HOOK_MASTER_START', 'unix_signal:15 gracefully_kill_them_all']])('is not where %s says how', (name, value) => {
    expect(warnings(['uwsgi', 'uwsgi.ini'], WebServer.other(), { [name]: value })).toEqual({});
  });

  test.each([['--die-on-term'], ['--hook-master-start=unix_signal:15 gracefully_kill_them_all']])('is not where its command has %s', (option) => {
    expect(warnings(['uwsgi', option, 'uwsgi.ini'], WebServer.other())).toEqual({});
  });
});

describe('workers of uvicorn in gunicorn', () => {
  const CLASS = 'uvicorn_worker.UvicornWorker';
  const WARNING = {
    'forged-addresses': 'workers of uvicorn in gunicorn take the first address in X-Forwarded-For, which a client may have written, as REMOTE_ADDR. ' +
      "Start uvicorn itself, by 'server: WebServer.uvicorn()' and ['uvicorn', 'shop.asgi:application'] where you give a command; " +
      "or, unless it is gunicorn 23, give 'environment' FORWARDED_ALLOW_IPS: '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10'.",
  };

  test.each<[string, string[] | undefined, WebServer | undefined, Record<string, string>]>([
    ['an option', undefined, WebServer.gunicorn({ workerClass: CLASS }), {}],
    ['a command', ['gunicorn', 'shop.asgi', '-k', 'uvicorn.workers.UvicornWorker'], undefined, { GUNICORN_CMD_ARGS: '--bind=0.0.0.0:8000 --keep-alive=65' }],
    ["a shell's text", ['sh', '-c', `exec gunicorn shop.asgi -k ${CLASS}`], undefined, {}],
  ])('are warned about where clients may forge their address: %s', (_, command, server, environment) => {
    expect(warnings(command, server, environment)).toMatchObject(WARNING);
  });

  test.each<[string, WebServer, Record<string, string>]>([
    ['the networks are yours', WebServer.gunicorn({ workerClass: CLASS }), { FORWARDED_ALLOW_IPS: '10.0.0.0/8' }],
    ['the class is another', WebServer.gunicorn({ workerClass: 'asgi' }), {}],
    ['the server is another', WebServer.other(), {}],
  ])('are not where %s', (_, server, environment) => {
    expect(warnings(['gunicorn', 'shop.asgi'], server, environment)).toEqual({});
  });
});

describe('an address in the command', () => {
  test.each([
    ['another port', ['gunicorn', '--bind', '0.0.0.0:5000', 'shop.wsgi'], '"0.0.0.0:5000"'],
    ['two others', ['gunicorn', '-b', ':5000', '-b', '127.0.0.1:8000', 'shop.wsgi'], '":5000", "127.0.0.1:8000"'],
    ['a socket', ['gunicorn', '-b', 'unix:/tmp/gunicorn.sock', 'shop.wsgi'], '"unix:/tmp/gunicorn.sock"'],
  ])('that nobody reaches is warned about: %s', (_, command, shown) => {
    expect(warnings(command)).toEqual({
      'listening-address': `'command' makes the server listen on ${shown}, but the load balancer asks port 8000 of the task's address: no health check would pass. ` +
        "Leave the address out of the command, the library hands it over; or give the port as 'containerPort', in a DjangoOnFargate 'web.containerPort'.",
    });
  });

  test.each([
    ['the port of the container', ['gunicorn', '--bind=0.0.0.0:8000', 'shop.wsgi']],
    ['IPv6', ['gunicorn', '--bind', '[::]:8000', 'shop.wsgi']],
    ['one of two', ['gunicorn', '-b', '127.0.0.1:9000', '-b', ':8000', 'shop.wsgi']],
    ['a variable of a shell', ['sh', '-c', 'exec gunicorn shop.wsgi --bind 0.0.0.0:$PORT']],
  ])('that is reached is not: %s', (_, command) => {
    expect(warnings(command)).toEqual({});
  });
});
