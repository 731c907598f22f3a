import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, Duration, Fn, Stack } from 'aws-cdk-lib/core';
import {
  DatabaseAuthentication, DeploymentProfile, DjangoImage, DjangoOnFargate, DjangoOnFargateProps, EntryPoint, EnvironmentConvention, EnvironmentSecret,
  TaskSchedule, WebServer,
} from '../../src';
import { fromPython, warningsOf } from '../helpers';

const IMAGE = DjangoImage.fromRegistry('registry.example.com/shop:1');

function shop(props: Partial<DjangoOnFargateProps> = {}, add: (project: DjangoOnFargate) => void = () => undefined) {
  const stack = new Stack(new App(), 'Stack');
  const project = new DjangoOnFargate(stack, 'Shop', { image: IMAGE, project: 'shop', ...props });
  add(project);
  return { stack, project, template: Template.fromStack(stack) };
}

/** The container of each task definition by its name. */
function containers(template: Template): Record<string, any> {
  return Object.fromEntries(Object.values(template.findResources('AWS::ECS::TaskDefinition'))
    .map(({ Properties }) => [`${Properties.ContainerDefinitions[0].Name} ${Properties.ContainerDefinitions[0].Command ?? ''}`.trim(), Properties]));
}

const names = (list: { Name: string }[] = []) => list.map(({ Name }) => Name).sort();
const service = (template: Template, path: RegExp) => Object.entries(template.findResources('AWS::ECS::Service')).find(([id]) => path.test(id))![1];

describe('a worker', () => {
  const { template, stack, project } = shop({ cache: {} }, (django) => {
    django.addWorker('Worker', { celery: { queues: ['emails'] }, environment: { ROLE: 'worker' }, maxCapacity: 4 });
  });
  const all = containers(template);
  const [web] = Object.entries(all).find(([name]) => name.includes('gunicorn'))!.slice(1);
  const [worker] = Object.entries(all).find(([name]) => name.startsWith('worker'))!.slice(1);

  test('runs Celery with the name of the project, without the image\'s own entry point', () => {
    expect(worker.ContainerDefinitions[0]).toMatchObject({
      EntryPoint: ['env'], Command: ['celery', '--app=shop', 'worker', '--loglevel=INFO', '--concurrency=1', '--queues=emails'], StopTimeout: 120,
    });
  });

  test('has what the application has, and what is its own', () => {
    const serverOnly = ['FORWARDED_ALLOW_IPS', 'GUNICORN_CMD_ARGS', 'PORT', 'WEB_CONCURRENCY', 'XDG_RUNTIME_DIR'];
    const expected = [...names(web.ContainerDefinitions[0].Environment).filter((name) => !serverOnly.includes(name)), 'ROLE'].sort();
    expect(names(worker.ContainerDefinitions[0].Environment)).toEqual(expected);
    expect(names(worker.ContainerDefinitions[0].Secrets)).toEqual(names(web.ContainerDefinitions[0].Secrets));
  });

  test('costs a task definition and a service with its scaling', () => {
    expect([worker.TaskRoleArn, worker.ExecutionRoleArn]).toEqual([web.TaskRoleArn, web.ExecutionRoleArn]);
    const without = shop({ cache: {} }).template.toJSON();
    const added = Object.keys(template.toJSON().Resources).filter((id) => !(id in without.Resources));
    expect(added.map((id) => template.toJSON().Resources[id].Type).sort()).toEqual([
      'AWS::ApplicationAutoScaling::ScalableTarget', 'AWS::ApplicationAutoScaling::ScalingPolicy', 'AWS::ECS::Service', 'AWS::ECS::TaskDefinition',
    ]);
  });

  test('is updated after the release', () => {
    const release = stack.getLogicalId(project.release.customResource.node.defaultChild as never);
    expect(service(template, /Worker/).DependsOn).toContain(release);
  });

  test('runs what it is told instead of Celery', () => {
    const other = shop({}, (django) => django.addWorker('Tasks', { command: ['python', 'manage.py', 'db_worker'], stopTimeout: Duration.seconds(60) }));
    expect(Object.keys(containers(other.template))).toContain('worker python,manage.py,db_worker');
  });
});

test('what is added later reaches a worker, and what was added before as well', () => {
  const { template } = shop({}, (django) => {
    django.addEnvironment('BEFORE', '1');
    django.addSecret('KEY', EnvironmentSecret.fromSecretName('shop/key'));
    django.addWorker('Worker');
    django.addEnvironment('AFTER', '2');
  });
  const worker = containers(template)['worker celery,--app=shop,worker,--loglevel=INFO,--concurrency=1'].ContainerDefinitions[0];
  expect(names(worker.Environment)).toEqual(expect.arrayContaining(['AFTER', 'BEFORE']));
  expect(names(worker.Secrets)).toContain('KEY');
});

test('a beat is one task of the smallest size that is never doubled', () => {
  const { template } = shop({}, (django) => django.addBeat('Beat'));
  expect(service(template, /Beat/).Properties).toMatchObject({
    DesiredCount: 1, DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
  });
  expect(Object.entries(containers(template)).find(([name]) => name.startsWith('beat celery,--app=shop,beat'))![1]).toMatchObject({ Cpu: '256', Memory: '512' });
});

test('credentials that rotate reach every service of the project', () => {
  const { template } = shop({ database: { authentication: DatabaseAuthentication.passwords(), rotation: {} } }, (django) => {
    django.addWorker('Worker');
    django.addBeat('Beat');
    django.addService('Frontend', { image: DjangoImage.fromRegistry('nginx:1.29'), paths: ['/front/*'] });
  });
  const schedules = Object.keys(template.findResources('AWS::Scheduler::Schedule')).sort();
  expect(schedules.map((id) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['ShopBeatRolloutSchedule', 'ShopRolloutSchedule', 'ShopWorkerRolloutSchedule']);
});

describe('a further service', () => {
  test('with an image of its own gets nothing of the project', () => {
    const { template } = shop({ web: { paths: ['/api/*', '/admin/*'] }, cache: {} }, (django) => {
      django.addService('Frontend', { image: DjangoImage.fromRegistry('ghcr.io/acme/frontend:1'), environment: { API: '/api' } });
    });
    const frontend = containers(template).server.ContainerDefinitions[0];
    expect(frontend).toMatchObject({ Image: 'ghcr.io/acme/frontend:1', PortMappings: [{ ContainerPort: 80 }] });
    expect([names(frontend.Environment), names(frontend.Secrets)]).toEqual([['API', 'PORT'], []]);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/admin/*', '/api/*'] } }],
    });
  });

  const LIVE = { image: DjangoImage.fromRegistry('ghcr.io/acme/live:1'), paths: ['/live/*'] };

  test('with an image of its own uses the backing services that it is given, and none else', () => {
    const { template } = shop({ cache: {}, email: { fromAddress: 'shop@example.com' } }, (django) => {
      django.addService('Live', fromPython({ ...LIVE, backingServices: [django.cache!], environment: { API: '/api' } }));
    });
    const live = containers(template).server.ContainerDefinitions[0];
    expect([...names(live.Environment), ...names(live.Secrets)]).toEqual(['API', 'PORT', 'REDIS_URL']);
    const [[group]] = Object.entries(template.findResources('AWS::EC2::SecurityGroup')).filter(([id]) => /ShopLiveProcess/.test(id));
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 6379, SourceSecurityGroupId: { 'Fn::GetAtt': [group, 'GroupId'] } });
    expect(service(template, /ShopLive/).DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^ShopRelease/)]));
  });

  test('with an image of its own gets them under the names of the project, or under its own', () => {
    const { template } = shop({ convention: EnvironmentConvention.custom({ redisUrl: ['CACHE_URL'] }), cache: {} }, (django) => {
      django.addService('Live', { ...LIVE, backingServices: [django.cache!] });
    });
    expect(names(containers(template).server.ContainerDefinitions[0].Secrets)).toEqual(['CACHE_URL']);
    const own = shop({ convention: EnvironmentConvention.custom({ redisUrl: ['CACHE_URL'] }), cache: {} }, (django) => {
      django.addService('Live', { ...LIVE, backingServices: [django.cache!], convention: EnvironmentConvention.only({ redisUrl: ['LIVE_REDIS'] }) });
    });
    expect(names(containers(own.template).server.ContainerDefinitions[0].Secrets)).toEqual(['LIVE_REDIS']);
  });

  test('with an image of its own is replaced where credentials rotate that it uses', () => {
    const { template } = shop({ database: { authentication: DatabaseAuthentication.passwords(), rotation: {} } }, (django) => {
      django.addService('Live', { ...LIVE, backingServices: [django.database!] });
    });
    expect(Object.keys(template.findResources('AWS::Scheduler::Schedule')).filter((id) => /ShopLive/.test(id))).toHaveLength(1);
  });

  test.each<[string, any, string]>([
    ['something else among the backing services', { ...LIVE, backingServices: ['redis'] }, "'backingServices' must be a list with an IBackingService as each element, got \"redis\" as element 1"],
    ['another thing for a convention', { ...LIVE, convention: 'urls' }, "'convention' must be an EnvironmentConvention"],
    ['both without an image', { paths: ['/ws/*'], backingServices: [], convention: EnvironmentConvention.urls() },
      "'backingServices' and 'convention' must be left out without 'image': a service of the project's image has the project's, which 'addBackingService' adds to"],
  ])('is refused with %s', (_, options, problem) => {
    expect(() => shop({}, (django) => django.addService('Live', options))).toThrow(problem);
  });

  test('of the project\'s image is the project, by another server', () => {
    const { template } = shop({}, (django) => django.addService('Sockets', { server: WebServer.uvicorn(), paths: ['/ws/*'] }));
    const sockets = containers(template)['django uvicorn,shop.asgi:application'].ContainerDefinitions[0];
    expect(names(sockets.Environment)).toEqual(expect.arrayContaining(['DJANGO_ALLOWED_HOSTS', 'UVICORN_PORT']));
    expect(names(sockets.Secrets)).toContain('DJANGO_SECRET_KEY');
  });
});

test('scheduled tasks share the application, its runner and its topic', () => {
  const { template, project } = shop({ alarms: { emails: ['ops@example.com'] } }, (django) => {
    django.addScheduledTask('ClearSessions', {
      command: ['python', 'manage.py', 'clearsessions'], schedule: TaskSchedule.cron('0 3 * * ? *', 'Europe/Berlin'),
    });
  });
  expect(project.alarmTopic).toBeDefined();
  template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com' });
  template.resourceCountIs('AWS::ECS::TaskDefinition', 2);
  template.resourceCountIs('AWS::CloudWatch::Alarm', 2);
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Allow', Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } })]) },
  });
});

test('a project of another framework has no settings, no secret key, and commands of its own', () => {
  const { template, project } = shop({
    project: undefined,
    web: { command: ['uvicorn', 'app.main:app'], server: WebServer.uvicorn(), healthCheckPath: '/health' },
    release: { commands: [['alembic', 'upgrade', 'head']] },
  });
  const all = containers(template);
  expect(names(all['django uvicorn,app.main:app'].ContainerDefinitions[0].Environment)).not.toContain('DJANGO_SETTINGS_MODULE');
  const [run] = Object.values(template.findResources('Custom::DjangoRelease'));
  expect(run.Properties.Command).toEqual(['--wait-for-database', 'alembic', 'upgrade', 'head']);
  expect(project.secretKey).toBeUndefined();
  template.resourceCountIs('AWS::SecretsManager::Secret', 1);
});

test('a check runs after all services', () => {
  const { template, stack, project } = shop({ release: { checkCommand: ['python', 'manage.py', 'check'] } }, (django) => django.addWorker('Worker'));
  const [check] = Object.values(template.findResources('Custom::DjangoRolloutCheck'));
  const services = Object.keys(template.findResources('AWS::ECS::Service'));
  expect(services).toHaveLength(2);
  expect(check.DependsOn).toEqual(expect.arrayContaining(services));
  expect(check.Properties.TaskDefinition).toEqual(stack.resolve(project.application.taskDefinition.taskDefinitionArn));
});

test('Spot needs capacity providers, which the cluster gets', () => {
  const providers = { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] };
  shop({ web: { fargateSpot: {} } }).template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', providers);
  shop({}, (django) => django.addWorker('Worker', { fargateSpot: {} })).template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', providers);
  shop().template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 0);
});

test('a read-only root file system switches ECS Exec off where a profile has it on', () => {
  const { template } = shop({ profile: DeploymentProfile.STAGING, readonlyRootFilesystem: true }, (django) => django.addWorker('Worker'));
  Object.values(template.findResources('AWS::ECS::Service')).forEach(({ Properties }) => expect(Properties.EnableExecuteCommand).toBe(false));
  Object.values(template.findResources('AWS::ECS::TaskDefinition'))
    .forEach(({ Properties }) => expect(Properties.ContainerDefinitions[0].ReadonlyRootFilesystem).toBe(true));
});

test('a stranger behind the load balancer may write to its files, and its port of 80 is no surprise', () => {
  const { template, project } = shop({ readonlyRootFilesystem: true, web: { paths: ['/api/*'] } }, (django) => {
    django.addService('Frontend', { image: DjangoImage.fromRegistry('ghcr.io/acme/frontend:1') });
  });
  const all = containers(template);
  const readonly = Object.values(all).map(({ ContainerDefinitions: [{ Name, ReadonlyRootFilesystem }] }) => [Name, ReadonlyRootFilesystem ?? false]);
  expect(readonly.sort()).toEqual([['django', true], ['django', true], ['server', false]]);
  expect(project.node.findAll().flatMap((construct) => Object.keys(warningsOf(construct)))).not.toContain('privileged-port');
});

test('options may come from Python, with what is left out', () => {
  const { template } = shop({}, (django) => {
    django.addWorker('Worker', fromPython({ fargateSpot: undefined, celery: undefined, command: undefined }));
    django.addBeat('Beat', fromPython({ celery: undefined, cpu: undefined }));
    django.addService('Sockets', fromPython({ paths: ['/ws/*'], image: undefined, server: undefined }));
    django.addScheduledTask('Nightly', fromPython({ command: ['true'], schedule: TaskSchedule.rate(Duration.hours(1)), timeout: undefined }));
  });
  template.resourceCountIs('AWS::ECS::Service', 4);
});

describe('the release', () => {
  test.each<[string, Partial<DjangoOnFargateProps>, string[]]>([
    ['the default server', {}, ['--server=gunicorn']],
    ['a command of the project', { web: { command: ['/app/serve', '--port=8000'] } }, ['--server=/app/serve']],
    ['a command that is known at deployment only', { web: { command: Fn.split(' ', Fn.importValue('Command')), server: WebServer.other() } }, []],
    ['an entry point that may find programs elsewhere', { web: { entryPoint: EntryPoint.of('/app/entry.sh') } }, []],
  ])('asks for the program of the web service, given %s', (_, props, words) => {
    const { stack, template, project: { releaseProcess } } = shop(props);
    const { Properties } = template.findResources('AWS::ECS::TaskDefinition')[stack.getLogicalId(releaseProcess.taskDefinition.node.defaultChild as never)];
    expect(Properties.ContainerDefinitions[0].EntryPoint.slice(3)).toEqual([
      '--database=DB_HOST,DB_PORT,,', '--buckets=AWS_STATIC_BUCKET_NAME,AWS_STORAGE_BUCKET_NAME', ...words,
    ]);
  });

  test('finds database and buckets by the names of the convention', () => {
    const { stack, template, project: { releaseProcess } } = shop({ convention: EnvironmentConvention.urls().customized({ staticBucket: ['STATIC'], mediaBucket: [] }) });
    const { Properties } = template.findResources('AWS::ECS::TaskDefinition')[stack.getLogicalId(releaseProcess.taskDefinition.node.defaultChild as never)];
    expect(Properties.ContainerDefinitions[0].EntryPoint.slice(3, 5)).toEqual(['--database=,,DATABASE_URL,', '--buckets=STATIC,']);
  });
});

describe('refuses', () => {
  const refusal = (add: (project: DjangoOnFargate) => void) => () => shop({}, add);
  test.each<[string, (project: DjangoOnFargate) => void, string]>([
    ['an id that is taken', (django) => django.addWorker('Web'),
      "DjangoOnFargate at 'Stack/Shop' cannot be defined:\n- the id \"Web\" is taken already: give what you add another one"],
    ['a scheduled task twice', (django) => [1, 2].forEach(() => django.addScheduledTask('Nightly', { command: ['true'], schedule: TaskSchedule.rate(Duration.hours(1)) })),
      "DjangoOnFargate at 'Stack/Shop' cannot be defined:\n- the id \"Nightly\" is taken already: give what you add another one"],
    ['two services for every path', (django) => django.addService('Docs', { image: DjangoImage.fromRegistry('nginx:1.29') }),
      "DjangoOnFargate at 'Stack/Shop' cannot be defined:\n- 'paths' of \"Docs\" must be given, e.g. ['/docs/*'], because the web service gets every path that no other has; " +
      "or give 'web.paths', e.g. ['/api/*', '/admin/*', '/static/*'], and \"Docs\" gets the rest"],
    ['an id that is none', (django) => django.addScheduledTask(undefined as never, {} as never),
      "DjangoOnFargate at 'Stack/Shop' cannot be defined:\n- the id must be plain text without '/', got undefined: give what you add one, e.g. 'Nightly'"],
    ['a list of options', (django) => django.addWorker('Worker', [] as never),
      "DjangoOnFargate at 'Stack/Shop' cannot be defined:\n- the options of \"Worker\" must be an object, got []"],
    ['text for Celery', (django) => django.addWorker('Worker', { celery: 'emails' as never }),
      "Worker at 'Stack/Shop/Worker' cannot be defined:\n- 'celery' must be an object with options, got \"emails\""],
    ['a command beside Celery', (django) => django.addBeat('Beat', { command: ['beat'], celery: {} }),
      "Beat at 'Stack/Shop/Beat' cannot be defined:\n- 'command' and 'celery' exclude each other, because the command takes the place of Celery's: leave out one of them"],
    ['text for variables', (django) => django.addWorker('Worker', { environment: 'A=b' as never }),
      "Worker at 'Stack/Shop/Worker' cannot be defined:\n- 'environment' must be an object with a value for each name, got a string: write { DEBUG: 'false' }"],
    ['a server by name', (django) => django.addService('Sockets', { server: 'uvicorn' as never, paths: ['/ws/*'] }),
      "WebService at 'Stack/Shop/Sockets' cannot be defined:\n" +
      "- 'server' must be a WebServer, got \"uvicorn\": use WebServer.gunicorn({ … }), WebServer.uvicorn() or WebServer.other()"],
    ['a server that nobody knows', (django) => django.addService('Sockets', { server: WebServer.other(), paths: ['/ws/*'] }),
      "DjangoOnFargate at 'Stack/Shop' cannot be defined:\n- 'command' of \"Sockets\" must be given: nobody knows what starts its server"],
    ['a secret in plain text, which it does not repeat', (django) => django.addSecret('KEY', 'hunter2' as never),
      "DjangoOnFargate at 'Stack/Shop' cannot be defined:\n" +
      '- the variable "KEY" must have an EnvironmentSecret as its value: use EnvironmentSecret.fromSecretName(...)'],
    ['options that are none', (django) => django.addWorker('Worker', 'celery' as never),
      "DjangoOnFargate at 'Stack/Shop' cannot be defined:\n- the options of \"Worker\" must be an object, got \"celery\""],
    ['a worker of nothing', (django) => new DjangoOnFargate(Stack.of(django), 'Other', {
      image: IMAGE, web: { command: ['uvicorn', 'app.main:app'] }, release: { commands: [['alembic', 'upgrade', 'head']] },
    }).addWorker('Worker'),
    "DjangoOnFargate at 'Stack/Other' cannot be defined:\n- 'command' of \"Worker\" must be given: without 'project' nobody knows a Celery app"],
  ])('%s', (_, add, message) => {
    expect(refusal(add)).toThrow(new Error(message));
  });

  test.each<[string, Partial<DjangoOnFargateProps>, string]>([
    ['a project without a name', { project: undefined },
      "'project' must be given: the package with the settings, e.g. 'shop'; a project of another framework gives 'web.command' and 'release.commands' instead"],
    ['a check as a line', { release: { checkCommand: 'manage.py check' as never } },
      "'release.checkCommand' must be a list of words, got \"manage.py check\": write ['manage.py', 'check']"],
    ['a time for no check', { release: { checkTimeout: Duration.minutes(5) } },
      "'release.checkTimeout' must not be given without 'release.checkCommand': leave it out"],
    ['addresses that are none', { alarms: { emails: ['ops'] } }, "'alarms.emails' must hold plain addresses like 'ops@example.com', got \"ops\""],
  ])('%s', (_, props, reason) => {
    expect(() => shop(props)).toThrow(new Error(`DjangoOnFargate at 'Stack/Shop' cannot be defined:\n- ${reason}`));
  });
});
