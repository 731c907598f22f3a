import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';
import { DjangoVariable } from '../../src/config/django-variable';
import { IProcess, ProcessDuty } from '../../src/config/process';

/** A process that only remembers what backing services give to it. */
export class RecordingProcess extends Construct implements IProcess {
  /** By variable, with the prefix before it. */
  public readonly variables: Record<string, string> = {};
  public readonly secretVariables: Record<string, ecs.Secret> = {};
  /** By name, where the backing service chose it and not the convention. */
  public readonly environment: Record<string, string> = {};
  public readonly secrets: Record<string, ecs.Secret> = {};
  /** What `reads()` affirms. */
  public readable: DjangoVariable[] = Object.values(DjangoVariable);
  public readonly startsAfter: IDependable[] = [];
  public readonly connections = new ec2.Connections();
  public readonly grantPrincipal: iam.Role;

  public constructor(scope: Construct, id: string, public readonly duty = ProcessDuty.APPLICATION) {
    super(scope, id);
    this.grantPrincipal = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  }

  public addVariable(variable: DjangoVariable, value: string, prefix: string = ''): void {
    this.variables[`${prefix}${variable}`] = value;
  }

  public addSecretVariable(variable: DjangoVariable, secret: ecs.Secret, prefix: string = ''): void {
    this.secretVariables[`${prefix}${variable}`] = secret;
  }

  public reads(variable: DjangoVariable): boolean {
    return this.readable.includes(variable);
  }

  public addEnvironment(name: string, value: string): void {
    this.environment[name] = value;
  }

  public addSecret(name: string, secret: ecs.Secret): void {
    this.secrets[name] = secret;
  }

  public startAfter(...dependables: IDependable[]): void {
    this.startsAfter.push(...dependables);
  }
}
