import { ArnOf, jsonata, MESSAGE, RETRY, SECONDS_LEFT, States, SUBJECT } from './command-machine-expressions';

/** Error with which a run ends after CloudFormation has its answer; the handler knows it too. */
const REPORTED_ERROR = 'CommandFailed';

/** Metric that tells of every run: 1 for success, 0 for failure. */
export const METRIC = { namespace: 'DjangoOnFargate', metricName: 'Succeeded' };

/** Who is told. */
interface Told {
  readonly handlerArn?: string;
  readonly topicArn?: string;
}

/** Tells CloudFormation, CloudWatch and people how it ended. Only the answer to CloudFormation must arrive. */
export function reportStates(arnOf: ArnOf, { handlerArn, topicArn }: Told): States {
  const told: States = handlerArn === undefined ? {} : {
    'Answer CloudFormation': {
      Type: 'Task',
      Resource: arnOf('lambda:invoke'),
      TimeoutSeconds: 150,
      Arguments: {
        FunctionName: handlerArn,
        Payload: {
          execution: jsonata('$states.context.Execution.Id'),
          run: jsonata(`$merge([$run, {'secondTry': $secondTry, 'secondsLeft': ${SECONDS_LEFT}}, $why = '' ? {'task': $task} : {'failure': $failure}])`),
        },
      },
      Assign: { why: jsonata("$why = '' ? '' : $states.result.Payload.reason") },
      // The same answer twice is one answer.
      Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 5 }],
      Next: 'Did it succeed?',
    },
    'Did it succeed?': { Type: 'Choice', Choices: [{ Condition: jsonata("$why = ''"), Next: 'Succeeded' }], Default: 'Failed and answered' },
    'Failed and answered': { Type: 'Fail', Error: REPORTED_ERROR, Cause: jsonata('$why') },
  };
  const published: States = topicArn === undefined ? {} : {
    Notify: {
      Type: 'Task',
      Resource: arnOf('sns:publish'),
      TimeoutSeconds: 60,
      Arguments: { TopicArn: topicArn, Subject: jsonata(SUBJECT), Message: jsonata(MESSAGE) },
      Retry: RETRY,
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }],
      Next: 'Failed',
    },
  };
  return {
    'Who is told?': {
      Type: 'Choice',
      Choices: [{ Condition: jsonata('$exists($run.heartbeat) and $run.heartbeat'), Next: 'Write the metric' }],
      Default: 'Who waits?',
    },
    'Write the metric': {
      Type: 'Task',
      Resource: arnOf('aws-sdk:cloudwatch:putMetricData'),
      TimeoutSeconds: 60,
      Arguments: {
        Namespace: METRIC.namespace,
        MetricData: [{
          MetricName: METRIC.metricName,
          Value: jsonata("$why = '' ? 1 : 0"),
          Dimensions: [
            { Name: 'StateMachine', Value: jsonata('$states.context.StateMachine.Name') },
            { Name: 'Command', Value: jsonata('$run.name') },
          ],
        }],
      },
      Retry: RETRY,
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Who waits?' }],
      Next: 'Who waits?',
    },
    'Who waits?': {
      Type: 'Choice',
      Choices: [
        ...handlerArn === undefined ? [] : [{ Condition: jsonata('$exists($run.cloudFormation)'), Next: 'Answer CloudFormation' }],
        { Condition: jsonata("$why = ''"), Next: 'Succeeded' },
        ...topicArn === undefined ? [] : [{ Condition: jsonata('$run.notify'), Next: 'Notify' }],
      ],
      Default: 'Failed',
    },
    ...told,
    ...published,
    'Succeeded': { Type: 'Succeed', Output: jsonata("{'name': $run.name, 'task': $task}") },
    'Failed': { Type: 'Fail', Error: jsonata('$failure.Error'), Cause: jsonata("$run.name & ': ' & $why") },
  };
}
