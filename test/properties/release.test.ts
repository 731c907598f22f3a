import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, maybe, noBoolean, noDuration, noMember, noStrings, notMatching, removalPolicy, SEED, seconds } from './arbitraries';
import { describeProperties } from './subject';
import { EnvironmentSecret } from '../../src/config/environment-secret';
import { CommandRunner } from '../../src/processes/commands/command-runner';
import { EntryPoint } from '../../src/processes/definition/entry-point';
import { ProcessDefinition } from '../../src/processes/definition/process-definition';
import { Release } from '../../src/processes/release/release';
import { ReleaseProps } from '../../src/processes/release/release-props';
import { RolloutCheck } from '../../src/processes/release/rollout-check';
import { RolloutCheckOptions } from '../../src/processes/release/rollout-check-props';
import { Superuser } from '../../src/processes/release/superuser';
import { SuperuserOptions } from '../../src/processes/release/superuser-props';
import { RecordingProcess } from '../backing-services/recording-process';
import { givenVpc, IMAGE, messageOf, newStack, TOKEN } from '../helpers';

type Options = Partial<Omit<ReleaseProps, 'commandRunner' | 'process'>>;

const EMAIL = /^[^\s@]+@[^\s@]+$/;
const USERNAME = /^\S{1,150}$/;

function runnerAndProcess(stack: Stack) {
  const vpc = givenVpc(stack);
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, entryPoint: EntryPoint.releaseCommands() });
  return { process, commandRunner: new CommandRunner(stack, 'Commands', { cluster: new ecs.Cluster(stack, 'Cluster', { vpc }) }) };
}

// --- what is valid ------------------------------------------------------------------------------------------------
const program = fc.stringMatching(/^[a-z/][a-z0-9_./-]{0,20}$/);
const word = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('--noinput', '$5', ';', "it's", '"', '\\', '')).filter((text) => text !== '&&' && !/\$[A-Z_{]/.test(text));
const command = fc.tuple(program, fc.array(word, { maxLength: 5 })).map(([first, rest]) => [first, ...rest]);
const commands = fc.array(command, { maxLength: 4 });
const fixture = fc.stringMatching(/^[a-z][a-z0-9_./]{0,30}$/);
const reference = fc.constantFrom(EnvironmentSecret.fromSecretName('shop/superuser', 'x'), EnvironmentSecret.fromSsmParameter('/shop/superuser'));
const timing = { timeout: maybe(seconds(60, 3300)), nonce: maybe(fc.string()) };

const superuser: fc.Arbitrary<SuperuserOptions> = fc.oneof(
  fc.record({
    email: fc.constantFrom('admin@example.com', 'Ops+1@sub.example.co', '"quoted"@example.com'),
    username: maybe(fc.stringMatching(USERNAME)),
    removalPolicy: maybe(removalPolicy(RemovalPolicy.SNAPSHOT)),
  }),
  fc.record({ existing: fc.record({ username: reference, password: reference, email: maybe(reference) }) }),
);

const others = fc.record({
  before: maybe(commands),
  after: maybe(commands),
  superuser: maybe(superuser),
  waitForDatabase: maybe(fc.boolean()),
  collectStaticFiles: maybe(fc.boolean()),
  pythonExecutable: maybe(fc.constantFrom('python3', '/venv/bin/python')),
  ...timing,
});
const release: fc.Arbitrary<Options> = fc.tuple(others, fc.oneof(
  fc.record({ fixtures: maybe(fc.array(fixture, { maxLength: 4 })) }),
  fc.record({ commands: fc.array(command, { minLength: 1, maxLength: 4 }), fixtures: maybe(fc.constant<string[]>([])) }),
)).map(([rest, own]) => ({ ...rest, ...own }));

// --- what is not --------------------------------------------------------------------------------------------------
const noList = fc.oneof(fc.string(), between(0, 9), fc.constantFrom<unknown>(true, {}));
/** The message says which of the commands it is. */
const wrongCommand = fc.constantFrom<unknown[]>('python', [], [''], ['python', 5], [null], ['a', '&&', 'b'], ['manage.py migrate'], ['--superuser'], 5);
const noStruct = fc.oneof(fc.string(), between(0, 9), fc.constantFrom<unknown>(true, []));
const noCommand = fc.oneof(fc.string(), between(0, 9), fc.constantFrom<unknown>(true, {}, [], [''], ['python', 5], [null], ['manage.py check']));
const noTimeout = fc.oneof(noDuration(60, 3300), fc.constant(Duration.millis(90_500)));
const noText = fc.oneof(between(0, 9), fc.constantFrom(true, {}));
const noReference = fc.oneof(fc.string(), between(0, 9), fc.constantFrom(true, {}, []));

describe('Release', () => {
  describeProperties<Options>({
    name: 'Release',
    define: (stack, options) => {
      const made = new Release(stack, 'Release', { ...runnerAndProcess(stack), ...options });
      expect(made.command.length).toBeGreaterThan(0);
    },
    valid: release,
    expectOf: (template, options) => {
      const [{ Properties }] = Object.values(template.findResources('Custom::DjangoRelease'));
      const words = Properties.Command as string[];
      expect(words.includes('--wait-for-database')).toBe(options.waitForDatabase ?? true);
      const ran = words.slice(words[0] === '--wait-for-database' ? 1 : 0).reduce<string[][]>(
        (list, text) => text === '&&' ? [...list, []] : [...list.slice(0, -1), [...list[list.length - 1], text]], [[]]);
      const python = options.pythonExecutable ?? 'python';
      const own = options.commands !== undefined;
      expect(ran).toEqual([
        ...options.before ?? [],
        ...options.commands ?? [[python, 'manage.py', 'migrate', '--noinput']],
        ...options.superuser ? [['--superuser']] : [],
        ...!own && options.fixtures?.length ? [[python, 'manage.py', 'loaddata', ...options.fixtures]] : [],
        ...!own && options.collectStaticFiles !== false ? [[python, 'manage.py', 'collectstatic', '--noinput']] : [],
        ...options.after ?? [],
      ]);
      template.resourceCountIs('AWS::SecretsManager::Secret', options.superuser && !options.superuser.existing ? 1 : 0);
      expect(Number(Properties.ServiceTimeout)).toBe(Properties.TimeoutSeconds + 300);
    },
    invalid: [
      ['before', noList],
      ['commands', fc.oneof(noList, fc.constant([]))],
      ['after', noList],
      ['fixtures', fc.oneof(noStrings, fc.constantFrom([''], [' '], ['--all'], ['&&']))],
      ['superuser', noStruct],
      ['superuser.email', fc.oneof(notMatching(EMAIL), fc.constantFrom('a@b@c', 'a b@c'))],
      ['superuser.username', fc.oneof(notMatching(USERNAME), between(0, 9))],
      ['superuser.existing', noStruct],
      ['superuser.existing.password', noReference],
      ['superuser.removalPolicy', fc.oneof(noMember, fc.constant(RemovalPolicy.SNAPSHOT))],
      ['waitForDatabase', noBoolean],
      ['collectStaticFiles', noBoolean],
      ['pythonExecutable', fc.oneof(notMatching(/^\S+$/), between(0, 9))],
      ['timeout', noTimeout],
      ['nonce', noText],
    ],
    tokens: [
      ['superuser.email', TOKEN.string],
      ['nonce', TOKEN.string],
      ['timeout', TOKEN.seconds],
      ['pythonExecutable', TOKEN.string],
      ['fixtures', () => [TOKEN.string()]],
      ['before', () => [['echo', TOKEN.string()]]],
    ],
  });
});

test.each(['before', 'commands', 'after'])('any wrong command in %s is refused by us, by its place', (option) => {
  fc.assert(fc.property(commands, wrongCommand, commands, (first, wrong, last) => {
    const stack = newStack();
    const define = () => new Release(stack, 'Release', { ...runnerAndProcess(stack), [option]: [...first, wrong, ...last] });
    expect(messageOf(define)).toMatch(new RegExp(`^Release at 'Stack/Release' cannot be defined:\n- '${option}\\[${first.length}\\]' must `));
  }), SEED);
});

describe('Superuser', () => {
  describeProperties<SuperuserOptions>({
    name: 'Superuser',
    define: (stack, options) => new Superuser(stack, 'Superuser', options).handTo(new RecordingProcess(stack, 'Process')),
    valid: superuser,
    expectOf: (template: Template, { existing, email, username = 'admin' }) => {
      const secrets = Object.values(template.findResources('AWS::SecretsManager::Secret'));
      expect(secrets).toHaveLength(existing ? 0 : 1);
      for (const { Properties } of secrets) {
        expect(JSON.parse(Properties.GenerateSecretString.SecretStringTemplate)).toEqual({ username, email });
      }
    },
    invalid: [
      ['email', notMatching(EMAIL)],
      ['username', notMatching(USERNAME)],
      ['existing', noStruct],
      ['existing.username', noReference],
      ['removalPolicy', fc.oneof(noMember, fc.constant(RemovalPolicy.SNAPSHOT))],
    ],
    tokens: [['username', TOKEN.string]],
    base: { email: 'admin@example.com' },
  });
});

describe('RolloutCheck', () => {
  describeProperties<RolloutCheckOptions>({
    name: 'RolloutCheck',
    define: (stack, options) => new RolloutCheck(stack, 'RolloutCheck', { ...runnerAndProcess(stack), after: [new Stack(stack, 'Before')], ...options }),
    valid: fc.record({ command, ...timing }),
    expectOf: (template, options) => {
      template.hasResourceProperties('Custom::DjangoRolloutCheck', { Command: options.command });
    },
    invalid: [['command', noCommand], ['timeout', noTimeout], ['nonce', noText]],
    tokens: [['timeout', TOKEN.seconds], ['nonce', TOKEN.string], ['command', () => ['python', TOKEN.string()]]],
    base: { command: ['python', 'manage.py', 'check'] },
  });
});
