import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { IPreparedService, PreparationCommand } from '../../../src/config/preparation';
import { IProcess, ProcessDuty } from '../../../src/config/process';
import { CommandRunner } from '../../../src/processes/commands/command-runner';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { Preparation } from '../../../src/processes/release/preparation';
import { PreparationProps } from '../../../src/processes/release/preparation-props';
import { fromPython, messageOf, TOKEN } from '../../helpers';

const COMMAND: PreparationCommand = { image: 'registry.example.com/postgres:17.5', command: ['sh', '-c', 'exec psql', 'prepare'], environment: { SQL: 'SELECT 1' } };

function serviceOf(command?: Partial<PreparationCommand>): IPreparedService & { readonly duties: ProcessDuty[] } {
  const duties: ProcessDuty[] = [];
  return {
    preparation: command && { ...COMMAND, ...command },
    duties,
    attachTo(process: IProcess) {
      duties.push(process.duty);
      process.addEnvironment('PGHOST', 'db.example.com');
    },
  };
}

function define(command: Partial<PreparationCommand> | undefined = {}, props: Partial<PreparationProps> = {}) {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const commandRunner = new CommandRunner(stack, 'Commands', { cluster: new ecs.Cluster(stack, 'Cluster', { vpc }) });
  const service = serviceOf(command);
  const preparation = new Preparation(stack, 'Preparation', { commandRunner, service, vpc, ...props });
  return { app, stack, vpc, commandRunner, service, preparation };
}

function containerOf(stack: Stack) {
  return Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties.ContainerDefinitions[0];
}

function runOf(stack: Stack) {
  return Object.values(Template.fromStack(stack).findResources('Custom::DjangoPreparation'))[0];
}

describe('Preparation', () => {
  test('runs the command of the service in a small task, with what the service gives to a preparation', () => {
    const { stack, service } = define();
    expect(service.duties).toEqual([ProcessDuty.PREPARATION]);
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: '256', Memory: '512' });
    expect(containerOf(stack)).toMatchObject({
      Name: 'preparation',
      Image: 'registry.example.com/postgres:17.5',
      EntryPoint: ['sh', '-c', 'exec psql'],
      Command: ['prepare'],
      Environment: [{ Name: 'SQL', Value: 'SELECT 1' }, { Name: 'PGHOST', Value: 'db.example.com' }],
      StopTimeout: 5,
    });
  });

  test('replaces the entry point of the image also where the command is one word', () => {
    expect(containerOf(define({ command: ['prepare'] }).stack)).toMatchObject({ EntryPoint: ['env'], Command: ['prepare'] });
  });

  test('is a custom resource whose run overrides the last word only: everything else may be long', () => {
    const { stack, commandRunner, preparation } = define({ environment: { SQL: '-'.repeat(40_000) } });
    expect(runOf(stack).Properties).toEqual({
      ServiceToken: stack.resolve(commandRunner.handler!.functionArn),
      ServiceTimeout: '1200',
      StateMachine: stack.resolve(commandRunner.stateMachine.stateMachineArn),
      ConstructPath: 'Shop/Preparation',
      TaskDefinition: stack.resolve(preparation.process.taskDefinition.taskDefinitionArn),
      Container: 'preparation',
      Command: ['prepare'],
      TimeoutSeconds: 900,
      SecurityGroups: [stack.resolve(preparation.process.securityGroup.securityGroupId)],
      LogGroup: stack.resolve(preparation.process.logGroup.logGroupName),
      LogStreamPrefix: 'django',
    });
  });

  test('takes the timeout of the command and a nonce', () => {
    expect(runOf(define({ timeout: Duration.minutes(40) }, { nonce: 'again' }).stack).Properties)
      .toMatchObject({ TimeoutSeconds: 2400, ServiceTimeout: '2700', Nonce: 'again' });
  });

  test('adds five resources and no function where security group and log group are given', () => {
    const typesWith = (count: number) => {
      const { stack, vpc, commandRunner } = define();
      const securityGroup = new ec2.SecurityGroup(stack, 'Group', { vpc });
      const logGroup = new logs.LogGroup(stack, 'Logs');
      const service = { ...serviceOf({}), attachTo: readSomething };
      [...Array(count).keys()].forEach((index) => new Preparation(stack, `Another${index}`, { commandRunner, vpc, securityGroup, logGroup, service }));
      return Object.values(Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
    };
    const added = typesWith(1);
    typesWith(0).forEach((type) => added.splice(added.indexOf(type), 1));
    expect(added.sort()).toEqual(['AWS::ECS::TaskDefinition', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::Role', 'Custom::DjangoPreparation']);
    expect(typesWith(2)).toHaveLength(typesWith(0).length + 10);
  });

  test('keeps its log lines for a month and beyond its own removal, or as asked', () => {
    Template.fromStack(define().stack).hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 30 }, DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain',
    });
    const { stack } = define({}, { logRetention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });
    Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 7 }, DeletionPolicy: 'Delete' });
  });

  test.each<[string, Partial<PreparationCommand>, boolean]>([
    ['nothing', {}, false],
    ['its SQL', { environment: { SQL: 'SELECT 2' } }, true],
    ['its image', { image: 'registry.example.com/postgres:18.0' }, true],
    ['its command', { command: ['sh', '-c', 'exec psql -X', 'prepare'] }, true],
  ])('runs again when %s changes: %j', (_, command, again) => {
    const revision = (of: Stack) => Object.values(Template.fromStack(of).findResources('AWS::ECS::TaskDefinition'))[0];
    expect(JSON.stringify(revision(define(command).stack)) !== JSON.stringify(revision(define().stack))).toBe(again);
  });

  test('lets a release wait for it, and waits for all rights itself', () => {
    const { stack, preparation } = define();
    const service = new ec2.CfnEIP(stack, 'Release');
    service.node.addDependency(preparation);
    const id = Object.keys(Template.fromStack(stack).findResources('Custom::DjangoPreparation'))[0];
    Template.fromStack(stack).hasResource('AWS::EC2::EIP', { DependsOn: Match.arrayWith([id]) });
    expect(runOf(stack).DependsOn).toEqual(expect.arrayContaining(Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Policy'))));
    expect(id).toBe('PreparationRun20B27410');
  });

  test('stands in a stack of its own beside a database that was there before, without references back', () => {
    const { app, stack, vpc, commandRunner } = define();
    const other = new Stack(app, 'Other');
    new Preparation(other, 'Preparation', { commandRunner, vpc, service: serviceOf({}) });
    app.synth();
    expect(stack.dependencies).toEqual([]);
    expect(other.dependencies).toEqual([stack]);
    Template.fromStack(other).resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('takes props as from Python', () => {
    expect(() => define(fromPython({}, 'timeout'), fromPython({}, 'securityGroup', 'logGroup', 'logRetention', 'removalPolicy', 'nonce'))).not.toThrow();
  });

  test('lets tokens pass', () => {
    const { stack } = define({ image: TOKEN.string(), command: ['sh', TOKEN.string()], timeout: TOKEN.seconds() });
    expect(runOf(stack).Properties).toMatchObject({ TimeoutSeconds: 7, ServiceTimeout: '3600', Command: ['later'] });
  });

  test('leaves nothing to acknowledge', () => {
    const { app, preparation } = define();
    app.synth();
    expect(new AwsSolutionsChecks(app).validateScope(preparation).violations).toEqual([]);
  });

  describe('refuses', () => {
    test.each<[string, () => unknown, string]>([
      ['a service with nothing to prepare', () => define({}, { service: serviceOf() }),
        "'service' has nothing to prepare: give it users, extensions or initial SQL, or leave its Preparation out"],
      ['no service', () => define({}, { service: undefined }),
        "'service' must be given: implement its method attachTo(process), in Python as attach_to in a class with @jsii.implements(IBackingService)"],
      ['a command as text', () => define({ command: 'psql -c ...' as any }), "'service.preparation.command' must be a list of words, got \"psql -c ...\": write ['psql', '-c', '...']"],
      ['a last word that a run cannot override', () => define({ command: ['sh', '-c', 'x'.repeat(8001)] }),
        "'service.preparation.command' must end with a word of at most 8000 characters, got 8001: put long texts before it, or into 'environment'"],
      ['more than a task definition takes', () => define({ environment: { SQL: '-'.repeat(60_000) } }),
        "'service.preparation' must have at most 60000 bytes of command and environment, got 60046, because they are part of a task definition: " +
        'shorten its SQL, or put it into an image of your own'],
      ['a timeout that CloudFormation does not know', () => define({ timeout: Duration.hours(1) }),
        "'service.preparation.timeout' must be between 1 minute and 55 minutes, got 1 hour: CloudFormation waits one hour at most"],
      ['a fraction of a second', () => define({ timeout: Duration.millis(90_500) }), "'service.preparation.timeout' must be in whole seconds, got 90.5 seconds"],
    ])('%s', (_, create, message) => {
      expect(messageOf(create)).toBe(`Preparation at 'Shop/Preparation' cannot be defined:\n- ${message}`);
    });
  });
});

/** A secret that ECS reads makes the execution role a policy. */
function readSomething(process: IProcess): void {
  const scope = process as ProcessDefinition;
  process.addSecret('PGPASSWORD', ecs.Secret.fromSsmParameter(ssm.StringParameter.fromSecureStringParameterAttributes(scope, 'Password', { parameterName: '/password' })));
}
