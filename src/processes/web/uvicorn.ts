import { Duration } from 'aws-cdk-lib/core';
import { UvicornOptions } from './web-server-props';
import { ServerSettings, text, workersFor } from './web-server-settings';
import { durationBetween, integerBetween, knownAtSynthesis, Rule, wholeUnits } from '../../private/validation';

/** uvicorn's own time between two pings, in seconds. */
const PING_SECONDS = 20;

/** What holds for the options of uvicorn. */
export const UVICORN_RULES: Rule<UvicornOptions>[] = [
  integerBetween('workers', 1, 64),
  durationBetween('webSocketPingInterval', Duration.seconds(1), Duration.hours(1)),
  wholeUnits('webSocketPingInterval', 'seconds'),
  knownAtSynthesis('webSocketPingInterval', "uvicorn's pings are"),
];

/**
 * uvicorn's settings as environment variables, which an image's own command honours too: click reads each option from `UVICORN_<OPTION>`;
 * the command line wins over them.
 * @see https://www.uvicorn.org/settings/
 */
export function uvicornEnvironment(options: UvicornOptions, settings: ServerSettings): Record<string, string> {
  const { port, requestTimeoutSeconds, idleTimeoutSeconds, keepAliveSeconds, cpu } = settings;
  return {
    PORT: text(port),
    PYTHONUNBUFFERED: '1',
    UVICORN_HOST: '0.0.0.0',
    UVICORN_PORT: text(port),
    WEB_CONCURRENCY: text(options.workers ?? workersFor(cpu)),
    // Only the load balancer reaches the port (security group), so its X-Forwarded-Proto is to be believed.
    FORWARDED_ALLOW_IPS: '*',
    UVICORN_TIMEOUT_KEEP_ALIVE: String(keepAliveSeconds),
    // Without it a connection that never ends holds up the task until ECS kills it, and all other requests of it.
    UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN: String(requestTimeoutSeconds),
    UVICORN_WS_PING_INTERVAL: String(pingSeconds(options, idleTimeoutSeconds)),
  };
}

/** Time between two pings to a WebSocket, in seconds. */
export function pingSeconds({ webSocketPingInterval }: UvicornOptions, idleTimeoutSeconds: number): number {
  return webSocketPingInterval?.toSeconds() ?? Math.max(1, Math.min(PING_SECONDS, Math.floor(idleTimeoutSeconds / 3)));
}
