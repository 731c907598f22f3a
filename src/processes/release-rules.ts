import { Duration } from 'aws-cdk-lib/core';
import { releaseCommandsRule } from './release-command';
import { durationBetween, Rule, wholeUnits } from '../private/validation';

/** The options of a release. */
interface ReleaseOptions {
  readonly commands?: string[][];
  readonly timeout?: Duration;
}

/** What holds for the options of a release wherever they are given. */
export const RELEASE_RULES: Rule<ReleaseOptions>[] = [
  releaseCommandsRule,
  durationBetween('timeout', Duration.minutes(1), Duration.minutes(55), 'CloudFormation waits one hour at most'),
  wholeUnits('timeout', 'seconds'),
];
