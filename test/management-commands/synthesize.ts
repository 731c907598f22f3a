/** Prints the outputs of management commands with their references, so that what the tests paste is what the template says. */
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Stack } from 'aws-cdk-lib/core';
import { CommandRunner } from '../../src/processes/commands/command-runner';
import { ManagementCommands } from '../../src/processes/commands/management-commands';
import { EntryPoint } from '../../src/processes/definition/entry-point';
import { ProcessDefinition } from '../../src/processes/definition/process-definition';
import { Release } from '../../src/processes/release/release';
import { givenVpc, IMAGE } from '../helpers';

const variants = { short: true, long: false };

const outputs = Object.entries(variants).map(([name, hasDefault]) => {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Shop-production');
  const vpc = givenVpc(stack);
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  const process = new ProcessDefinition(stack, 'Application', { vpc, image: IMAGE });
  const releaseProcess = new ProcessDefinition(stack, 'ReleaseProcess', {
    vpc, image: IMAGE, entryPoint: EntryPoint.releaseCommands(), securityGroup: process.securityGroup, logGroup: process.logGroup,
  });
  const commandRunner = new CommandRunner(stack, 'Commands', { cluster, defaultProcess: hasDefault ? process : undefined });
  const release = new Release(stack, 'Release', {
    commandRunner, process: releaseProcess, superuser: { email: 'admin@example.com' }, after: [['echo', "it's done"]],
  });
  const service = new ecs.FargateService(stack, 'Service', {
    cluster, taskDefinition: process.taskDefinition, minHealthyPercent: 100, enableExecuteCommand: true,
  });
  new ManagementCommands(stack, 'Manage', {
    commandRunner, process, service, release, databaseEndpoint: { host: 'shop.cluster-abc.eu-central-1.rds.amazonaws.com', port: '5432' },
  });
  return [name, app.synth().getStackArtifact(stack.artifactId).template.Outputs];
});
console.log(JSON.stringify(Object.fromEntries(outputs)));
