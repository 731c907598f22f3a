import { Duration } from 'aws-cdk-lib/core';
import { define, environmentOf } from './web-service-stack';
import { WebServer } from '../../../src/processes/web/web-server';
import { newStack, TOKEN, warningsOf } from '../../helpers';

const SETTINGS = { port: 8000, cpu: 2048, requestTimeoutSeconds: 30, idleTimeoutSeconds: 60, keepAliveSeconds: 65 };

describe('uvicorn', () => {
  test('is told by variables that it reads itself, so that an image\'s own command works', () => {
    expect(WebServer.uvicorn()._environment(SETTINGS)).toEqual({
      PORT: '8000',
      PYTHONUNBUFFERED: '1',
      UVICORN_HOST: '0.0.0.0',
      UVICORN_PORT: '8000',
      WEB_CONCURRENCY: '2',
      FORWARDED_ALLOW_IPS: '*,127.0.0.1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10',
      UVICORN_TIMEOUT_KEEP_ALIVE: '65',
      UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN: '30',
      UVICORN_WS_PING_INTERVAL: '20',
    });
  });

  test.each([[4000, '20'], [60, '20'], [45, '15'], [5, '1'], [1, '1']])('pings WebSockets before the load balancer closes them after %d s', (idleTimeoutSeconds, ping) => {
    expect(WebServer.uvicorn()._environment({ ...SETTINGS, idleTimeoutSeconds }).UVICORN_WS_PING_INTERVAL).toBe(ping);
  });

  test.each([
    ['10.3.0.0/16', ''], ['100.64.7.0/24', ''], ['203.0.113.0/24', ',203.0.113.0/24'], ['11.0.0.9/16', ',11.0.0.0/16'], ['172.32.0.0/16', ',172.32.0.0/16'],
  ])('believes a load balancer in a VPC of %s', (vpcBlock, more) => {
    expect(WebServer.uvicorn()._environment({ ...SETTINGS, vpcBlock }).FORWARDED_ALLOW_IPS)
      .toBe(`*,127.0.0.1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10${more}`);
  });

  test('takes workers and pings as given, also workers that are known at deployment only', () => {
    const server = WebServer.uvicorn({ workers: TOKEN.number(3), webSocketPingInterval: Duration.seconds(7) });
    expect(newStack().resolve(server._environment({ ...SETTINGS, port: TOKEN.number(9000) })))
      .toMatchObject({ UVICORN_PORT: '9000', WEB_CONCURRENCY: '3', UVICORN_WS_PING_INTERVAL: '7' });
  });

  test('serves the ASGI application', () => {
    expect(WebServer.uvicorn()._defaultCommand('shop')).toEqual(['uvicorn', 'shop.asgi:application']);
    expect(WebServer.uvicorn()._defaultCommand('shop', { asgiApplication: 'shop.own:site', wsgiApplication: 'shop.wsgi:site' })).toEqual(['uvicorn', 'shop.own:site']);
  });

  test.each<[string, any, string | undefined]>([
    ['nothing', undefined, undefined],
    ['too many workers', { workers: 65 }, "'server.workers' must be a whole number between 1 and 64, got 65"],
    ['a fraction of a second', { webSocketPingInterval: Duration.millis(1500) }, "'server.webSocketPingInterval' must be in whole seconds, got 1 second 500 millis"],
    ['a token between pings', { webSocketPingInterval: TOKEN.seconds() },
      "'server.webSocketPingInterval' must be known at synthesis, because uvicorn's pings are computed from it: give it as a plain value, not as a token"],
  ])('judges %s', (_, options, problem) => {
    expect(WebServer.uvicorn(options)._problem()).toBe(problem);
  });
});

describe('any other server', () => {
  test('is told its port, and nothing that it may not know', () => {
    expect(WebServer.other()._environment(SETTINGS)).toEqual({ PORT: '8000' });
    expect(WebServer.other()._problem()).toBeUndefined();
    expect(WebServer.other()._defaultCommand('shop')).toBeUndefined();
  });
});

describe('a web service', () => {
  const ASGI = { process: { command: ['uvicorn', 'shop.asgi:application'] } };

  test('with uvicorn drains like any other, and says that its requests have no limit', () => {
    const { stack, web } = define({ server: WebServer.uvicorn(), requestTimeout: Duration.seconds(20), loadBalancerIdleTimeout: Duration.minutes(5) }, ASGI);
    expect(environmentOf(stack)).toMatchObject({ UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN: '20', UVICORN_TIMEOUT_KEEP_ALIVE: '305' });
    expect(environmentOf(stack)).not.toHaveProperty('GUNICORN_CMD_ARGS');
    expect(web.maxConcurrency).toBe(0);
    expect(warningsOf(web)).toEqual({});
  });

  test('with another server sets its port alone', () => {
    const { stack, web } = define({ server: WebServer.other() });
    expect(environmentOf(stack)).toEqual({ PORT: '8000' });
    expect(web.maxConcurrency).toBe(0);
  });

  test.each<[string[], number]>([
    [['gunicorn', 'shop.wsgi'], 2 * 16],
    [['gunicorn', '-w', '8', '--threads', '64', 'shop.wsgi'], 2 * 8 * 64],
    [['gunicorn', '--workers=3', 'shop.wsgi'], 2 * 3 * 16],
    [['gunicorn', '-k', 'gevent', 'shop.wsgi'], 0],
  ])('counts what the command itself says: %j', (command, maxConcurrency) => {
    expect(define({ maxCapacity: 2 }, { process: { command } }).web.maxConcurrency).toBe(maxConcurrency);
  });

  test('takes what you set instead of what the library sets', () => {
    const { stack } = define({ server: WebServer.uvicorn() }, { process: { environment: { UVICORN_TIMEOUT_KEEP_ALIVE: '99' } } });
    expect(environmentOf(stack)).toMatchObject({ UVICORN_TIMEOUT_KEEP_ALIVE: '99', UVICORN_PORT: '8000' });
  });

  test('warns where WebSockets would be silent for longer than the load balancer waits', () => {
    const { web } = define({ server: WebServer.uvicorn({ webSocketPingInterval: Duration.minutes(2) }) }, ASGI);
    expect(warningsOf(web)).toEqual({
      'web-sockets': 'WebSockets are pinged every 120 s, and the load balancer closes what is silent for 60 s: ' +
        "lower 'server.webSocketPingInterval' or raise the idle timeout of the load balancer.",
    });
  });
});
