/**
 * `tsx --tsconfig tsconfig.dev.json test/contract/celery.ts`: prints the templates of two stacks with a worker and a beat of the example project, made of
 * the single constructs: one with Redis as its broker, one with SQS. `test_celery.py` runs what they define.
 */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { RedisCache } from '../../src/backing-services/cache/redis-cache';
import { PrivateDatabase } from '../../src/backing-services/database/private-database';
import { SqsBroker } from '../../src/backing-services/queue/sqs-broker';
import { SecretKey } from '../../src/backing-services/secret-key';
import { FileStorage } from '../../src/backing-services/storage/file-storage';
import { IBackingService } from '../../src/config/backing-service';
import { DjangoVariable } from '../../src/config/django-variable';
import { EntryPoint } from '../../src/processes/definition/entry-point';
import { ProcessDefinition } from '../../src/processes/definition/process-definition';
import { DjangoImage } from '../../src/processes/images/django-image';
import { Beat } from '../../src/processes/workers/beat';
import { CeleryCommand } from '../../src/processes/workers/celery-command';
import { Worker } from '../../src/processes/workers/worker';

function define(app: App, id: string, broker: (stack: Stack, vpc: ec2.IVpc) => IBackingService): void {
  const stack = new Stack(app, id);
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1', availabilityZones: ['eu-central-1a', 'eu-central-1b'], privateSubnetIds: ['private-1', 'private-2'], isolatedSubnetIds: ['data-1', 'data-2'],
  });
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc });
  const services = [new PrivateDatabase(stack, 'Database', { vpc }), new FileStorage(stack, 'Storage'), new SecretKey(stack, 'SecretKey'), broker(stack, vpc)];
  const processOf = (name: string, command: string[], stopTimeout: Duration) => {
    const process = new ProcessDefinition(stack, `${name}Process`, {
      vpc,
      // The same name as a registry's image stands for the folder: nothing is built here.
      image: DjangoImage.fromRegistry('registry.example.com/shop:1'),
      containerName: name.toLowerCase(),
      entryPoint: EntryPoint.none(),
      command,
      cpu: 256,
      stopTimeout,
      environment: { DJANGO_SETTINGS_MODULE: 'shop.settings' },
    });
    process.addVariable(DjangoVariable.ALLOWED_HOSTS, 'shop.example.com');
    process.addVariable(DjangoVariable.HTTPS, 'True');
    services.forEach((service) => service.attachTo(process));
    return process;
  };
  new Worker(stack, 'Worker', { cluster, process: processOf('Worker', CeleryCommand.worker('shop', { cpu: 256 }), Duration.seconds(120)) });
  new Beat(stack, 'Beat', { cluster, process: processOf('Beat', CeleryCommand.beat('shop'), Duration.seconds(10)) });
}

const app = new App({ analyticsReporting: false });
define(app, 'Redis', (stack, vpc) => new RedisCache(stack, 'Cache', { vpc }));
define(app, 'Sqs', (stack) => new SqsBroker(stack, 'Broker'));
const { stacks } = app.synth();
process.stdout.write(JSON.stringify(Object.fromEntries(stacks.map((stack) => [stack.stackName, stack.template]))));
