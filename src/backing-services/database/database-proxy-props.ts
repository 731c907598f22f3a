import { Duration } from 'aws-cdk-lib/core';

/** Options of an RDS Proxy before a database. */
export interface DatabaseProxyOptions {
  /**
   * Part of the database's connections that the proxy may use, in percent, 1 to 100. The rest is for the release and the preparation, which
   * connect to the database itself.
   * @default 90
   */
  readonly maxConnectionsPercent?: number;

  /**
   * Part of the database's connections that the proxy keeps open without use, in percent, 0 up to `maxConnectionsPercent`.
   * @default - half of `maxConnectionsPercent`, or as RDS says where that is known at deployment only
   */
  readonly maxIdleConnectionsPercent?: number;

  /**
   * Time that a task waits for a free connection, 1 second to 1 hour.
   * @default Duration.minutes(2)
   */
  readonly borrowTimeout?: Duration;

  /**
   * Time without use after which the proxy closes a task's connection, 1 minute to 8 hours.
   * @default Duration.minutes(30)
   */
  readonly idleClientTimeout?: Duration;
}
