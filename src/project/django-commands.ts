import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { ProfileDefaults } from './profile-defaults';
import { FileStorage } from '../backing-services/storage/file-storage';
import { INetwork } from '../network/vpc-network';
import { given } from '../private/options';
import { CommandRunner } from '../processes/commands/command-runner';
import { ProcessDefinition } from '../processes/definition/process-definition';
import { Release } from '../processes/release/release';
import { RolloutCheck } from '../processes/release/rollout-check';
import { WebService } from '../processes/web/web-service';

/** The runner of everything that runs to completion. */
export function createCommandRunner(
  scope: Construct, { logRetention, removalPolicy }: ProfileDefaults, { taskSubnets, assignPublicIp }: INetwork, cluster: ecs.ICluster,
  defaultProcess: ProcessDefinition, alarmTopic?: sns.ITopic,
): CommandRunner {
  return new CommandRunner(scope, 'Commands', { cluster, taskSubnets, assignPublicIp, defaultProcess, alarmTopic, logRetention, removalPolicy });
}

/** What runs once per deployment, before the new version serves. */
export function createRelease(
  scope: Construct, { release, storage, pythonExecutable }: DjangoOnFargateProps, { removalPolicy }: ProfileDefaults, commandRunner: CommandRunner,
  process: ProcessDefinition, ownStorage?: FileStorage,
): Release {
  const { checkCommand, checkTimeout, ...options } = release ?? {};
  return new Release(scope, 'Release', {
    commandRunner,
    process,
    // Static files in the image were collected when it was built.
    collectStaticFiles: (ownStorage ?? storage?.existing as Partial<FileStorage> | undefined)?.publishesStaticFiles,
    pythonExecutable,
    ...given(options),
    superuser: options.superuser && !options.superuser.existing ? { removalPolicy, ...given(options.superuser) } : options.superuser,
  });
}

/** What is asked of the new version when it serves, where that is wanted. */
export function createCheck(
  scope: Construct, { release }: DjangoOnFargateProps, commandRunner: CommandRunner, process: ProcessDefinition, web: WebService,
): RolloutCheck | undefined {
  const { checkCommand: command, checkTimeout: timeout, nonce } = release ?? {};
  return command && new RolloutCheck(scope, 'Check', { commandRunner, process, command, timeout, nonce, after: [web.service.node.defaultChild!] });
}
