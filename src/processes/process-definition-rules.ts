import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CpuArchitecture } from './cpu-architecture';
import { ProcessDefinitionProps } from './process-definition-props';
import { EnvironmentConvention } from '../config/environment-convention';
import { ProcessDuty } from '../config/process';
import { containerScript } from '../private/container-script';
import { ENVIRONMENT_RULES, literalSecrets } from '../private/environment-rules';
import { execFormProblem, shellProblem } from '../private/exec-form';
import { fargateMemories, fargateSize } from '../private/fargate-size';
import { an, CONVENTION, IMAGE, memberOf, requiredKind, shaped, VPC } from '../private/shapes';
import { integerBetween, isKnown, knownAtSynthesis, matches, Rule, show } from '../private/validation';

export const DEFAULT_CPU = 512;
const DEFAULT_MEMORY = 1024;

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

/** What holds for the props of a `ProcessDefinition`. */
export const PROCESS_DEFINITION_RULES = shaped<ProcessDefinitionProps>({
  vpc: requiredKind(VPC),
  image: requiredKind(IMAGE),
  convention: an(CONVENTION),
  cpuArchitecture: memberOf('CpuArchitecture', CpuArchitecture),
  duty: memberOf('ProcessDuty', ProcessDuty),
}, [
  ...containerRules(DEFAULT_CPU),
  integerBetween('stopTimeoutSeconds', 2, 120, 'seconds', 'Fargate kills a container after two minutes at the latest'),
  knownAtSynthesis('stopTimeoutSeconds', "the web server's graceful timeout is"),
  matches('containerName', /^[A-Za-z0-9_-]{1,255}$/, "be letters, digits, '_' and '-', 255 characters at most"),
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
  (props) => !props.command && entryPointWords(props)?.includes(containerScript('start_web.py'))
    ? "'command' must be given with EntryPoint.allowTaskAddress(): ECS does not use the image's own command where an entry point is given; " +
      "repeat it in exec form, e.g. ['gunicorn', 'shop.wsgi:application']"
    : undefined,
  ...ENVIRONMENT_RULES,
]);

/** Warns about what is legal but risky. */
export function warnAboutRisks(scope: Construct, { command, entryPoint, containerPort, environment }: ProcessDefinitionProps): void {
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

function strings(words: string[] | undefined): string[] {
  return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : [];
}
