import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, maybe, noBoolean, noDuration, noMember, noObject, notMatching, outside, removalPolicy, seconds } from './arbitraries';
import { describeProperties } from './subject';
import { EnvironmentSecret } from '../../src/config/environment-secret';
import { ProcessDuty } from '../../src/config/process';
import { environmentNameProblem } from '../../src/private/environment-name';
import { FARGATE_CPUS, fargateMemories } from '../../src/private/fargate-size';
import { CpuArchitecture } from '../../src/processes/definition/cpu-architecture';
import { EntryPoint } from '../../src/processes/definition/entry-point';
import { ProcessDefinition } from '../../src/processes/definition/process-definition';
import { ProcessDefinitionProps } from '../../src/processes/definition/process-definition-props';
import { givenVpc, IMAGE, TOKEN } from '../helpers';

type Options = Omit<ProcessDefinitionProps, 'vpc' | 'image'>;

// --- what is valid ------------------------------------------------------------------------------------------------
const variable = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,30}$/).filter((name) => environmentNameProblem(name) === undefined && name !== '__proto__');
const word = fc.string({ maxLength: 20 });
const command = fc.array(word, { maxLength: 3 }).map((words) => ['gunicorn', ...words]);
const user = fc.oneof(between(1, 65535).map(String), fc.tuple(between(1, 65535), between(0, 65535)).map((ids) => ids.join(':')), fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,20}$/));

const sizes = fc.constantFrom(...FARGATE_CPUS).chain((cpu) => fc.tuple(fc.constant(cpu), maybe(fc.constantFrom(...fargateMemories(cpu)))))
  .chain(([cpu, memoryLimitMiB]) => fc.record({
    cpu: fc.constant(cpu),
    memoryLimitMiB: fc.constant(memoryLimitMiB),
    room: fc.oneof(
      fc.constantFrom({}, { readonlyRootFilesystem: false }, { readonlyRootFilesystem: true }),
      between(1, (memoryLimitMiB ?? fargateMemories(cpu)[0]) / 2).map((temporaryDirectoryMiB) => ({ readonlyRootFilesystem: true, temporaryDirectoryMiB })),
    ),
  }))
  .map(({ room, ...size }) => ({ ...size, ...room }));

const healthCheck = between(5, 300).chain((interval) => fc.record({
  command: fc.array(word, { maxLength: 2 }).map((words) => ['python', ...words]),
  interval: fc.constant(interval).chain((amount) => seconds(amount, amount)),
  timeout: seconds(2, Math.min(interval, 60)),
  retries: maybe(between(1, 10)),
  startPeriod: maybe(seconds(0, 300)),
}));

const ownVariables = fc.uniqueArray(variable, { maxLength: 6 }).chain((names) => between(0, names.length).map((split) => ({
  environment: Object.fromEntries(names.slice(0, split).map((name, index) => [name, `value ${index} ä "quoted" \${x}`])),
  secrets: Object.fromEntries(names.slice(split).map((name) => [name, EnvironmentSecret.fromSecretName('shop/own', 'key')])),
})));

const valid: fc.Arbitrary<Options> = fc.record({
  size: sizes,
  own: ownVariables,
  rest: fc.record({
    duty: maybe(fc.constantFrom(...Object.values(ProcessDuty))),
    containerName: maybe(fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/)),
    containerPort: maybe(between(1, 65535)),
    ephemeralStorageGiB: maybe(between(21, 200)),
    cpuArchitecture: maybe(fc.constantFrom(...Object.values(CpuArchitecture))),
    command,
    entryPoint: maybe(fc.constantFrom(EntryPoint.none(), EntryPoint.ofImage(), EntryPoint.allowTaskAddress(), EntryPoint.of('tini', '--'))),
    user: maybe(user),
    initProcess: maybe(fc.boolean()),
    healthCheck: maybe(healthCheck),
    stopTimeout: maybe(seconds(2, 120)),
    logRetention: maybe(fc.constantFrom(logs.RetentionDays.ONE_DAY, logs.RetentionDays.INFINITE)),
    removalPolicy: maybe(removalPolicy(RemovalPolicy.SNAPSHOT)),
  }),
}).map(({ size, own, rest }) => ({ ...size, ...own, ...rest }));

function expectOf(template: Template, options: Options): void {
  const [{ Properties: task }] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const [container] = task.ContainerDefinitions;
  expect(fargateMemories(Number(task.Cpu))).toContain(Number(task.Memory));
  expect(container.LinuxParameters?.InitProcessEnabled ?? false).toBe(options.initProcess ?? true);
  // Where the project cannot write to its image, it can write to /tmp; and never to half of the memory.
  const [temporary] = container.LinuxParameters?.Tmpfs ?? [];
  expect(container.ReadonlyRootFilesystem ?? false).toBe(options.readonlyRootFilesystem ?? false);
  expect(temporary?.ContainerPath).toBe(options.readonlyRootFilesystem ? '/tmp' : undefined);
  expect(temporary?.Size ?? 0).toBeLessThanOrEqual(Number(task.Memory) / 2);
  if (options.healthCheck) {
    expect(container.HealthCheck.Command[0]).toBe('CMD');
    expect(container.HealthCheck.Timeout).toBeLessThanOrEqual(container.HealthCheck.Interval);
  }
  expect(Object.fromEntries((container.Environment ?? []).map(({ Name, Value }: any) => [Name, Value])))
    .toEqual({ ...options.readonlyRootFilesystem ? { XDG_RUNTIME_DIR: '/tmp' } : {}, ...options.environment });
  expect((container.Secrets ?? []).map(({ Name }: any) => Name)).toEqual(Object.keys(options.secrets!));
  expect(Number(container.StopTimeout)).toBe(options.stopTimeout?.toSeconds() ?? 35);
}

// --- what is not --------------------------------------------------------------------------------------------------
const noCommand = fc.constantFrom([], [''], [' '], ['gunicorn shop.wsgi'], 'gunicorn', ['gunicorn', 1], [undefined], ['sh', '-c', 'gunicorn'], {});
const noValues = (values: fc.Arbitrary<unknown>) => fc.dictionary(fc.constantFrom('A', 'B'), values, { minKeys: 1 });

describeProperties<Options>({
  name: 'ProcessDefinition',
  define: (stack: Stack, options) => {
    const process = new ProcessDefinition(stack, 'ProcessDefinition', { vpc: givenVpc(stack), image: IMAGE, ...options });
    process.addDefaultEnvironment('CONSTRUCTOR_DEFAULT', '');
    expect(process.startDependencies).toBeDefined();
  },
  valid: valid.map((options) => ({ ...options, environment: { ...options.environment, CONSTRUCTOR_DEFAULT: 'mine' } })),
  expectOf,
  invalid: [
    ['cpu', fc.oneof(between(-1, 40000).filter((cpu) => !FARGATE_CPUS.includes(cpu)), fc.constantFrom(NaN, '512', '', true, 0.25))],
    ['memoryLimitMiB', fc.oneof(between(-1, 511), between(249_857, 999_999), fc.constantFrom(NaN, '1024', 513))],
    ['ephemeralStorageGiB', outside(21, 200)],
    ['stopTimeout', noDuration(2, 120)],
    ['containerPort', outside(1, 65535)],
    ['containerName', notMatching(/^[A-Za-z0-9_-]{1,255}$/)],
    ['command', noCommand],
    ['user', notMatching(/^(?:[a-zA-Z_][\w.-]*|\d+)(?::(?:[a-zA-Z_][\w.-]*|\d+))?$/)],
    ['initProcess', noBoolean],
    ['readonlyRootFilesystem', noBoolean],
    ['temporaryDirectoryMiB', fc.oneof(outside(1, 512), between(1, 512))],
    ['healthCheck', noObject.filter((value) => JSON.stringify(value) !== '{}')],
    ['healthCheck.command', fc.oneof(noCommand.filter((words) => !(Array.isArray(words) && words[0] === 'sh')), fc.constantFrom(['CMD'], ['CMD-SHELL', 'x']))],
    ['healthCheck.interval', noDuration(5, 300)],
    ['healthCheck.timeout', noDuration(2, 60)],
    ['healthCheck.startPeriod', noDuration(0, 300)],
    ['healthCheck.retries', outside(1, 10)],
    ['taskRole', noObject],
    ['executionRole', noObject],
    ['duty', noMember],
    ['cpuArchitecture', noMember],
    ['convention', noObject],
    ['environment', noValues(fc.oneof(between(0, 9), fc.boolean(), fc.constantFrom(null, undefined, {})))],
    ['secrets', noValues(fc.oneof(fc.string(), fc.constantFrom(null, undefined, {})))],
  ],
  tokens: [
    ['cpu', () => TOKEN.number(1024)],
    ['memoryLimitMiB', () => TOKEN.number(2048)],
    ['ephemeralStorageGiB', () => TOKEN.number(30)],
    ['containerPort', () => TOKEN.number(8000)],
    ['containerName', TOKEN.string],
    ['user', TOKEN.string],
    ['healthCheck.startPeriod', () => TOKEN.seconds(30)],
    ['healthCheck.retries', () => TOKEN.number(3)],
    ['taskRole', () => iam.Role.fromRoleName(new Stack(), 'Role', 'given')],
  ],
  base: { command: ['gunicorn'], healthCheck: { command: ['check'] } },
});
