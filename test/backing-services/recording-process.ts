import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';
import { DjangoVariable } from '../../src/config/django-variable';
import { IProcess, ProcessDuty } from '../../src/config/process';

/** A process that only remembers what backing services give to it. */
export class RecordingProcess extends Construct implements IProcess {
  public readonly variables: Partial<Record<DjangoVariable, string>> = {};
  public readonly secretVariables: Partial<Record<DjangoVariable, ecs.Secret>> = {};
  public readonly startsAfter: IDependable[] = [];
  public readonly connections = new ec2.Connections();
  public readonly grantPrincipal: iam.Role;

  public constructor(scope: Construct, id: string, public readonly duty = ProcessDuty.APPLICATION) {
    super(scope, id);
    this.grantPrincipal = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  }

  public addVariable(variable: DjangoVariable, value: string): void {
    this.variables[variable] = value;
  }

  public addSecretVariable(variable: DjangoVariable, secret: ecs.Secret): void {
    this.secretVariables[variable] = secret;
  }

  public addEnvironment(name: string): void {
    throw new Error(`${name} is no variable that the convention names`);
  }

  public addSecret(name: string): void {
    throw new Error(`${name} is no variable that the convention names`);
  }

  public startAfter(...dependables: IDependable[]): void {
    this.startsAfter.push(...dependables);
  }
}
