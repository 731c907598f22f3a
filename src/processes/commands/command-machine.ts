import { ArnOf, ELAPSED, jsonata, NEXT_TRY_IS_LEFT, PAUSE_SECONDS, SECOND_TRY_HELPS, SECONDS_LEFT, States, STOPPED, WHY } from './command-machine-expressions';
import { reportStates } from './command-machine-report';
import { turnStates } from './command-machine-turn';
import { DEFAULT_TIMEOUT_SECONDS, ProcessInput } from './run-input';

/** What the definition of the state machine refers to. */
export interface CommandMachineProps {
  readonly partition: string;
  readonly clusterArn: string;
  readonly subnetIds: string[];
  readonly assignPublicIp: boolean;

  /** What a run has that says nothing about it. */
  readonly defaultProcess?: ProcessInput;

  /** Where failures are published; nowhere when left out. */
  readonly topicArn?: string;

  /** Function that answers CloudFormation; left out where nothing runs on deployment. */
  readonly handlerArn?: string;
}

/**
 * The state machine in Amazon States Language: waits for its turn, runs a task to its end, and tells who wants to know.
 *
 * Its input is a `RunInput`, beside which only `cloudFormation` (where to answer) is read; `name` and `command` are enough where the runner has a
 * default process. Repeated is what never started, once more a command that ended with exit code 75, and what failed as often as the input says.
 *
 * `States.TaskFailed` is every error of ECS at once, also that of a command that ran: it is not repeated by a `Retry`. What a run waits for is
 * asked for again and again only while an earlier run of the same name is alive; nothing else polls.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
export function commandMachine(props: CommandMachineProps): { [key: string]: unknown } {
  const arnOf = (integration: string) => `arn:${props.partition}:states:::${integration}`;
  const defaults = { timeoutSeconds: DEFAULT_TIMEOUT_SECONDS, whenRunning: 'SKIP', retryAttempts: 0, notify: true, ...props.defaultProcess };
  return {
    Comment: 'Runs a command in a task of ECS to its end',
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    States: {
      ...turnStates(arnOf, defaults),
      ...runStates(arnOf, props),
      ...reportStates(arnOf, props),
    },
  };
}

/** Runs the task, again where that helps. */
function runStates(arnOf: ArnOf, props: CommandMachineProps): States {
  return {
    'Run': {
      Type: 'Task',
      Resource: arnOf('ecs:runTask.sync'),
      TimeoutSeconds: jsonata(SECONDS_LEFT),
      Arguments: {
        LaunchType: 'FARGATE',
        PlatformVersion: 'LATEST',
        Cluster: props.clusterArn,
        TaskDefinition: jsonata('$run.taskDefinition'),
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            Subnets: props.subnetIds,
            SecurityGroups: jsonata('[$run.securityGroups]'),
            AssignPublicIp: props.assignPublicIp ? 'ENABLED' : 'DISABLED',
          },
        },
        // What is undefined is left out. Numbers that are known at deployment only arrive as numbers.
        Overrides: jsonata(`{
          'Cpu': $string($run.cpu), 'Memory': $string($run.memory),
          'ContainerOverrides': [{'Name': $run.container, 'Command': [$run.command]}]}`),
      },
      Assign: { task: jsonata("$exists($states.result.TaskArn) ? $states.result.TaskArn : ''") },
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
      Catch: [{
        ErrorEquals: ['States.ALL'],
        Assign: { failure: jsonata('$states.errorOutput'), stopped: jsonata(STOPPED) },
        Next: 'Would another try help?',
      }],
      Next: 'Who is told?',
    },
    'Would another try help?': {
      Type: 'Choice',
      Choices: [
        { Condition: jsonata(SECOND_TRY_HELPS), Assign: { secondTry: true, pause: PAUSE_SECONDS.second }, Next: 'Wait a moment' },
        { Condition: jsonata(NEXT_TRY_IS_LEFT), Assign: { tries: jsonata('$tries + 1'), pause: PAUSE_SECONDS.next }, Next: 'Wait a moment' },
      ],
      Default: 'Explain',
    },
    'Wait a moment': { Type: 'Wait', Seconds: jsonata('$pause'), Next: 'Try once more' },
    'Try once more': { Type: 'Pass', Assign: { spent: jsonata(ELAPSED) }, Next: 'Run' },
    'Explain': { Type: 'Pass', Assign: { why: jsonata(WHY) }, Next: 'Who is told?' },
  };
}
