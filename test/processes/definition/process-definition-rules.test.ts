import { App, Duration } from 'aws-cdk-lib/core';
import { containerOf, define } from './process-stack';
import { EnvironmentSecret } from '../../../src/config/environment-secret';
import { EntryPoint } from '../../../src/processes/definition/entry-point';
import { ProcessDefinitionProps } from '../../../src/processes/definition/process-definition-props';
import { messageOf, TOKEN, warningsOf } from '../../helpers';

describe('a process is refused with', () => {
  const words = 'must be letters, digits and underscores, and not begin with a digit';
  test.each<[string, any, string[]]>([
    ['a size that Fargate does not offer', { cpu: 256, memoryLimitMiB: 4096 }, ["'memoryLimitMiB' must be one of 512, 1024, 2048 with 'cpu' 256, got 4096"]],
    ['a CPU size that Fargate does not offer', { cpu: 300 }, ["'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 (1024 is one vCPU), got 300"]],
    ['no CPU', { cpu: 0 }, ["'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 (1024 is one vCPU), got 0"]],
    ['too little storage', { ephemeralStorageGiB: 10 }, ["'ephemeralStorageGiB' must be a whole number between 21 and 200 GiB, got 10"]],
    ['too much storage', { ephemeralStorageGiB: 201 }, ["'ephemeralStorageGiB' must be a whole number between 21 and 200 GiB, got 201"]],
    ['a long stop timeout', { stopTimeout: Duration.seconds(200) },
      ["'stopTimeout' must be between 2 seconds and 2 minutes, got 3 minutes 20 seconds: Fargate kills a container after two minutes at the latest"]],
    ['a short stop timeout', { stopTimeout: Duration.seconds(1) },
      ["'stopTimeout' must be between 2 seconds and 2 minutes, got 1 second: Fargate kills a container after two minutes at the latest"]],
    ['a stop timeout that is a token', { stopTimeout: Duration.seconds(TOKEN.number()) },
      ["'stopTimeout' must be known at synthesis, because the web server's graceful timeout is computed from it: give it as a plain value, not as a token"]],
    ['port 0', { containerPort: 0 }, ["'containerPort' must be a whole number between 1 and 65535, got 0"]],
    ['port 70000', { containerPort: 70000 }, ["'containerPort' must be a whole number between 1 and 65535, got 70000"]],
    ['a name with a space', { containerName: 'my app' }, ["'containerName' must be letters, digits, '_' and '-', 255 characters at most, got \"my app\""]],
    ['an empty name', { containerName: '' }, ["'containerName' must be letters, digits, '_' and '-', 255 characters at most, got \"\""]],
    ['a command in one string', { command: ['gunicorn shop.wsgi'] },
      ["'command' must be in exec form, got [\"gunicorn shop.wsgi\"]: no shell splits it, write ['gunicorn', 'shop.wsgi']"]],
    ['a command that is a string', { command: 'gunicorn shop.wsgi' }, ["'command' must be a list of words, got \"gunicorn shop.wsgi\": write ['gunicorn', 'shop.wsgi']"]],
    ['an empty command', { command: [] }, ["'command' must hold at least the program: give it, or leave the list out"]],
    ['a command with a number', { command: ['sleep', 5] }, ["'command' must be a list of strings, got 5 as word 2: quote it"]],
    ['an empty entry point', { entryPoint: EntryPoint.of() }, ["'entryPoint' must hold at least the program: give it, or leave the list out"]],
    ['an entry point in one string', { entryPoint: EntryPoint.of('tini --') }, ["'entryPoint' must be in exec form, got [\"tini --\"]: no shell splits it, write ['tini', '--']"]],
    ['a Python with arguments', { entryPoint: EntryPoint.allowTaskAddress('poetry run python') },
      ["'entryPoint' must have its Python as one word, got \"poetry run python\": no shell splits it"]],
    ['no Python', { entryPoint: EntryPoint.releaseCommands('') }, ["'entryPoint' must have its Python as one word, got \"\": no shell splits it"]],
    ['what Python has no types for', { vpc: undefined, image: 'backend', convention: { databaseHost: ['PGHOST'] }, cpuArchitecture: 'arm64', duty: 'web' } as any, [
      "'vpc' must be given: use ec2.Vpc.fromLookup(this, 'Vpc', { vpcId })",
      "'image' must be a DjangoImage, got \"backend\": use DjangoImage.fromDirectory('backend')",
      "'convention' must be an EnvironmentConvention, got {\"databaseHost\":[\"PGHOST\"]}: use EnvironmentConvention.custom({ ... })",
      "'cpuArchitecture' must be one of CpuArchitecture.X86_64, CpuArchitecture.ARM64, got \"arm64\": use CpuArchitecture.ARM64",
      "'duty' must be one of ProcessDuty.APPLICATION, ProcessDuty.RELEASE, ProcessDuty.PREPARATION, got \"web\"",
    ]],
    ['a shell as entry point', { entryPoint: EntryPoint.of('sh', '-c'), command: ['gunicorn --bind :8000 shop.wsgi'] },
      ["'command' must be in exec form, got [\"gunicorn --bind :8000 shop.wsgi\"]: no shell splits it, write ['gunicorn', '--bind', ':8000', 'shop.wsgi']",
        "'command' runs \"gunicorn --bind :8000 shop.wsgi\" in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. " +
        "Write ['gunicorn', '--bind', ':8000', 'shop.wsgi'], or begin the last program of the shell's text with 'exec'"]],
    ['a shell as command', { command: ['sh', '-c', 'gunicorn shop.wsgi'] },
      ["'command' runs \"gunicorn shop.wsgi\" in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. " +
        "Write ['gunicorn', 'shop.wsgi'], or begin the last program of the shell's text with 'exec'"]],
    ['a shell after our own entry point', { entryPoint: EntryPoint.allowTaskAddress(), command: ['/bin/bash', '-c', 'gunicorn shop.wsgi'] },
      ["'command' runs \"gunicorn shop.wsgi\" in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. " +
        "Write ['gunicorn', 'shop.wsgi'], or begin the last program of the shell's text with 'exec'"]],
    ['a user with a space', { user: 'the user' }, ["'user' must be a user of the image, perhaps with a group, as text: '1000', '1000:1000' or 'django', got \"the user\""]],
    ['a user that is a number', { user: 1000 }, ["'user' must be a user of the image, perhaps with a group, as text: '1000', '1000:1000' or 'django', got 1000"]],
    ['words where yes or no is asked', { initProcess: 'false', readonlyRootFilesystem: 'true' },
      ["'initProcess' must be true or false, got \"false\": write false without quotes", "'readonlyRootFilesystem' must be true or false, got \"true\": write true without quotes"]],
    ['a /tmp of its own where all can be written to', { temporaryDirectoryMiB: 64 },
      ["'temporaryDirectoryMiB' must be given with 'readonlyRootFilesystem' only, got 64: without it, /tmp is on the disk ('ephemeralStorageGiB')"]],
    ['more /tmp than half of the memory', { readonlyRootFilesystem: true, temporaryDirectoryMiB: 513 },
      ["'temporaryDirectoryMiB' must be at most half of the memory, which is 1024 MiB, got 513: what is written to it counts as memory; raise 'memoryLimitMiB' or lower it"]],
    ['no /tmp', { readonlyRootFilesystem: true, temporaryDirectoryMiB: 0 }, ["'temporaryDirectoryMiB' must be a whole number between 1 and 124928 MiB, got 0"]],
    ['roles that are none', { taskRole: 'arn:aws:iam::1:role/x', executionRole: {} }, [
      "'taskRole' must be an iam.IRole, got \"arn:aws:iam::1:role/x\": use iam.Role.fromRoleName(this, 'Role', 'shop-task')",
      "'executionRole' must be an iam.IRole, got {}: use iam.Role.fromRoleName(this, 'Role', 'shop-task')",
    ]],
    ['a health check that is none', { healthCheck: 'curl' }, ["'healthCheck' must be an object with options, got \"curl\""]],
    ['a health check without a command', { healthCheck: {} }, ["'healthCheck.command' must be given, e.g. ['python', 'manage.py', 'check']"]],
    ['a health check in one string', { healthCheck: { command: ['curl -f http://localhost:8000/health/'] } },
      ["'healthCheck.command' must be in exec form, got [\"curl -f http://localhost:8000/health/\"]: no shell splits it, write ['curl', '-f', 'http://localhost:8000/health/']"]],
    ['a health check in Docker\'s words for a shell', { healthCheck: { command: ['CMD-SHELL', 'curl -f localhost || exit 1'] } },
      ["'healthCheck.command' must be in exec form without CMD-SHELL, got [\"CMD-SHELL\",\"curl -f localhost || exit 1\"]: write [\"sh\",\"-c\",\"curl -f localhost || exit 1\"]"]],
    ['a health check in Docker\'s words', { healthCheck: { command: ['CMD', 'check'] } },
      ["'healthCheck.command' must be in exec form without CMD, got [\"CMD\",\"check\"]: write [\"check\"]"]],
    ['a health check of nothing', { healthCheck: { command: ['CMD'] } },
      ["'healthCheck.command' must be in exec form without CMD, got [\"CMD\"]: write the program and its arguments as words, e.g. ['python', 'manage.py', 'check']"]],
    ['a health check out of bounds',
      { healthCheck: { command: ['check'], interval: Duration.seconds(4), timeout: Duration.seconds(61), retries: 11, startPeriod: Duration.seconds(301) } }, [
        "'healthCheck.interval' must be between 5 seconds and 5 minutes, got 4 seconds",
        "'healthCheck.timeout' must be between 2 seconds and 1 minute, got 1 minute 1 second",
        "'healthCheck.retries' must be a whole number between 1 and 10, got 11",
        "'healthCheck.startPeriod' must be between 0 seconds and 5 minutes, got 5 minutes 1 second",
        "'healthCheck.timeout' (1 minute 1 second) must not be longer than 'interval' (4 seconds): shorten 'timeout' or lengthen 'interval'",
      ]],
    ['a health check that takes longer than its interval', { healthCheck: { command: ['check'], timeout: Duration.seconds(40) } },
      ["'healthCheck.timeout' (40 seconds) must not be longer than 'interval' (30 seconds): shorten 'timeout' or lengthen 'interval'"]],
    ['a health check whose times are tokens', { healthCheck: { command: ['check'], interval: TOKEN.seconds(30), timeout: TOKEN.seconds(5) } }, [
      "'healthCheck.interval' must be known at synthesis, got a token: give it as a plain value",
      "'healthCheck.timeout' must be known at synthesis, got a token: give it as a plain value",
    ]],
    ['no entry point and no command', { command: undefined, entryPoint: EntryPoint.none() },
      ["'command' must be given with EntryPoint.none(): ECS does not use the image's own command where an entry point is given; " +
        "repeat it in exec form, e.g. ['gunicorn', 'shop.wsgi:application']"]],
    ['an entry point that lacks its command', { command: undefined, entryPoint: EntryPoint.allowTaskAddress() },
      ["'command' must be given with EntryPoint.allowTaskAddress(): ECS does not use the image's own command where an entry point is given; " +
        "repeat it in exec form, e.g. ['gunicorn', 'shop.wsgi:application']"]],
    ['names that no shell knows', { environment: { 'A=B': '1', '1A': '1' }, secrets: { 'my secret': EnvironmentSecret.fromSecretName('x') } },
      [`the variable "A=B" ${words}`, `the variable "1A" ${words}`, `the variable "my secret" ${words}`]],
    ['a name that ECS owns', { environment: { AWS_REGION: 'eu-central-1' } }, ['the variable "AWS_REGION" is reserved: ECS sets it to the region of the stack']],
    ['a name given twice', { environment: { A: '1', B: '2' }, secrets: { B: EnvironmentSecret.fromSecretName('x') } },
      ["'environment' and 'secrets' both set B: keep it in one of them"]],
    ['values that are no strings', { environment: { DEBUG: true, COUNT: 5, NOTHING: undefined, NULL: null, TOKEN: TOKEN.number() } },
      ["'environment' must have strings as values, got DEBUG: true, COUNT: 5, NOTHING: undefined, NULL: null, TOKEN: a token that is a number: quote them, or leave them out"]],
    ['secrets that are none', { secrets: { STRIPE: 'sk_live' } },
      ["'secrets' must have an EnvironmentSecret as each value, STRIPE has none: " +
        'use EnvironmentSecret.fromSecretName(...), or EnvironmentSecret.of(...) for what you have as a construct']],
    ['everything wrong at once', { cpu: 1, stopTimeout: Duration.seconds(0), containerPort: -1 }, [
      "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 (1024 is one vCPU), got 1",
      "'containerPort' must be a whole number between 1 and 65535, got -1",
      "'stopTimeout' must be between 2 seconds and 2 minutes, got 0 seconds: Fargate kills a container after two minutes at the latest",
    ]],
  ])('%s', (_, props, reasons) => {
    expect(messageOf(() => define(props)))
      .toBe(["ProcessDefinition at 'Stack/Process' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n'));
  });

  test('more than ECS accepts in a task definition, found at synthesis because backing services add to it', () => {
    const { stack, process } = define();
    process.addEnvironment('LONG', 'x'.repeat(70_000));
    const message = messageOf(() => (stack.node.root as App).synth());
    const [, bytes] = /the task definition has about (\d+) bytes/.exec(message)!;
    expect(Number(bytes)).toBeGreaterThan(70_000);
    expect(message).toContain(["ProcessDefinition at 'Stack/Process' cannot be defined:",
      `- the task definition has about ${bytes} bytes, ECS accepts 65536: keep long values in a secret, a parameter or the image`].join('\n'));
  });

  test('no names of objects in JavaScript, which are good names in Python', () => {
    const { stack } = define({ environment: { constructor: 'a', toString: 'b' } as any, secrets: { valueOf: EnvironmentSecret.fromSecretName('x') } as any });
    expect(containerOf(stack).environment).toEqual({ constructor: 'a', toString: 'b' });
  });
});

describe('a process is warned about', () => {
  test.each<[string, Partial<ProcessDefinitionProps>, Record<string, string>]>([
    ['a port that only root may use', { containerPort: 443 }, {
      'privileged-port': "'containerPort' 443 is below 1024, where only root may listen: an image that runs as another user does not start. Use 8000; " +
        'the load balancer has its own ports.',
    }],
    ['secrets in plain text', { environment: { STRIPE_API_KEY: 'sk_live', DATABASE_URL: 'postgres://a:b@c/d', DEBUG: '1' } }, {
      'literal-secret': "'environment' seems to hold secrets in plain text: STRIPE_API_KEY, DATABASE_URL. " +
        "Everybody who may read the template or the task definition reads them. Give them by 'secrets'.",
    }],
    ['an image that serves as it likes', { command: undefined, containerPort: 8000 }, {
      'task-address': "Without a 'command' the image's own entry point and command run: Django must allow the address of its task by itself, else the load balancer's " +
        "health check gets a 400; and an entry point that migrates does so in every task. Give 'command', e.g. ['gunicorn', 'shop.wsgi:application'].",
    }],
    ['a user who may do everything', { user: 'root' }, {
      'root-user': "'user' \"root\" lets the project do everything inside its container. Take a user without such rights, e.g. '1000:1000', who can read the project's files.",
    }],
    ['a user who may do everything, by number', { user: '0:1000' }, {
      'root-user': "'user' \"0:1000\" lets the project do everything inside its container. Take a user without such rights, e.g. '1000:1000', who can read the project's files.",
    }],
  ])('%s', (_, props, warnings) => {
    expect(warningsOf(define(props).process)).toEqual(warnings);
  });

  test.each<[string, Partial<ProcessDefinitionProps>]>([
    ['an ordinary port', { containerPort: 1024 }],
    ['a secret whose value is a token', { environment: { STRIPE_API_KEY: TOKEN.string() } }],
    ['an image that serves nothing', { command: undefined }],
    ['an entry point of the image that was chosen', { command: undefined, containerPort: 8000, entryPoint: EntryPoint.ofImage() }],
  ])('nothing with %s', (_, props) => {
    expect(warningsOf(define(props).process)).toEqual({});
  });
});
