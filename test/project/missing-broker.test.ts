import { App, Stack } from 'aws-cdk-lib/core';
import { DjangoImage, DjangoOnFargate, DjangoOnFargateProps, EnvironmentConvention, EnvironmentSecret, SqsBroker } from '../../src';
import { warningsOf } from '../helpers';

const WARNING = {
  'celery-broker': "Celery has no broker: neither 'cache' nor an SqsBroker is there, REDIS_URL is empty, and no variable of yours is named after one. " +
    "Give 'cache: {}', add an SqsBroker with addBackingService, or give 'command' where it is not Celery that runs.",
};

/** The warnings at a worker and a beat, after synthesis. */
function warnings(props: Partial<DjangoOnFargateProps>, add: (project: DjangoOnFargate) => void) {
  const app = new App();
  const project = new DjangoOnFargate(new Stack(app, 'Stack'), 'Shop', {
    image: DjangoImage.fromRegistry('registry.example.com/shop:1'), project: 'shop', ...props,
  });
  add(project);
  app.synth();
  return ['Worker', 'Beat'].flatMap((id) => project.node.tryFindChild(id) ?? []).map((scope) => warningsOf(scope));
}

const addBoth = (project: DjangoOnFargate) => {
  project.addWorker('Worker');
  project.addBeat('Beat');
};

test('Celery without a broker is warned about', () => {
  expect(warnings({}, addBoth)).toEqual([WARNING, WARNING]);
});

test.each<[string, Partial<DjangoOnFargateProps>]>([
  ['a cache', { cache: {} }],
  ['a cache under another name', { cache: {}, convention: EnvironmentConvention.custom({ redisUrl: ['CACHE_SERVER_REDIS'] }) }],
  ['a variable', { environment: { CLOUDAMQP_URL: 'amqp://broker.example.com' } }],
  ['a secret', { secrets: { BROKER_URL: EnvironmentSecret.fromSecretName('broker') } }],
])('Celery with %s is not', (_, props) => {
  expect(warnings(props, addBoth)).toEqual([{}, {}]);
});

test('Celery whose broker comes after it is not', () => {
  expect(warnings({}, (project) => {
    addBoth(project);
    project.addBackingService(new SqsBroker(project, 'Broker'));
  })).toEqual([{}, {}]);
  expect(warnings({}, (project) => {
    addBoth(project);
    project.addEnvironment('RABBITMQ_HOST', 'broker.example.com');
  })).toEqual([{}, {}]);
});

test('what is not Celery is not, nor is a worker with a broker of its own', () => {
  expect(warnings({}, (project) => {
    project.addWorker('Worker', { command: ['python', 'manage.py', 'db_worker'] });
    project.addBeat('Beat', { environment: { BROKER_URL: 'amqp://broker.example.com' } });
  })).toEqual([{}, {}]);
});
