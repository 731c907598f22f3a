import { Duration } from 'aws-cdk-lib/core';
import { UvicornOptions } from './web-server-props';
import { ServerSettings, text, workersFor } from './web-server-settings';
import { formatIpv4Block, overlaps, parseIpv4Block } from '../../private/ipv4-block';
import { durationBetween, integerBetween, knownAtSynthesis, Rule, wholeUnits } from '../../private/validation';

/** uvicorn's own time between two pings, in seconds. */
const PING_SECONDS = 20;

/** Where load balancers stand: private addresses, and those that carriers share, which VPCs have, too. */
export const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

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
  const { port, requestTimeoutSeconds, idleTimeoutSeconds, keepAliveSeconds, cpu, vpcBlock } = settings;
  return {
    PORT: text(port),
    PYTHONUNBUFFERED: '1',
    UVICORN_HOST: '0.0.0.0',
    UVICORN_PORT: text(port),
    WEB_CONCURRENCY: text(options.workers ?? workersFor(cpu)),
    // The load balancer is to be believed about X-Forwarded-Proto and the client's address, but not what clients wrote into X-Forwarded-For before it.
    FORWARDED_ALLOW_IPS: trustedProxies(vpcBlock).join(','),
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

/**
 * Whom uvicorn believes: the task itself and where the load balancer may stand. From 0.31 on it takes the last address in X-Forwarded-For that is none
 * of them as the client's, and '*' in a list means nothing to it; before, it knows no networks and takes '*' alone.
 * @see https://www.uvicorn.org/deployment/#proxies-and-forwarded-headers
 */
function trustedProxies(vpcBlock: string | undefined): string[] {
  const block = vpcBlock === undefined ? undefined : parseIpv4Block(vpcBlock);
  const isPrivate = block && PRIVATE_NETWORKS.some((network) => overlaps(parseIpv4Block(network)!, block));
  return ['*', '127.0.0.1', ...PRIVATE_NETWORKS, ...block && !isPrivate ? [formatIpv4Block(block)] : []];
}
