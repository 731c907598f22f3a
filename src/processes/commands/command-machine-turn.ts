import { ArnOf, EARLIER, ELAPSED, isNamed, jsonata, RETRY, States, WAIT_SECONDS } from './command-machine-expressions';

/** An empty text, which validators of the language want as an expression. */
const NONE = jsonata("''");

/** Only one run of an `exclusive` name at a time: who began first is first. */
export function turnStates(arnOf: ArnOf, defaults: object): States {
  return {
    'Begin': {
      Type: 'Pass',
      Assign: {
        run: jsonata(`$merge([${JSON.stringify(defaults)}, {'name': $join([$states.input.command], ' ')}, $states.input])`),
        failure: {},
        stopped: {},
        task: NONE,
        why: NONE,
        spent: 0,
        tries: 0,
        secondTry: false,
        earlier: NONE,
        token: NONE,
        waited: false,
      },
      Next: 'Is the input complete?',
    },
    'Is the input complete?': {
      Type: 'Choice',
      Choices: [
        failure('$not($exists($run.taskDefinition) and $exists($run.container) and $exists($run.command) and $exists($run.securityGroups))', 'InputIncomplete',
          "'its input must name taskDefinition, container, command and securityGroups, since its runner has no default process'"),
        failure(`$exists($run.exclusive) and $not(${isNamed('$states.context.Execution.Name')})`, 'InputIncomplete',
          '"the name of its execution must be \'" & $run.exclusive & "-\' and something after it, by which other runs know it"'),
        // The list is eventually consistent: those that began a moment earlier shall be in it.
        { Condition: jsonata('$exists($run.exclusive)'), Next: 'Wait for the list' },
      ],
      Default: 'Run',
    },
    'Wait for the list': { Type: 'Wait', Seconds: 3, Next: 'List runs' },
    'List runs': {
      Type: 'Task',
      Resource: arnOf('aws-sdk:sfn:listExecutions'),
      TimeoutSeconds: 60,
      // 200 of them are far from the 256 KiB that a state may have.
      Arguments: jsonata(`$merge([
        {'StateMachineArn': $states.context.StateMachine.Id, 'StatusFilter': 'RUNNING', 'MaxResults': 200},
        $token = '' ? {} : {'NextToken': $token}])`),
      Assign: {
        earlier: jsonata(EARLIER),
        token: jsonata("$exists($states.result.NextToken) ? $states.result.NextToken : ''"),
        spent: jsonata(`$waited ? ${ELAPSED} : 0`),
      },
      Retry: RETRY,
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: { failure: jsonata('$states.errorOutput') }, Next: 'Explain' }],
      Next: 'Is it its turn?',
    },
    'Is it its turn?': {
      Type: 'Choice',
      Choices: [
        { Condition: jsonata("$earlier = '' and $token != ''"), Next: 'List runs' },
        { Condition: jsonata("$earlier = ''"), Next: 'Run' },
        {
          Condition: jsonata(`$run.whenRunning = 'WAIT' and ${ELAPSED} < $run.timeoutSeconds`),
          Assign: { waited: true, token: NONE, pause: jsonata(WAIT_SECONDS) },
          Next: 'Wait for the earlier run',
        },
        failure("$run.whenRunning = 'WAIT'", 'EarlierRunStillRuns',
          "'an earlier run was still going on after ' & $run.timeoutSeconds & ' seconds (' & $earlier & ')'"),
        failure('$exists($run.cloudFormation)', 'RunSkipped', "'an earlier run was still going on (' & $earlier & ')'"),
      ],
      Default: 'Skipped',
    },
    'Wait for the earlier run': { Type: 'Wait', Seconds: jsonata('$pause'), Next: 'List runs' },
    'Skipped': {
      Type: 'Succeed',
      Output: jsonata("{'skipped': true, 'name': $run.name, 'reason': 'An earlier run was still going on: ' & $earlier}"),
    },
  };
}

/** A way to the end with an error of the state machine itself; the cause is an expression. */
function failure(condition: string, error: string, cause: string): object {
  return { Condition: jsonata(condition), Assign: { failure: { Error: error, Cause: jsonata(cause) } }, Next: 'Explain' };
}
