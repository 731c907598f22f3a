/** Prints the template of a release, so that the handler is tested with the rights and the properties that it really gets. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Stack } from 'aws-cdk-lib/core';
import { CommandRunner } from '../../../src/processes/commands/command-runner';
import { EntryPoint } from '../../../src/processes/definition/entry-point';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { DjangoImage } from '../../../src/processes/images/django-image';
import { Release } from '../../../src/processes/release/release';
import { releaseEntryPoint } from '../../../src/processes/release/release-command';

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'Shop');
const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
const process_ = new ProcessDefinition(stack, 'Process', {
  vpc, image: DjangoImage.fromRegistry('shop/backend:1'), entryPoint: EntryPoint.of(...releaseEntryPoint()),
});
new Release(stack, 'Release', {
  commandRunner: new CommandRunner(stack, 'Commands', { cluster }),
  process: process_,
  commands: [['python', 'manage.py', 'migrate', '--noinput'], ['python', 'manage.py', 'collectstatic', '--noinput']],
});
console.log(JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template));
