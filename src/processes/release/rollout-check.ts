import { CustomResource } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { RolloutCheckProps } from './rollout-check-props';
import { ROLLOUT_CHECK_RULES } from './rollout-check-rules';
import { validateProps } from '../../private/validation';
import { runOnDeployment } from '../commands/deployment-command';

/**
 * Check of the new version after its rollout: a command that CloudFormation runs when the new tasks serve, as the application's own process.
 *
 * When it fails, the deployment fails with the exit code and the last log lines as its reason, and CloudFormation takes everything back to the
 * previous version, which has the migrations of the new one by then. Not run when CloudFormation rolls back or deletes. It sees what the
 * application sees: database, cache, buckets, mail, from inside the network.
 *
 * @example
 *
 * declare const runner: CommandRunner;
 * declare const process: ProcessDefinition;
 * declare const web: WebService;
 * new RolloutCheck(this, 'Check', {
 *   commandRunner: runner,
 *   process,
 *   command: ['python', 'manage.py', 'check', '--deploy', '--database', 'default'],
 *   after: [web],
 * });
 */
export class RolloutCheck extends Construct {
  /** Custom resource that CloudFormation waits for. */
  public readonly customResource: CustomResource;

  public constructor(scope: Construct, id: string, props: RolloutCheckProps) {
    super(scope, id);
    props = validateProps(this, 'RolloutCheck', props, ROLLOUT_CHECK_RULES);

    const { commandRunner, process, command, timeout, nonce, after } = props;
    this.customResource = runOnDeployment(this, { resourceType: 'Custom::DjangoRolloutCheck', commandRunner, process, command, timeout, nonce });
    this.node.addDependency(...after);
  }
}
