import { DjangoVariable } from '../../config/django-variable';
import { EnvironmentConvention } from '../../config/environment-convention';
import { containerScript } from '../../private/container-script';
import { execFormProblem } from '../../private/exec-form';
import { isKnown, Rule, show } from '../../private/validation';

/** What ECS accepts for everything that a run overrides, less what the rest of the overrides takes. */
const MAX_CHARACTERS = 8000;
const EXAMPLE = "['python', 'manage.py', 'migrate', '--noinput']";

/** Steps that the entry point itself knows. */
const WAIT_FOR_DATABASE = '--wait-for-database';
const SUPERUSER = '--superuser';

/** Where the address of the database may stand, in the order of the entry point's argument. */
const DATABASE_ADDRESS = [DjangoVariable.DATABASE_HOST, DjangoVariable.DATABASE_PORT, DjangoVariable.DATABASE_URL, DjangoVariable.DATABASE_SECRET_JSON];

/** Where the names of the buckets stand, in the order of the entry point's argument. */
const BUCKETS = [DjangoVariable.STATIC_BUCKET, DjangoVariable.MEDIA_BUCKET];

/** What a release runs. */
export interface ReleaseCommands {
  readonly before?: string[][];
  readonly commands?: string[][];
  readonly superuser?: unknown;
  readonly fixtures?: string[];
  readonly collectStaticFiles?: boolean;
  readonly after?: string[][];
  readonly pythonExecutable?: string;
}

/**
 * Entry point that runs what `releaseWords` gives: commands one after the other, up to the first that fails.
 * It takes the place of the image's entry point, so that one that migrates does not run. `server` is the program of the web service, where it is
 * started with the same image and variables: the release asks for it before it changes anything.
 */
export function releaseEntryPoint(
  pythonExecutable: string = 'python', convention: EnvironmentConvention = EnvironmentConvention.standard(), server?: string,
): string[] {
  const namesOf = (variables: DjangoVariable[]) => variables.map((variable) => convention.namesOf(variable)[0] ?? '').join(',');
  return [
    pythonExecutable, '-c', containerScript('run_release.py'), `--database=${namesOf(DATABASE_ADDRESS)}`, `--buckets=${namesOf(BUCKETS)}`,
    ...server ? [`--server=${server}`] : [],
  ];
}

/** The commands of a release in their order. */
export function releaseCommands(options: ReleaseCommands): string[][] {
  const { pythonExecutable: python = 'python', fixtures = [], collectStaticFiles = true } = options;
  const manage = (...words: string[]) => [python, 'manage.py', ...words];
  return [
    ...options.before ?? [],
    ...options.commands ?? [manage('migrate', '--noinput')],
    ...options.superuser ? [[SUPERUSER]] : [],
    ...!options.commands && fixtures.length > 0 ? [manage('loaddata', ...fixtures)] : [],
    ...!options.commands && collectStaticFiles ? [manage('collectstatic', '--noinput')] : [],
    ...options.after ?? [],
  ];
}

/** The commands as one list of words; no shell reads it, `&&` is a word of its own. */
export function releaseWords(commands: string[][], waitForDatabase: boolean = true): string[] {
  const words = commands.flatMap((command, index) => index === 0 ? command : ['&&', ...command]);
  return waitForDatabase ? [WAIT_FOR_DATABASE, ...words] : words;
}

/** The prop must be a list of commands in exec form, with `least` of them. */
export function commandsRule(prop: 'before' | 'commands' | 'after', least: number): Rule<ReleaseCommands> {
  return ({ [prop]: commands }) => {
    if (!isKnown(commands)) {
      return undefined;
    }
    if (!Array.isArray(commands) || commands.length < least) {
      return `'${prop}' must ${least > 0 ? 'hold at least one command' : 'be a list of commands'}, got ${show(commands)}: ` +
        `give a list of words for each, e.g. ${EXAMPLE}`;
    }
    for (const [index, command] of commands.entries()) {
      const problem = commandProblem(command);
      if (problem) {
        return `'${prop}[${index}]' ${problem}`;
      }
    }
    return undefined;
  };
}

/** All commands together must fit into what a run may override. */
export const commandsFit: Rule<ReleaseCommands> = (options) => {
  const length = JSON.stringify(releaseWords(releaseCommands(options))).length;
  const given = (['before', 'commands', 'fixtures', 'after'] as const).filter((prop) => options[prop] !== undefined);
  return length > MAX_CHARACTERS
    ? `'${given.join("' and '")}' must be at most ${MAX_CHARACTERS} characters together with the commands around them, got ${length}: ` +
      'put them into a management command or a script of the image'
    : undefined;
};

function commandProblem(command: string[]): string | undefined {
  const problem = execFormProblem(command);
  if (problem) {
    return problem;
  }
  if (command.includes('&&')) {
    return `must not hold '&&', got ${JSON.stringify(command)}: give each command a list of its own`;
  }
  return isKnown(command[0]) && command[0].startsWith('-')
    ? `must begin with a program, got ${JSON.stringify(command)}: an option follows its program in the same list`
    : undefined;
}
