import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { App, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CommandRunner } from '../../../src/processes/commands/command-runner';
import { ManagementCommands } from '../../../src/processes/commands/management-commands';
import { ManagementCommandsProps } from '../../../src/processes/commands/management-commands-props';
import { EntryPoint } from '../../../src/processes/definition/entry-point';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { Release } from '../../../src/processes/release/release';
import { fromPython, givenVpc, IMAGE, messageOf } from '../../helpers';

const ENDPOINT = { host: 'db.example.com', port: '5432' };
const OFF = "# ECS Exec is off: set the service's 'enableExecuteCommand' to true and deploy, then this is the line";

interface Made {
  readonly cluster: ecs.Cluster;
  readonly process: ProcessDefinition;
  readonly commandRunner: CommandRunner;
}

function setUp(more: (stack: Stack, made: Made) => Partial<ManagementCommandsProps> = () => ({})) {
  const app = new App();
  const stack = new Stack(app, 'Shop', { env: { region: 'eu-central-1', account: '123456789012' } });
  const vpc = givenVpc(stack);
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE });
  const commandRunner = new CommandRunner(stack, 'Commands', { cluster, defaultProcess: process });
  const manage = new ManagementCommands(stack, 'Manage', { commandRunner, process, ...more(stack, { cluster, process, commandRunner }) });
  return { app, stack, cluster, process, commandRunner, manage };
}

const service = (enableExecuteCommand?: boolean) => (stack: Stack, { cluster, process }: Made) => ({
  service: new ecs.FargateService(stack, 'Service', { cluster, taskDefinition: process.taskDefinition, minHealthyPercent: 100, enableExecuteCommand }),
  databaseEndpoint: ENDPOINT,
});

const releaseProcess = (stack: Stack) => new ProcessDefinition(stack, 'ReleaseProcess', {
  vpc: givenVpc(new Stack()), image: IMAGE, entryPoint: EntryPoint.releaseCommands(),
});

/** Output by the id of its construct; references are the ids of what they refer to. */
function outputsOf(stack: Stack): Record<string, string> {
  const text = (value: any): string => typeof value === 'string' ? value : value['Fn::Join'] ? value['Fn::Join'][1].map(text).join('') : `<${value.Ref ?? value['Fn::GetAtt'][0]}>`;
  return Object.fromEntries(Object.entries(Template.fromStack(stack).toJSON().Outputs as Record<string, { Value: unknown }>)
    .map(([name, { Value }]) => [name.slice('Manage'.length), text(Value)]));
}

// What the lines do is told by test/management-commands, where bash runs them.
describe('ManagementCommands', () => {
  test('gives two lines and makes no resource', () => {
    const { stack, manage } = setUp();
    expect(Object.keys(outputsOf(stack))).toEqual(['Run', 'Logs']);
    expect(manage.node.findAll().filter((construct) => 'cfnResourceType' in construct)).toEqual([]);
    expect([manage.shellLine, manage.tunnelLine, manage.releaseLine]).toEqual([undefined, undefined, undefined]);
  });

  test('follows the log of the process', () => {
    expect(outputsOf(setUp().stack).Logs).toBe('aws logs tail <ProcessLogs62DA7A0C> --follow --format short --region eu-central-1');
  });

  test('says nothing of the process that the runner takes for granted, and everything of another', () => {
    expect(outputsOf(setUp().stack).Run).toContain('--input \'{"command":[\'"${a:1}"\'],"notify":false}\'');
    const { stack } = setUp((scope) => {
      const cluster = new ecs.Cluster(scope, 'Second', { vpc: givenVpc(new Stack()) });
      return { commandRunner: new CommandRunner(scope, 'Other', { cluster }) };
    });
    expect(outputsOf(stack).Run).toContain(
      '\'"${a:1}"\'],"taskDefinition":"ShopProcessTask7CC6F395","container":"django","securityGroups":["<ProcessSecurityGroupB074A530>"],"notify":false}\'');
  });

  test('lets the runner run the process', () => {
    const { stack } = setUp((scope) => ({ process: new ProcessDefinition(scope, 'Second', { vpc: givenVpc(new Stack()), image: IMAGE }) }));
    expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Role'))).toContain('task-definition/ShopSecondTask');
  });

  test('uses the Python of the image', () => {
    expect(outputsOf(setUp(() => ({ pythonExecutable: '/venv/bin/python' })).stack).Run).toContain('manage() ( run /venv/bin/python manage.py "$@" )');
  });

  test('opens shell and tunnel where ECS Exec is on', () => {
    const { Shell, Tunnel } = outputsOf(setUp(service(true)).stack);
    expect(Shell).toContain('--cluster <ClusterEB0386A7> --service-name <ServiceD69D759B> ');
    expect(Tunnel).toContain('--parameters "host=db.example.com,portNumber=5432,localPortNumber=');
  });

  test.each([undefined, false])('says how to get them where ECS Exec is off (%s), in a comment that does nothing when pasted', (enabled) => {
    expect(outputsOf(setUp(service(enabled)).stack)).toMatchObject({ Shell: OFF, Tunnel: OFF });
  });

  test('lets ECS tell whether it is on for a service that is imported', () => {
    const { stack } = setUp((scope, { cluster }) => ({
      service: ecs.FargateService.fromFargateServiceAttributes(scope, 'Service', { cluster, serviceName: 'shop-web' }),
    }));
    const outputs = outputsOf(stack);
    expect(outputs.Shell).toContain('--service-name shop-web ');
    expect(outputs).not.toHaveProperty('Tunnel');
  });

  test('gives pipelines the release, one at a time with those of CloudFormation', () => {
    const { stack } = setUp((scope, { commandRunner }) => ({ release: new Release(scope, 'Release', { commandRunner, process: releaseProcess(scope) }) }));
    const { Release: line } = outputsOf(stack);
    expect(line).toContain('--name ReleaseRunC2636623-$(date +%s) ');
    expect(line).toContain('"name":"Shop/Release","exclusive":"ReleaseRunC2636623","whenRunning":"WAIT"}');
  });

  test('shortens the name of the lock as the handler does, and follows a logical id that is set by hand', () => {
    const { stack } = setUp((scope, { commandRunner }) => {
      const release = new Release(scope, 'Release', { commandRunner, process: releaseProcess(scope) });
      (release.customResource.node.defaultChild as any).overrideLogicalId('TheReleaseOfTheShopThatSellsAllThingsThatAreToBeSold12345678');
      return { release };
    });
    expect(outputsOf(stack).Release).toContain('"exclusive":"TheReleaseOfTheShopThatSellsAllThin12345678"');
  });

  test('says when a line is too long for an output', () => {
    const { stack } = setUp((scope, { commandRunner }) => ({
      release: new Release(scope, 'Release', { commandRunner, process: releaseProcess(scope), before: [['echo', 'x'.repeat(700)]] }),
    }));
    expect(outputsOf(stack).Release).toBe(
      '# The line has more than 1024 characters, which is too long for an output: start an execution of the state machine by yourself');
  });

  test('lets a pipeline run, wait and read the log, and nothing else', () => {
    const { app, stack, manage, commandRunner, process } = setUp();
    const role = new iam.Role(stack, 'Pipeline', { assumedBy: new iam.AccountRootPrincipal() });
    manage.grantRun(role).assertSuccess();
    const machine = stack.resolve(commandRunner.stateMachine.stateMachineArn);
    const executions = {
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':states:eu-central-1:123456789012:execution:',
        { 'Fn::GetAtt': [machine.Ref, 'Name'] }, ':*']],
    };
    const [{ Properties }] = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([name]) => name.startsWith('Pipeline')).map(([, of]) => of);
    expect(Properties.PolicyDocument.Statement).toEqual([
      { Action: 'states:StartExecution', Effect: 'Allow', Resource: machine },
      { Action: 'states:DescribeExecution', Effect: 'Allow', Resource: executions },
      { Action: 'states:GetExecutionHistory', Effect: 'Allow', Resource: executions },
      { Action: 'logs:FilterLogEvents', Effect: 'Allow', Resource: stack.resolve(process.logGroup.logGroupArn) },
    ]);
    app.synth();
    expect(new AwsSolutionsChecks(app).validateScope(role).violations).toEqual([]);
  });

  test('lets a pipeline read the log of the release too, where it has one of its own', () => {
    const { stack, manage, process } = setUp((scope, { commandRunner }) => ({ release: new Release(scope, 'Release', { commandRunner, process: releaseProcess(scope) }) }));
    const role = new iam.Role(stack, 'Pipeline', { assumedBy: new iam.AccountRootPrincipal() });
    manage.grantRun(role);
    const groups = [process, stack.node.findChild('ReleaseProcess') as ProcessDefinition].map(({ logGroup }) => stack.resolve(logGroup.logGroupArn));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([{ Action: 'logs:FilterLogEvents', Effect: 'Allow', Resource: groups }]) },
    });
  });

  test('in a stack of its own refers to the others only', () => {
    const { app, stack, process, commandRunner } = setUp();
    const other = new Stack(app, 'Other', { env: { region: stack.region, account: stack.account } });
    new ManagementCommands(other, 'Manage', { commandRunner, process });
    app.synth();
    expect(stack.dependencies).toEqual([]);
  });

  test('takes props as Python gives them, and null as nothing', () => {
    const { stack } = setUp(() => fromPython<Partial<ManagementCommandsProps>>({}, 'service', 'databaseEndpoint', 'release', 'pythonExecutable'));
    expect(outputsOf(stack)).toEqual(outputsOf(setUp().stack));
    expect(outputsOf(setUp(() => ({ service: null, databaseEndpoint: null, release: null } as any)).stack)).toEqual(outputsOf(setUp().stack));
  });

  describe('refuses', () => {
    test.each<[string, object, string]>([
      ['no runner', { commandRunner: undefined }, "'commandRunner' must be given: make one"],
      ['no process', { process: null }, "'process' must be given: make one"],
      ['a name as the service', { service: 'web' }, "'service' must be an ecs.IBaseService, got \"web\": e.g. web.service"],
      ['a text as the release', { release: 'migrate' }, "'release' must be a Release, got \"migrate\": make one"],
      ['a host alone', { databaseEndpoint: { host: 'db' } },
        "'databaseEndpoint' must have a host and a port: e.g. { host: database.host, port: database.port }"],
      ['a Python with its options', { pythonExecutable: 'python -u' },
        "'pythonExecutable' must be the program as one word, e.g. 'python3' or '/venv/bin/python', got \"python -u\""],
    ])('%s', (_, props, message) => {
      expect(messageOf(() => setUp(() => props))).toBe(`ManagementCommands at 'Shop/Manage' cannot be defined:\n- ${message}`);
    });

    test('rights for nobody', () => {
      const { manage } = setUp();
      expect(messageOf(() => manage.grantRun('role' as any))).toBe("ManagementCommands at 'Shop/Manage' cannot be defined:\n" +
        "- 'grantee' must be an iam.IGrantable, got \"role\": give a role, or what has one, e.g. a ProcessDefinition or a function");
    });
  });
});
