import { Duration } from 'aws-cdk-lib/core';

/**
 * Health check that ECS makes inside the container. ECS replaces a task whose check fails, beside what a load balancer finds.
 * It takes the place of the image's `HEALTHCHECK`, which ECS does not use.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
 */
export interface ContainerHealthCheck {
  /**
   * Command in exec form that ends with exit code 0 where the container is healthy, e.g. `['python', 'manage.py', 'check']`. Its program must be in
   * the image: slim images have no curl. Give what needs a shell as `['sh', '-c', '...']`.
   */
  readonly command: string[];

  /**
   * Time between two checks, 5 to 300 seconds.
   * @default Duration.seconds(30)
   */
  readonly interval?: Duration;

  /**
   * Time that a check may take, 2 to 60 seconds, and not longer than the interval.
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;

  /**
   * Failed checks, one after the other, that make the container unhealthy, 1 to 10.
   * @default 3
   */
  readonly retries?: number;

  /**
   * Time after the start in which failed checks do not count, up to 300 seconds.
   * @default - failed checks count at once
   */
  readonly startPeriod?: Duration;
}
