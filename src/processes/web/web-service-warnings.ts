import { Annotations, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { warnAboutHealthCheck } from './web-health-check';
import { WebServer } from './web-server';
import { WebServiceProps } from './web-service-props';
import { show } from '../../private/validation';
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
