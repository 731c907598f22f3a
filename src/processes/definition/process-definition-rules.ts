import { Annotations, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CONTAINER_HEALTH_CHECK_RULES } from './container-health-check-rules';
import { CpuArchitecture } from './cpu-architecture';
import { ProcessDefinitionProps } from './process-definition-props';
import { EnvironmentConvention } from '../../config/environment-convention';
import { ProcessDuty } from '../../config/process';
import { containerScript } from '../../private/container-script';
import { ENVIRONMENT_RULES, literalSecrets } from '../../private/environment-rules';
import { execFormProblem, shellProblem } from '../../private/exec-form';
import { fargateMemories, fargateSize } from '../../private/fargate-size';
import { nestedRules } from '../../private/nested-rules';
import { an, boolean, CONVENTION, IMAGE, Kind, memberOf, requiredKind, shaped, VPC } from '../../private/shapes';
import { durationBetween, integerBetween, isKnown, knownAtSynthesis, matches, Rule, show, wholeUnits } from '../../private/validation';

export const DEFAULT_CPU = 512;
export const DEFAULT_TEMPORARY_DIRECTORY_MIB = 128;
const DEFAULT_MEMORY = 1024;
const ROLE: Kind = { name: 'an iam.IRole', member: 'roleArn', hint: "use iam.Role.fromRoleName(this, 'Role', 'shop-task')" };
const USER = /^(?:[a-zA-Z_][\w.-]*|\d+)(?::(?:[a-zA-Z_][\w.-]*|\d+))?$/;

/** The smallest memory, in MiB, that Fargate accepts with a CPU size. */
export function smallestMemory(cpu: number = DEFAULT_CPU): number {
  return fargateMemories(cpu)[0] ?? DEFAULT_MEMORY;
}

/** The options of a process that a web service may have too. */
type ContainerOptions = Pick<ProcessDefinitionProps, 'cpu' | 'memoryLimitMiB' | 'ephemeralStorageGiB' | 'containerPort' | 'command'>;

/** What holds for the container and its size wherever they are given. */
export function containerRules(defaultCpu: number): Rule<ContainerOptions>[] {
  return [
    ({ cpu = defaultCpu, memoryLimitMiB }) => fargateSize({ cpu, memoryLimitMiB: smallestMemory(cpu) })({ cpu, memoryLimitMiB }),
    integerBetween('ephemeralStorageGiB', 21, 200, 'GiB'),
    integerBetween('containerPort', 1, 65535),
    ({ command }) => {
      const problem = command === undefined ? undefined : execFormProblem(command) ?? shellProblem(strings(command));
      return problem && `'command' ${problem}`;
    },
  ];
}

/** What holds for the time between SIGTERM and SIGKILL wherever it is given. */
export const STOP_TIMEOUT_RULES: Rule<{ readonly stopTimeout?: Duration }>[] = [
  durationBetween('stopTimeout', Duration.seconds(2), Duration.seconds(120), 'Fargate kills a container after two minutes at the latest'),
  wholeUnits('stopTimeout', 'seconds'),
];

/** What holds for the props of a `ProcessDefinition`. */
export const PROCESS_DEFINITION_RULES = shaped<ProcessDefinitionProps>({
  vpc: requiredKind(VPC),
  image: requiredKind(IMAGE),
  convention: an(CONVENTION),
  cpuArchitecture: memberOf('CpuArchitecture', CpuArchitecture),
  duty: memberOf('ProcessDuty', ProcessDuty),
  taskRole: an(ROLE),
  executionRole: an(ROLE),
  initProcess: boolean,
  readonlyRootFilesystem: boolean,
}, [
  ...containerRules(DEFAULT_CPU),
  ...STOP_TIMEOUT_RULES,
  knownAtSynthesis('stopTimeout', "the web server's graceful timeout is"),
  matches('containerName', /^[A-Za-z0-9_-]{1,255}$/, "be letters, digits, '_' and '-', 255 characters at most"),
  matches('user', USER, "be a user of the image, perhaps with a group, as text: '1000', '1000:1000' or 'django'"),
  integerBetween('temporaryDirectoryMiB', 1, 124_928, 'MiB'),
  temporaryDirectoryProblem,
  ...nestedRules<ProcessDefinitionProps, 'healthCheck'>('healthCheck', CONTAINER_HEALTH_CHECK_RULES),
  (props) => {
    const words = entryPointWords(props);
    const problem = words && (isOurs(words) ? pythonProblem(words[0]) : execFormProblem(words));
    return problem && `'entryPoint' ${problem}`;
  },
  (props) => {
    const entryPoint = strings(entryPointWords(props));
    const command = strings(props.command);
    // The shell in the command alone is told already.
    const problem = entryPoint.length > 0 && shellProblem(command) === undefined ? shellProblem([...entryPoint, ...command]) : undefined;
    return problem && `'command' ${problem}`;
  },
  (props) => {
    const needing = props.command ? undefined : needsCommand(entryPointWords(props));
    return needing && `'command' must be given with ${needing}: ECS does not use the image's own command where an entry point is given; ` +
      "repeat it in exec form, e.g. ['gunicorn', 'shop.wsgi:application']";
  },
  ...ENVIRONMENT_RULES,
]);

/** Warns about what is legal but risky. */
export function warnAboutRisks(scope: Construct, { command, entryPoint, containerPort, environment, user }: ProcessDefinitionProps): void {
  if (isKnown(user) && ['root', '0'].includes(user.split(':')[0])) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:root-user',
      `'user' ${show(user)} lets the project do everything inside its container. Take a user without such rights, e.g. '1000:1000', who can read the project's files.`);
  }
  if (containerPort !== undefined && !command && !entryPoint) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:task-address',
      "Without a 'command' the image's own entry point and command run: Django must allow the address of its task by itself, else the load balancer's " +
      "health check gets a 400; and an entry point that migrates does so in every task. Give 'command', e.g. ['gunicorn', 'shop.wsgi:application'].");
  }
  if (isKnown(containerPort) && containerPort < 1024) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:privileged-port',
      `'containerPort' ${containerPort} is below 1024, where only root may listen: an image that runs as another user does not start. Use 8000; ` +
      'the load balancer has its own ports.');
  }
  const literals = literalSecrets(environment);
  if (literals.length > 0) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:literal-secret',
      `'environment' seems to hold secrets in plain text: ${literals.join(', ')}. Everybody who may read the template or the task definition reads them. ` +
      "Give them by 'secrets'.");
  }
}

function entryPointWords({ entryPoint, convention }: ProcessDefinitionProps): string[] | undefined {
  return entryPoint?.bind(convention ?? EnvironmentConvention.standard());
}

/** Whether an entry point is a script of ours: too long for a message. */
function isOurs([, flag, script]: string[]): boolean {
  return flag === '-c' && ['start_web.py', 'run_release.py'].some((name) => containerScript(name) === script);
}

function pythonProblem(python: string): string | undefined {
  return typeof python === 'string' && (!isKnown(python) || /^\S+$/.test(python)) ? undefined : `must have its Python as one word, got ${show(python)}: no shell splits it`;
}

/** What a task must not have more of than half its memory, since the project needs the rest. */
function temporaryDirectoryProblem(props: ProcessDefinitionProps): string | undefined {
  const { temporaryDirectoryMiB: room, readonlyRootFilesystem, cpu = DEFAULT_CPU, memoryLimitMiB = smallestMemory(cpu) } = props;
  if (isKnown(room) && !readonlyRootFilesystem) {
    return `'temporaryDirectoryMiB' must be given with 'readonlyRootFilesystem' only, got ${show(room)}: without it, /tmp is on the disk ('ephemeralStorageGiB')`;
  }
  return isKnown(room) && isKnown(memoryLimitMiB) && room > memoryLimitMiB / 2
    ? `'temporaryDirectoryMiB' must be at most half of the memory, which is ${memoryLimitMiB} MiB, got ${show(room)}: what is written to it counts as memory; ` +
      "raise 'memoryLimitMiB' or lower it"
    : undefined;
}

/** The entry point, where it is one of ours that starts a command and has none of its own. */
function needsCommand(words: string[] | undefined): string | undefined {
  if (words?.includes(containerScript('start_web.py'))) {
    return 'EntryPoint.allowTaskAddress()';
  }
  return words?.length === 1 && words[0] === 'env' ? 'EntryPoint.none()' : undefined;
}

function strings(words: string[] | undefined): string[] {
  return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : [];
}
