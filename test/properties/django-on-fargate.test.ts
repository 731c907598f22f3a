import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { JUNK, SEED } from './arbitraries';
import { compose, Composition, compositions } from './compositions';
import { optionPaths } from './option-paths';
import { DjangoOnFargate } from '../../src/django-on-fargate';
import { TaskSchedule } from '../../src/processes/schedule/task-schedule';
import { DjangoOnFargateProps } from '../../src/project/django-on-fargate-props';
import { givenVpc, IMAGE } from '../helpers';
import { problemsOfServices } from '../processes/service-invariants';

type Options = Record<string, unknown>;

const PATHS = [...new Set(optionPaths('DjangoOnFargateProps'))];
const OURS = /^\w+(\.\w+(\(\))?)?( at '[^']+')? cannot be defined:\n- /;

/** What can be added to an app: the struct of its options, such options, the method. */
const ADDED: [string, object, (shop: DjangoOnFargate, options: never) => unknown][] = [
  ['DjangoWorkerOptions', {}, (shop, options) => shop.addWorker('Added', options)],
  ['DjangoBeatOptions', {}, (shop, options) => shop.addBeat('Added', options)],
  ['DjangoServiceOptions', { paths: ['/front/*'], command: ['node', 'server.js'], containerPort: 3000 }, (shop, options) => shop.addService('Added', options)],
  ['ScheduledTaskOptions', { command: ['report'], schedule: TaskSchedule.rate(Duration.hours(1)) }, (shop, options) => shop.addScheduledTask('Added', options)],
];
const additions = fc.constantFrom(...ADDED)
  .chain(([struct, options, add]) => fc.tuple(fc.constant(struct), fc.constantFrom(...new Set(optionPaths(struct))), fc.constantFrom(...JUNK))
    .map(([name, path, value]) => ({ name, path, value, add: (shop: DjangoOnFargate) => add(shop, withValue(options, path, value) as never) })));

/** Values for which no option is made, whatever the others are. */
const BROKEN: [string, unknown][] = [
  ['image', 'shop:1'], ['project', 'my-shop'], ['profile', 'production!'], ['domain', { domainName: 'shop_example' }], ['environment', { FLAG: true }],
  ['secrets', { KEY: 'a secret' }], ['secretKey', 'a secret'], ['convention', 'standard'], ['cpuArchitecture', 'arm'], ['network', { cidr: '10.0.0.0/8' }],
  ['database.databaseName', 'my-shop'], ['database.backupRetention', 7], ['cache.nodeType', 'large'], ['cache.replicas', -1], ['email.fromAddress', 'shop'],
  ['storage.corsAllowedOrigins', ['*']], ['backingServices', ['redis']], ['web.cpu', 300], ['web.memoryLimitMiB', 100], ['web.requestTimeout', 30], ['web.maxCapacity', 0],
  ['web.command', 'gunicorn shop.wsgi'], ['web.server', 'uvicorn'], ['web.healthCheckPath', 'health'], ['release.timeout', 'long'], ['release.commands', ['migrate']],
  ['loadBalancer.idleTimeout', 60], ['loadBalancer.webAcl', { rateLimit: 1 }], ['pythonExecutable', 'python 3'], ['alarms', { emails: 'me@example.com' }],
];

function synthesise(composition: Composition, change?: (props: DjangoOnFargateProps) => DjangoOnFargateProps): Template {
  const stack = new Stack(new App(), 'Stack');
  compose(stack, composition, change);
  const template = Template.fromStack(stack);
  expect(Annotations.fromStack(stack).findError('*', Match.anyValue())).toEqual([]);
  return template;
}

/** The props with one option, or one of an option's own, set. */
function withValue(props: object, path: string, value: unknown): object {
  const [option, ...rest] = path.split('.');
  const inner = (props as Options)[option] as object | undefined;
  return { ...props, [option]: rest.length > 0 ? withValue(inner ?? {}, rest.join('.'), value) : value };
}

/** What is said when a value stands in an option; nothing when the app synthesises. */
function refusal(composition: Composition, path: string, value: unknown): string | undefined {
  try {
    synthesise(composition, (props) => withValue(props, path, value) as DjangoOnFargateProps);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test('any valid app synthesises, and its services lose nothing', () => {
  fc.assert(fc.property(compositions, (composition) => {
    const { Resources: resources } = synthesise(composition).toJSON();
    expect(problemsOfServices(resources)).toEqual([]);
    expect(Object.keys(resources).length).toBeLessThan(500);
  }), { ...SEED, numRuns: 20 });
});

test.each(BROKEN)('any app with a broken %s is refused by us, by its name', (path, value) => {
  fc.assert(fc.property(compositions, (composition) => {
    const message = refusal(composition, path, value) ?? '';
    expect(message.split('\n')[0]).toBe("DjangoOnFargate at 'Stack/Shop' cannot be defined:");
    expect(message).toContain(`'${path.split('.')[0]}`);
    expect(message).not.toMatch(/TOKEN|TypeError|undefined \(reading|is not a function/);
  }), { ...SEED, numRuns: 3 });
});

test('whatever stands in any option of any app, nobody but us refuses it', () => {
  expect(PATHS).toEqual(expect.arrayContaining(['project', 'web.requestTimeout', 'loadBalancer.webAcl.rateLimit', 'database.auroraServerless.maxCapacityAcu']));
  fc.assert(fc.property(compositions, fc.constantFrom(...PATHS), fc.constantFrom(...JUNK), (composition, path, value) => {
    const message = refusal(composition, path, value);
    expect(message ?? 'X cannot be defined:\n- ').toMatch(OURS);
  }), { ...SEED, numRuns: 80 });
});

test('whatever stands in any option of what is added to an app, nobody but us refuses it', () => {
  fc.assert(fc.property(additions, ({ add }) => {
    let message = 'X cannot be defined:\n- ';
    try {
      const stack = new Stack(new App(), 'Stack');
      add(new DjangoOnFargate(stack, 'Shop', { image: IMAGE, project: 'shop', network: { vpc: givenVpc(stack) } }));
      Template.fromStack(stack);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(OURS);
  }), { ...SEED, numRuns: 40 });
});
