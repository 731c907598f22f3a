import { Annotations, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ProfileDefaults } from './profile-defaults';
import { isDuration, isKnown } from '../private/validation';
import { MOST_TASKS } from '../processes/definition/task-count';
import { WebService } from '../processes/web/web-service';
import { WebServiceOptions } from '../processes/web/web-service-props';
import { DEFAULT_REQUEST_TIMEOUT } from '../processes/web/web-service-rules';

/** Time between the end of the longest request and the end of the container. */
const STOP_MARGIN = Duration.seconds(5);
/** Connections that PostgreSQL and RDS keep for themselves. */
const RESERVED_CONNECTIONS = 5;

/** Tasks at least and at most, where the user does not say; a profile that scales leaves room for it above a minimum of the user's. */
export function defaultCapacity({ minCapacity: min, maxCapacity: max }: WebServiceOptions, profile: ProfileDefaults): WebServiceOptions {
  const factor = profile.maxCapacity > profile.minCapacity ? 2 : 1;
  return {
    minCapacity: isKnown(max) ? Math.min(profile.minCapacity, max) : profile.minCapacity,
    maxCapacity: isKnown(min) ? Math.min(MOST_TASKS, Math.max(profile.maxCapacity, min * factor)) : profile.maxCapacity,
  };
}

/** What the process needs to end the longest request. */
export function stopTimeoutFor(requestTimeout: Duration = DEFAULT_REQUEST_TIMEOUT): Duration {
  // What is no time is told by the service that it is for.
  return (isDuration(requestTimeout) ? requestTimeout : DEFAULT_REQUEST_TIMEOUT).plus(STOP_MARGIN);
}

/** Warns where the tasks may open more connections than the database accepts. */
export function warnAboutConnections(scope: Construct, web: WebService, limit: number | undefined): void {
  if (limit !== undefined && web.maxConcurrency > limit - RESERVED_CONNECTIONS) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:database-connections',
      `At ${web.maxCapacity} tasks the web service may open ${web.maxConcurrency} database connections (tasks x workers x threads), ` +
      `the database accepts ${limit}: lower 'web.maxCapacity', give 'web.server' fewer threads, make the database larger, or put a 'database.proxy' before it.`);
  }
}
