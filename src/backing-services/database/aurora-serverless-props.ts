import { Duration } from 'aws-cdk-lib/core';

/** Options of Aurora Serverless v2. */
export interface AuroraServerlessOptions {
  /**
   * Capacity in ACU (about 2 GiB of memory each) that an instance never falls below, 0 to 256 in steps of 0.5. 0 lets it pause: it costs nothing
   * but its storage then, and the first connection after it waits about 15 seconds, half a minute after a day.
   * @default 0
   */
  readonly minCapacityAcu?: number;

  /**
   * Capacity in ACU that an instance never exceeds, 1 to 256 in steps of 0.5. The number of connections follows it.
   * @default 2
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
   */
  readonly maxCapacityAcu?: number;

  /**
   * Time without a connection after which it pauses, 5 minutes to 1 day; only with a `minCapacityAcu` of 0.
   * @default Duration.minutes(5), and never with a `minCapacityAcu` above 0
   */
  readonly autoPauseAfter?: Duration;
}
