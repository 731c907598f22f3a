import { Duration } from 'aws-cdk-lib/core';
import { PreparationProps } from './preparation-props';
import { PreparationCommand } from '../../config/preparation';
import { execFormProblem } from '../../private/exec-form';
import { BACKING_SERVICE, COMMAND_RUNNER, requiredKind, shaped, VPC } from '../../private/shapes';
import { durationBetween, isKnown, joined, Rule, wholeUnits } from '../../private/validation';

/** ECS accepts 65,536 bytes for a task definition; the rest is for connection data, rights and log settings. */
const MAX_BYTES = 60_000;
/** What ECS accepts for everything that a run overrides, less what the rest of the overrides takes. */
const MAX_LAST_WORD = 8000;


const COMMAND_RULES: Rule<PreparationCommand>[] = [
  ({ command }) => {
    const problem = execFormProblem(command);
    return problem && `'service.preparation.command' ${problem}`;
  },
  ({ command }) => {
    const last = Array.isArray(command) ? command[command.length - 1] : undefined;
    return isKnown(last) && typeof last === 'string' && last.length > MAX_LAST_WORD
      ? `'service.preparation.command' must end with a word of at most ${MAX_LAST_WORD} characters, got ${last.length}: put long texts before it, or into 'environment'`
      : undefined;
  },
  (preparation) => {
    const bytes = Buffer.byteLength(JSON.stringify([preparation.command, preparation.environment]));
    return bytes > MAX_BYTES
      ? `'service.preparation' must have at most ${MAX_BYTES} bytes of command and environment, got ${bytes}, because they are part of a task definition: ` +
        'shorten its SQL, or put it into an image of your own'
      : undefined;
  },
  ...[
    durationBetween<PreparationCommand>('timeout', Duration.minutes(1), Duration.minutes(55), 'CloudFormation waits one hour at most'),
    wholeUnits<PreparationCommand>('timeout', 'seconds'),
  ].map((rule): Rule<PreparationCommand> => (preparation) => rule(preparation)?.replace("'timeout'", "'service.preparation.timeout'")),
];

/** What holds for the props of a `Preparation`. */
export const PREPARATION_RULES = shaped<PreparationProps>({
  commandRunner: requiredKind(COMMAND_RUNNER), service: requiredKind(BACKING_SERVICE), vpc: requiredKind(VPC),
}, [
  ({ service }) => service && !service.preparation
    ? "'service' has nothing to prepare: give it users, extensions or initial SQL, or leave its Preparation out"
    : undefined,
  ({ service }) => service?.preparation && joined(COMMAND_RULES.map((rule) => rule(service.preparation!))),
]);
