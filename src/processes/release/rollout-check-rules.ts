import { Construct, Dependable } from 'constructs';
import { DEPLOYMENT_RULES } from './release-rules';
import { RolloutCheckOptions, RolloutCheckProps } from './rollout-check-props';
import { execFormProblem } from '../../private/exec-form';
import { COMMAND_RUNNER, PROCESS, required, requiredKind, Shape, shaped } from '../../private/shapes';
import { Rule, show } from '../../private/validation';

const dependables: Shape = (value) => {
  const stranger = Array.isArray(value) ? value.findIndex((element) => !isDependable(element)) : -1;
  return Array.isArray(value) && value.length > 0 && stranger < 0
    ? undefined
    : `a list of what is rolled out, got ${stranger < 0 ? show(value) : `${show((value as unknown[])[stranger])} at index ${stranger}`}: e.g. [web]`;
};

const OPTION_RULES: Rule<RolloutCheckOptions>[] = [
  ({ command }) => {
    const problem = command === undefined || command === null ? 'must be given: the words of a command' : execFormProblem(command);
    return problem && `'command' ${problem}`;
  },
  ...DEPLOYMENT_RULES,
];

/** What holds for the props of a `RolloutCheck`. */
export const ROLLOUT_CHECK_RULES = shaped<RolloutCheckProps>({
  commandRunner: requiredKind(COMMAND_RUNNER), process: requiredKind(PROCESS), after: required(dependables, 'what the check waits for, e.g. [web]'),
}, OPTION_RULES);

function isDependable(value: unknown): boolean {
  try {
    return Dependable.of(value as Construct) !== undefined;
  } catch {
    return false;
  }
}
