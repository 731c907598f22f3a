import { Duration } from 'aws-cdk-lib/core';
import { commandsFit, commandsRule } from './release-command';
import { ReleaseOptions, ReleaseProps } from './release-props';
import { SUPERUSER_RULES } from './superuser-rules';
import { nestedRules } from '../../private/nested-rules';
import { boolean, COMMAND_RUNNER, PROCESS, requiredKind, shaped, strings } from '../../private/shapes';
import { durationBetween, isKnown, joined, matches, Rule, show, wholeUnits } from '../../private/validation';

/** How long a command may take that CloudFormation waits for, and what runs it again. */
export const DEPLOYMENT_RULES: Rule<{ readonly timeout?: Duration; readonly nonce?: string }>[] = [
  durationBetween('timeout', Duration.minutes(1), Duration.minutes(55), 'CloudFormation waits one hour at most'),
  wholeUnits('timeout', 'seconds'),
  matches('nonce', /^[^]*$/, 'be text'),
];

/** What holds for the options of a release wherever they are given. */
export const RELEASE_OPTION_RULES: Rule<ReleaseOptions>[] = shaped<ReleaseOptions>({ fixtures: strings, waitForDatabase: boolean }, [
  (options) => joined([commandsRule('before', 0), commandsRule('commands', 1), commandsRule('after', 0)].map((rule) => rule(options)))
    ?? commandsFit(options),
  ({ fixtures }) => {
    const wrong = Array.isArray(fixtures) ? fixtures.find((name) => isKnown(name) && (name.trim() === '' || name.startsWith('-') || name === '&&')) : undefined;
    return wrong === undefined ? undefined : `'fixtures' must hold names for loaddata, got ${show(wrong)}: give e.g. 'countries', or a command in 'after'`;
  },
  ({ commands, fixtures }) => commands && fixtures?.length
    ? "'fixtures' and 'commands' exclude each other, because the commands take the place of loaddata: add it to them"
    : undefined,
  ...nestedRules<ReleaseOptions, 'superuser'>('superuser', SUPERUSER_RULES),
  ...DEPLOYMENT_RULES,
]);

/** What holds for the props of a `Release`. */
export const RELEASE_RULES: Rule<ReleaseProps>[] = shaped<ReleaseProps>({
  commandRunner: requiredKind(COMMAND_RUNNER), process: requiredKind(PROCESS), collectStaticFiles: boolean,
}, [
  ...RELEASE_OPTION_RULES,
  matches('pythonExecutable', /^\S+$/, "be the program as one word, e.g. 'python3' or '/venv/bin/python'"),
]);
