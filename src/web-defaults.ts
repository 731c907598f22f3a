import { Annotations, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { isKnown } from './private/validation';
import { WebService } from './processes/web-service';
import { WebServiceOptions } from './processes/web-service-props';
import { DEFAULT_REQUEST_TIMEOUT, MOST_TASKS } from './processes/web-service-rules';
import { ProfileDefaults } from './profile-defaults';

/** Time between the end of the longest request and the end of the container. */
const STOP_MARGIN_SECONDS = 5;
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
export function stopTimeoutSeconds(requestTimeout: Duration = DEFAULT_REQUEST_TIMEOUT): number {
  return requestTimeout.toSeconds() + STOP_MARGIN_SECONDS;
}

/** Warns where the tasks may open more connections than the database accepts. */
export function warnAboutConnections(scope: Construct, web: WebService, limit: number | undefined): void {
  if (limit !== undefined && web.maxConcurrency > limit - RESERVED_CONNECTIONS) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:database-connections',
      `At ${web.maxCapacity} tasks the web service may open ${web.maxConcurrency} database connections (tasks x workers x threads), ` +
      `the database accepts ${limit}: lower 'web.maxCapacity' or 'web.threads', make the database larger, or put a 'database.proxy' before it.`);
  }
}
