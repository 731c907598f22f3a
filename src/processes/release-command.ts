import { containerScript } from '../private/container-script';
import { execFormProblem } from '../private/exec-form';
import { isKnown, Rule } from '../private/validation';

/** What ECS accepts for everything that a run overrides, less what the rest of the overrides takes. */
const MAX_CHARACTERS = 8000;
const EXAMPLE = "['python', 'manage.py', 'migrate', '--noinput']";

/**
 * Entry point that runs what `releaseWords` gives: commands one after the other, up to the first that fails.
 * It takes the place of the image's entry point, so that one that migrates does not run.
 */
export function releaseEntryPoint(pythonExecutable: string = 'python'): string[] {
  return [pythonExecutable, '-c', containerScript('run_release.py')];
}

/** The commands as one list of words; no shell reads it, `&&` is a word of its own. */
export function releaseWords(commands: string[][], waitForDatabase: boolean = true): string[] {
  const words = commands.flatMap((command, index) => index === 0 ? command : ['&&', ...command]);
  return waitForDatabase ? ['--wait-for-database', ...words] : words;
}

/** `commands` must be a list of commands in exec form. */
export const releaseCommandsRule: Rule<{ commands?: string[][] }> = ({ commands }) => {
  if (!isKnown(commands)) {
    return undefined;
  }
  if (!Array.isArray(commands) || commands.length === 0) {
    return `'commands' must hold at least one command, got ${JSON.stringify(commands)}: give a list of words for each, e.g. ${EXAMPLE}`;
  }
  for (const [index, command] of commands.entries()) {
    const problem = commandProblem(command);
    if (problem) {
      return `'commands[${index}]' ${problem}`;
    }
  }
  const length = JSON.stringify(commands).length;
  return length > MAX_CHARACTERS
    ? `'commands' must be at most ${MAX_CHARACTERS} characters together, got ${length}: put them into a management command or a script of the image`
    : undefined;
};

function commandProblem(command: string[]): string | undefined {
  return execFormProblem(command) ?? (command.includes('&&')
    ? `must not hold '&&', got ${JSON.stringify(command)}: give each command a list of its own`
    : undefined);
}
