/** What the definition of the state machine refers to. */
export interface CommandMachineProps {
  readonly partition: string;
  readonly clusterArn: string;
  readonly subnetIds: string[];
  readonly assignPublicIp: boolean;
  readonly handlerArn: string;
}

/** Error with which a run ends after CloudFormation has its answer; the handler knows it too. */
export const REPORTED_ERROR = 'CommandFailed';

/** What ECS says about tasks that did not start for a reason that may be gone a moment later, e.g. rights that are on their way. */
const PASSING = ['*AccessDenied*', '*not authorized*', '*Capacity is unavailable*', '*network interface*'];

/**
 * What ECS says about a container that asked to be run once more: `EX_TEMPFAIL` of sysexits.h. So do the wait of a release and the preparation of a
 * database whose password was rotated between the read of the secret and the connection, since only a new task reads the secret again.
 */
const ASKED_FOR = ['*"ExitCode":75,*', '*"ExitCode":75}*'];

/** A second try gets at least this much. */
const LEAST_SECONDS = 60;

/** In JSONata, which knows times: what the first try has left, so that both together end while CloudFormation still waits. */
const SECOND_TRY = `{% $merge([$states.input, { 'secondTry': true, 'timeoutSeconds': $max([${LEAST_SECONDS}, $floor($states.input.timeoutSeconds -
  ($toMillis($states.context.State.EnteredTime) - $toMillis($states.context.Execution.StartTime)) / 1000)]) }]) %}`;

/**
 * The state machine in Amazon States Language: runs a task, waits for it, and lets the handler answer where CloudFormation waits.
 *
 * Its input: `name` that people know the command by, `taskDefinition` (ARN), `container`, `command` (words), `timeoutSeconds`,
 * `securityGroups` (ids); with `cloudFormation` (where to answer) also `logGroup` and `logStreamPrefix`.
 *
 * Repeated is what never started, and once more a command that ended with exit code 75. `States.TaskFailed` is every error of ECS at once, also
 * that of a command that ran: it is not repeated.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 */
export function commandMachine(props: CommandMachineProps): { [key: string]: unknown } {
  return {
    Comment: 'Runs a command in a task of ECS to its end',
    StartAt: 'Run',
    States: {
      'Run': {
        Type: 'Task',
        Resource: `arn:${props.partition}:states:::ecs:runTask.sync`,
        TimeoutSecondsPath: '$.timeoutSeconds',
        Parameters: {
          'LaunchType': 'FARGATE',
          'PlatformVersion': 'LATEST',
          'Cluster': props.clusterArn,
          'TaskDefinition.$': '$.taskDefinition',
          'NetworkConfiguration': {
            AwsvpcConfiguration: {
              'Subnets': props.subnetIds,
              'SecurityGroups.$': '$.securityGroups',
              'AssignPublicIp': props.assignPublicIp ? 'ENABLED' : 'DISABLED',
            },
          },
          'Overrides': { ContainerOverrides: [{ 'Name.$': '$.container', 'Command.$': '$.command' }] },
        },
        Retry: [
          // The rights of a new role take some seconds to arrive everywhere.
          { ErrorEquals: ['ECS.AccessDeniedException'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 3 },
          {
            ErrorEquals: ['ECS.ThrottlingException', 'ECS.AmazonECSException', 'ECS.ServerException'],
            IntervalSeconds: 2,
            BackoffRate: 2,
            MaxAttempts: 5,
            JitterStrategy: 'FULL',
          },
          // No capacity, or a throttled EC2 behind ECS; also wrong input, which stays wrong: few times.
          {
            ErrorEquals: ['AmazonECS.Unknown', 'ECS.ClientException', 'ECS.InvalidParameterException'],
            IntervalSeconds: 10,
            BackoffRate: 2,
            MaxAttempts: 3,
          },
        ],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Would a second try help?' }],
        ResultPath: '$.task',
        Next: 'Does CloudFormation wait?',
      },
      'Would a second try help?': {
        Type: 'Choice',
        Choices: [{
          And: [
            { Not: { Variable: '$.secondTry', IsPresent: true } },
            { Variable: '$.failure.Cause', IsPresent: true },
            { Or: [{ And: [causeIs('*TaskFailedToStart*'), { Or: PASSING.map(causeIs) }] }, ...ASKED_FOR.map(causeIs)] },
          ],
          Next: 'Wait a moment',
        }],
        Default: 'Does CloudFormation wait?',
      },
      'Wait a moment': { Type: 'Wait', Seconds: 20, Next: 'Try once more' },
      'Try once more': { Type: 'Pass', QueryLanguage: 'JSONata', Output: SECOND_TRY, Next: 'Run' },
      'Does CloudFormation wait?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.cloudFormation', IsPresent: true, Next: 'Answer CloudFormation' }],
        Default: 'Did it succeed?',
      },
      'Answer CloudFormation': {
        Type: 'Task',
        Resource: `arn:${props.partition}:states:::lambda:invoke`,
        TimeoutSeconds: 150,
        Parameters: {
          FunctionName: props.handlerArn,
          Payload: { 'execution.$': '$$.Execution.Id', 'run.$': '$' },
        },
        ResultSelector: { 'reason.$': '$.Payload.reason' },
        ResultPath: '$.answer',
        // The same answer twice is one answer.
        Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 5 }],
        Next: 'Did it succeed?',
      },
      'Did it succeed?': {
        Type: 'Choice',
        Choices: [
          { Variable: '$.task', IsPresent: true, Next: 'Succeeded' },
          { Variable: '$.answer', IsPresent: true, Next: 'Failed and answered' },
        ],
        Default: 'Failed',
      },
      'Succeeded': { Type: 'Succeed' },
      'Failed and answered': { Type: 'Fail', Error: REPORTED_ERROR, CausePath: '$.answer.reason' },
      'Failed': { Type: 'Fail', ErrorPath: '$.failure.Error', Cause: "The output of the step 'Run' has the task and its reason" },
    },
  };
}

function causeIs(pattern: string): { [key: string]: string } {
  return { Variable: '$.failure.Cause', StringMatches: pattern };
}
