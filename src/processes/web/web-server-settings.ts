import { Tokenization } from 'aws-cdk-lib/core';

/** What a web server needs to know of the service that it runs in. */
export interface ServerSettings {
  readonly port: number;
  readonly cpu: number;
  readonly requestTimeoutSeconds: number;
  /** What the load balancer closes an idle connection after. */
  readonly idleTimeoutSeconds: number;
  /** What the server keeps an idle connection for: longer than the load balancer. */
  readonly keepAliveSeconds: number;
  /** The VPC's addresses as a CIDR, where they are known at synth. */
  readonly vpcBlock?: string;
}

/**
 * One process for each vCPU, because the rest of the parallelism comes from threads or from the event loop.
 * @see https://docs.gunicorn.org/en/stable/design.html#how-many-workers
 */
export function workersFor(cpu: number): number {
  return Math.max(1, Math.floor(cpu / 1024));
}

/** A number that is a token has digits of its own before it is resolved. */
export function text(value: number): string {
  return Tokenization.stringifyNumber(value);
}
