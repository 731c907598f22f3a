import { Annotations, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { addressesOf, serverOf } from './server-command';
import { PRIVATE_NETWORKS } from './uvicorn';
import { warnAboutHealthCheck } from './web-health-check';
import { WebServer } from './web-server';
import { WebServiceProps } from './web-service-props';
import { isKnown, show } from '../../private/validation';
import { warnAboutSpot } from '../definition/fargate-spot';
import { ProcessDefinition } from '../definition/process-definition';
import { warnAboutMissingAddress } from '../definition/task-subnets';

/** Warns about what is legal but risky. */
export function warnAboutRisks(scope: Construct, props: WebServiceProps, server: WebServer, requestTimeout: Duration, idleTimeout: Duration): void {
  warnAboutHealthCheck(scope, props, props.process._sets('DJANGO_SETTINGS_MODULE'));
  if (requestTimeout.toSeconds() > idleTimeout.toSeconds()) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:idle-timeout',
      `'requestTimeout' (${show(requestTimeout)}) is longer than the load balancer waits (${show(idleTimeout)}): it answers 504 before. ` +
      'Raise the idle timeout of the load balancer.');
  }
  const risk = server._risk(idleTimeout.toSeconds());
  if (risk) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:web-sockets', risk);
  }
  warnAboutServer(scope, props.process, server);
  warnAboutAddress(scope, props.process);
  warnAboutSpot(scope, props.fargateSpot);
  warnAboutMissingAddress(scope, props);
}

/** Arguments of a user's own take the place of ours, and with them of what keeps a rolling deployment from losing requests. */
export function warnAboutArguments(scope: Construct, process: ProcessDefinition, variable: string | undefined, settings: Record<string, string>): void {
  if (variable && process._sets(variable)) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:gunicorn-arguments',
      `${variable} is yours, so the library does not set it. Add to yours what you do not decide otherwise, above all the keep-alive, which must be longer ` +
      `than the load balancer's idle timeout: ${settings[variable]}`);
  }
}

/** uvicorn in gunicorn believes whatever gunicorn does, and gunicorn 23 knows no networks. */
export function warnAboutForgedAddresses(scope: Construct, process: ProcessDefinition, settings: Record<string, string>): void {
  const ours = process._sets('GUNICORN_CMD_ARGS') ? undefined : settings.GUNICORN_CMD_ARGS;
  const words = [ours, ...process._command ?? []].filter((word) => word !== undefined);
  if (settings.GUNICORN_CMD_ARGS && !process._sets('FORWARDED_ALLOW_IPS') && words.some((word) => /uvicorn[\w.]*Worker/.test(word))) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:forged-addresses',
      'workers of uvicorn in gunicorn take the first address in X-Forwarded-For, which a client may have written, as REMOTE_ADDR. ' +
      "Start uvicorn itself, by 'server: WebServer.uvicorn()' and ['uvicorn', 'shop.asgi:application'] where you give a command; " +
      `or, unless it is gunicorn 23, give 'environment' FORWARDED_ALLOW_IPS: '${PRIVATE_NETWORKS.join(',')}'.`);
  }
}

/** The variables of one server do nothing for another, which then listens and closes connections as it likes. */
function warnAboutServer(scope: Construct, process: ProcessDefinition, server: WebServer): void {
  const started = serverOf(process._command);
  if (started === 'runserver') {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:runserver',
      "'command' starts runserver, which Django has for development: it has gone through no security audits or performance tests. " +
      "Leave 'command' out for gunicorn, or write ['gunicorn', 'shop.wsgi:application'].");
  } else if (started && server._program && started !== server._program) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:web-server',
      `'command' starts ${started}, but 'server' is WebServer.${server._program}(), whose variables ${started} does not read: its own defaults say where it ` +
      `listens, how long it keeps idle connections and how it stops, so that health checks fail or a 502 comes now and then. ${adviceFor(started)}`);
  }
  if (started === 'uwsgi' && !['UWSGI_DIE_ON_TERM', 'UWSGI_HOOK_MASTER_START'].some((name) => process._sets(name)) && !process._command!.some(stopsUwsgi)) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:uwsgi-stop',
      "uWSGI takes SIGTERM, by which ECS stops tasks, for a reload, and is killed at the end of the 'stopTimeout' in each deployment, unless its own file " +
      "says otherwise. Give 'environment' UWSGI_HOOK_MASTER_START: 'unix_signal:15 gracefully_kill_them_all', which lets it end what it has begun and stop, and " +
      "UWSGI_ADD_HEADER: 'Connection: close', because its http-socket closes each connection without a word, which gives a 502 now and then.");
  }
}

/** The load balancer reaches the container's port and no other, and nothing that listens for the task alone. */
function warnAboutAddress(scope: Construct, process: ProcessDefinition): void {
  const port = process.container.portMappings[0].containerPort;
  const addresses = addressesOf(process._command);
  if (isKnown(port) && addresses.length > 0 && !addresses.some((address) => isReached(address, port))) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:listening-address',
      `'command' makes the server listen on ${addresses.map(show).join(', ')}, but the load balancer asks port ${port} of the task's address: no health check would ` +
      "pass. Leave the address out of the command, the library hands it over; or give the port as 'containerPort', in a DjangoOnFargate 'web.containerPort'.");
  }
}

function isReached(address: string, port: number): boolean {
  const [, host, own] = /^(.*?):?(\d*)$/.exec(address)!;
  return !/^(127\.|localhost$|\[?::1\]?$|unix:|fd:)/.test(host) && (own === '' || Number(own) === port || address.includes('$'));
}

function adviceFor(started: string): string {
  return ['gunicorn', 'uvicorn'].includes(started)
    ? `Give 'server: WebServer.${started}()'.`
    : "Give 'server: WebServer.other()', and tell it by its own means to listen on 0.0.0.0 and the container's port and to keep idle connections longer than " +
      'the load balancer does.';
}

function stopsUwsgi(word: string): boolean {
  return /die-on-term|hook-master-start/.test(word);
}
