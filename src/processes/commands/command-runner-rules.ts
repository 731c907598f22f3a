import { CommandRunnerProps } from './command-runner-props';
import { an, aRemovalPolicy, boolean, CLUSTER, PROCESS, requiredKind, shaped, subnets, TOPIC } from '../../private/shapes';
import { otherVpcProblem, taskSubnetsRule } from '../definition/task-subnets';

/** What holds for the props of a `CommandRunner`. */
export const COMMAND_RUNNER_RULES = shaped<CommandRunnerProps>({
  cluster: requiredKind(CLUSTER),
  defaultProcess: an(PROCESS),
  alarmTopic: an(TOPIC),
  taskSubnets: subnets,
  assignPublicIp: boolean,
  removalPolicy: aRemovalPolicy,
}, [
  // Without a cluster its shape is told already.
  (props) => props.cluster ? taskSubnetsRule(props) : undefined,
  ({ cluster, defaultProcess }) => cluster && defaultProcess
    ? otherVpcProblem(defaultProcess, cluster)?.replace("'process'", "'defaultProcess'")
    : undefined,
  ({ alarmTopic }) => alarmTopic?.fifo
    ? "'alarmTopic' must be a standard topic, got a FIFO topic, to which nobody subscribes by email: make a topic without 'fifo'"
    : undefined,
]);
