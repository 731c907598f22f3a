/** Prints templates with a command runner, so that what the tests run is what the templates say: the whole of it, and the least there is. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { CommandRunner } from '../../src/processes/commands/command-runner';
import { ManagementCommands } from '../../src/processes/commands/management-commands';
import { EntryPoint } from '../../src/processes/definition/entry-point';
import { ProcessDefinition } from '../../src/processes/definition/process-definition';
import { DjangoImage } from '../../src/processes/images/django-image';
import { Release } from '../../src/processes/release/release';
import { releaseEntryPoint } from '../../src/processes/release/release-command';
import { ScheduledTask } from '../../src/processes/schedule/scheduled-task';
import { TaskSchedule } from '../../src/processes/schedule/task-schedule';

function synthesize(make: (stack: Stack, cluster: ecs.Cluster, shop: ProcessDefinition) => void): unknown {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  const shop = new ProcessDefinition(stack, 'Process', {
    vpc, image: DjangoImage.fromRegistry('shop/backend:1'), entryPoint: EntryPoint.of(...releaseEntryPoint()),
  });
  make(stack, cluster, shop);
  return app.synth().getStackArtifact(stack.artifactId).template;
}

console.log(JSON.stringify({
  whole: synthesize((stack, cluster, shop) => {
    const commandRunner = new CommandRunner(stack, 'Commands', { cluster, alarmTopic: new sns.Topic(stack, 'Failures'), defaultProcess: shop });
    const release = new Release(stack, 'Release', {
      commandRunner, process: shop, timeout: Duration.minutes(10), commands: [['python', 'manage.py', 'migrate', '--noinput']],
    });
    new ManagementCommands(stack, 'Manage', { commandRunner, process: shop, release });
    new ScheduledTask(stack, 'Reports', {
      commandRunner,
      process: shop,
      command: ['python', 'manage.py', 'report', '--title', 'It\'s "new"'],
      schedule: TaskSchedule.rate(Duration.hours(1)),
      timeout: Duration.minutes(30),
      retryAttempts: 1,
    });
  }),
  least: synthesize((stack, cluster, shop) => new CommandRunner(stack, 'Commands', { cluster }).addProcess(shop)),
}));
