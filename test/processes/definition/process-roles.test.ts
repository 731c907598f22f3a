import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct, IConstruct } from 'constructs';
import { COMMAND, define } from './process-stack';
import { DjangoVariable } from '../../../src/config/django-variable';
import { EnvironmentSecret } from '../../../src/config/environment-secret';
import { EntryPoint } from '../../../src/processes/definition/entry-point';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { IMAGE, newStack } from '../../helpers';

/** Findings about rights that are acknowledged at a construct itself. */
function acknowledgedOf({ node }: IConstruct): string[] {
  return node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.keys(data as object))
    .filter((id) => id.includes('IAM5'));
}

describe('a process that shares', () => {
  const typesOf = (stack: Stack) => Object.values<any>(Template.fromStack(stack).toJSON().Resources).map(({ Type }) => Type);

  test('roles, network and log with another costs its task definition only, and no right stands twice', () => {
    const { stack, vpc, process: application } = define({ secrets: { KEY: EnvironmentSecret.fromSecretName('shop/key') } });
    const bucket = new s3.Bucket(stack, 'Bucket');
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret'));
    bucket.grantRead(application);
    application.addSecretVariable(DjangoVariable.DATABASE_PASSWORD, secret);
    const before = { types: typesOf(stack), policies: Template.fromStack(stack).findResources('AWS::IAM::Policy') };

    const define2 = () => {
      const other = newStack();
      const { process: first } = define({ secrets: { KEY: EnvironmentSecret.fromSecretName('shop/key') } }, other);
      const worker = new ProcessDefinition(other, 'Worker', {
        vpc,
        image: IMAGE,
        command: ['celery', '-A', 'shop', 'worker'],
        entryPoint: EntryPoint.none(),
        secrets: { KEY: EnvironmentSecret.fromSecretName('shop/key') },
        taskRole: first.taskRole,
        executionRole: first.executionRole,
        securityGroup: first.securityGroup,
        logGroup: first.logGroup,
      });
      const given = new s3.Bucket(other, 'Bucket');
      const password = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(other, 'Secret'));
      [first, worker].forEach((process) => {
        given.grantRead(process);
        process.addSecretVariable(DjangoVariable.DATABASE_PASSWORD, password);
      });
      return { other, first, worker };
    };
    const { other, first, worker } = define2();

    expect(typesOf(other).sort()).toEqual([...before.types, 'AWS::ECS::TaskDefinition'].sort());
    expect(Template.fromStack(other).findResources('AWS::IAM::Policy')).toEqual(before.policies);
    expect(worker.grantPrincipal).toBe(first.taskRole);
    expect(worker.executionRole).toBe(first.executionRole);
  });

  test('roles acknowledges what AWS forces on them once', () => {
    const { stack, vpc, process: { taskRole, executionRole, ...process } } = define();
    const worker = new ProcessDefinition(stack, 'Worker', { vpc, image: IMAGE, command: COMMAND, taskRole, executionRole });
    expect([process, worker, taskRole, executionRole].map((construct) => acknowledgedOf(construct as Construct)))
      .toEqual([['AwsSolutions-IAM5[Resource::*]'], ['AwsSolutions-IAM5[Resource::*]'], [], []]);
  });

  test('roles waits for their policies, too, before its tasks start', () => {
    const { stack, vpc, process: application } = define();
    const worker = new ProcessDefinition(stack, 'Worker', {
      vpc, image: IMAGE, command: COMMAND, taskRole: application.taskRole, executionRole: application.executionRole,
    });
    new s3.Bucket(stack, 'Bucket').grantRead(worker);
    new CfnResource(stack, 'Starter', { type: 'Test::Starter' }).node.addDependency(worker.startDependencies);
    const template = Template.fromStack(stack);
    const [{ DependsOn: before }] = Object.values(template.findResources('Test::Starter'));
    expect(before).toEqual(expect.arrayContaining([
      ...Object.keys(template.findResources('AWS::IAM::Role')), ...Object.keys(template.findResources('AWS::IAM::Policy')),
    ]));
    template.resourceCountIs('AWS::IAM::Policy', 2);
  });

  test('roles that were there before gets policies of its own for them', () => {
    const stack = newStack();
    const roles = { taskRole: iam.Role.fromRoleName(stack, 'TaskRole', 'shop-task'), executionRole: iam.Role.fromRoleName(stack, 'ExecutionRole', 'shop-execution') };
    const { process } = define(roles, stack);
    new s3.Bucket(stack, 'Bucket').grantRead(process);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Role', 0);
    expect(Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.Roles).sort()).toEqual(['shop-execution', 'shop-task']);
    Object.values(roles).forEach((role) => expect(acknowledgedOf(role)).toEqual(['AwsSolutions-IAM5[Resource::*]']));
  });

  test('roles of another stack adds its rights in its own, so that the stacks do not need each other', () => {
    const app = new App();
    const base = new Stack(app, 'Base');
    const assumedBy = new iam.ServicePrincipal('ecs-tasks.amazonaws.com');
    const stack = new Stack(app, 'App');
    const { process } = define({ taskRole: new iam.Role(base, 'TaskRole', { assumedBy }), executionRole: new iam.Role(base, 'ExecutionRole', { assumedBy }) }, stack);
    new s3.Bucket(stack, 'Bucket').grantRead(process);
    const assembly = app.synth();
    expect(assembly.getStackByName('Base').dependencies.map(({ id }) => id)).not.toContain('App');
    expect(Template.fromStack(base).findResources('AWS::IAM::Policy')).toEqual({});
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 2);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 0);
  });
});
