import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { PreparationProps } from './preparation-props';
import { PREPARATION_RULES } from './preparation-rules';
import { ProcessDuty } from '../../config/process';
import { validateProps } from '../../private/validation';
import { runOnDeployment } from '../commands/deployment-command';
import { EntryPoint } from '../definition/entry-point';
import { ProcessDefinition } from '../definition/process-definition';
import { DjangoImage } from '../images/django-image';

/** What is cut off is undone by the service, or made by the next run: nothing is gained by waiting. */
const STOP_TIMEOUT = Duration.seconds(5);

/**
 * Preparation of a backing service: a command that CloudFormation runs on deployment and waits for, e.g. the SQL that makes the users and
 * extensions of a database.
 *
 * It runs again only when its image, command or environment have changed, not when CloudFormation rolls back or deletes. What depends on it
 * (`release.node.addDependency(preparation)`) is updated only when it has succeeded. When it fails, the deployment fails with the exit code and
 * the last log lines as its reason, and the previous version keeps serving.
 *
 * @example
 *
 * declare const runner: CommandRunner;
 * declare const vpc: ec2.IVpc;
 * declare const release: Release;
 * const database = new PrivateDatabase(this, 'Database', { vpc, authentication: DatabaseAuthentication.passwords(), extensions: ['pg_trgm'] });
 * const preparation = new Preparation(this, 'Preparation', { commandRunner: runner, service: database, vpc });
 * release.node.addDependency(preparation);
 */
export class Preparation extends Construct {
  /** Process that the command runs as. */
  public readonly process: ProcessDefinition;

  /** Custom resource that CloudFormation waits for. */
  public readonly customResource: CustomResource;

  public constructor(scope: Construct, id: string, props: PreparationProps) {
    super(scope, id);
    props = validateProps(this, 'Preparation', props, PREPARATION_RULES);

    const { image, command: words, environment, timeout } = props.service.preparation!;
    // A run overrides the command and ECS limits what is overridden: the last word only. The rest is the entry point, in place of the image's own.
    const [program, command] = words.length > 1 ? [words.slice(0, -1), words.slice(-1)] : [['env'], words];

    this.process = new ProcessDefinition(this, 'Process', {
      vpc: props.vpc,
      image: DjangoImage.fromRegistry(image),
      duty: ProcessDuty.PREPARATION,
      containerName: 'preparation',
      entryPoint: EntryPoint.of(...program),
      command,
      cpu: 256,
      memoryLimitMiB: 512,
      stopTimeout: STOP_TIMEOUT,
      environment,
      securityGroup: props.securityGroup,
      logGroup: props.logGroup,
      logRetention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    props.service.attachTo(this.process);
    this.customResource = runOnDeployment(this, {
      resourceType: 'Custom::DjangoPreparation', commandRunner: props.commandRunner, process: this.process, command, timeout, nonce: props.nonce,
    });
  }
}
