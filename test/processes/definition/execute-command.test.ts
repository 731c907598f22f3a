import { executeCommandRule } from '../../../src/processes/definition/execute-command';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { givenVpc, IMAGE, newStack } from '../../helpers';

describe('ECS Exec', () => {
  const processWith = (readonlyRootFilesystem?: boolean) => {
    const stack = newStack();
    return new ProcessDefinition(stack, 'Process', { vpc: givenVpc(stack), image: IMAGE, readonlyRootFilesystem });
  };

  test('is refused with a root file system that is read-only, which its agent writes to', () => {
    expect(executeCommandRule({ process: processWith(true), enableExecuteCommand: true })).toBe(
      "'enableExecuteCommand' must not be true where the process has 'readonlyRootFilesystem': the agent of ECS Exec writes to the root file system; " +
      'leave one of them out, or run commands as tasks of their own');
  });

  test.each([[true, false], [true, undefined], [false, true], [undefined, true]])('is not refused with a read-only root %s where it is %s', (readonly, enableExecuteCommand) => {
    expect(executeCommandRule({ process: processWith(readonly), enableExecuteCommand })).toBeUndefined();
  });

  test('is not judged without a process, which is refused already', () => {
    expect(executeCommandRule({ enableExecuteCommand: true })).toBeUndefined();
  });
});
