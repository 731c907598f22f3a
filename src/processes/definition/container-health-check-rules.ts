import { Duration } from 'aws-cdk-lib/core';
import { ContainerHealthCheck } from './container-health-check';
import { execFormProblem } from '../../private/exec-form';
import { durationBetween, integerBetween, isDuration, isKnown, Rule, show, wholeUnits } from '../../private/validation';

const EXAMPLE = "['python', 'manage.py', 'check']";
/** What ECS takes where nothing is given. */
const DEFAULT_INTERVAL = Duration.seconds(30);
const DEFAULT_TIMEOUT = Duration.seconds(5);

/** What holds for a `ContainerHealthCheck`. */
export const CONTAINER_HEALTH_CHECK_RULES: Rule<ContainerHealthCheck>[] = [
  ({ command }) => {
    const problem = commandProblem(command);
    return problem && `'command' ${problem}`;
  },
  // Of a token CDK takes the placeholder for the time.
  knownDuration('interval'),
  knownDuration('timeout'),
  durationBetween('interval', Duration.seconds(5), Duration.seconds(300)),
  wholeUnits('interval', 'seconds'),
  durationBetween('timeout', Duration.seconds(2), Duration.seconds(60)),
  wholeUnits('timeout', 'seconds'),
  integerBetween('retries', 1, 10),
  durationBetween('startPeriod', Duration.seconds(0), Duration.seconds(300)),
  wholeUnits('startPeriod', 'seconds'),
  (check) => {
    const interval = check.interval ?? DEFAULT_INTERVAL;
    const timeout = check.timeout ?? DEFAULT_TIMEOUT;
    return isDuration(interval) && isDuration(timeout) && isKnown(interval) && isKnown(timeout) && timeout.toMilliseconds() > interval.toMilliseconds()
      ? `'timeout' (${show(timeout)}) must not be longer than 'interval' (${show(interval)}): shorten 'timeout' or lengthen 'interval'`
      : undefined;
  },
];

function knownDuration(prop: 'interval' | 'timeout'): Rule<ContainerHealthCheck> {
  return ({ [prop]: time }) => isDuration(time) && time.isUnresolved()
    ? `'${prop}' must be known at synthesis, got a token: give it as a plain value`
    : undefined;
}

function commandProblem(command: string[] | undefined): string | undefined {
  if (command === undefined || command === null) {
    return `must be given, e.g. ${EXAMPLE}`;
  }
  const problem = execFormProblem(command);
  if (problem) {
    return problem;
  }
  const [first, ...rest] = command;
  if (first === 'CMD-SHELL') {
    return `must be in exec form without CMD-SHELL, got ${show(command)}: write ${show(['sh', '-c', rest.join(' ')])}`;
  }
  return first === 'CMD'
    ? `must be in exec form without CMD, got ${show(command)}: write ${rest.length > 0 ? show(rest) : `the program and its arguments as words, e.g. ${EXAMPLE}`}`
    : undefined;
}
