import { ProcessDefinition } from './process-definition';
import { Rule } from '../../private/validation';

interface ExecuteCommandProps {
  readonly process?: ProcessDefinition;
  readonly enableExecuteCommand?: boolean;
}

/**
 * ECS Exec must not be asked for with a root file system that is read-only: its agent writes to it, so that no session opens.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations
 */
export const executeCommandRule: Rule<ExecuteCommandProps> = ({ process, enableExecuteCommand }) =>
  enableExecuteCommand === true && process?.readonlyRootFilesystem
    ? "'enableExecuteCommand' must not be true where the process has 'readonlyRootFilesystem': the agent of ECS Exec writes to the root file system; " +
      'leave one of them out, or run commands as tasks of their own'
    : undefined;
