import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib/core';
import { Dependencies, pathsOf, references } from './dependencies';
import { ShopStack, ShopStackProps } from '../../examples/typescript/shop-stack';
import { DjangoImage, DjangoOnFargate, SpaSource } from '../../src';
import { MinimalStack } from '../../tools/bench/minimal';
import { DJANGO_APP, ofType, Resource, synthesise, Synthesised } from '../budgets/synthesised';

/** What a new version costs beside its start: the health check that the load balancer wants, and the draining of the old tasks. */
const HEALTH_AND_DRAINING_SECONDS = 45;

const scratch = mkdtempSync(join(tmpdir(), 'redeploy-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The Django project with one line changed. */
function newVersion(): string {
  const directory = join(scratch, 'django-app');
  cpSync(DJANGO_APP, directory, { recursive: true });
  writeFileSync(join(directory, 'shop', 'version.py'), 'VERSION = 2\n');
  return directory;
}

const DOMAIN = { env: { region: 'us-east-1' }, domainName: 'shop.example.com', hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com' };
const shop = (tag: number, props: ShopStackProps = {}) => (app: App) => new ShopStack(app, 'Shop', { image: `ghcr.io/acme/shop:${tag}`, ...props });

/** What a deployment touches, turn by turn. */
const PLAIN = [['Shop/ReleaseProcess/Task'], ['Shop/Release/Run/Default'], ['Shop/Application/Task'], ['Shop/Web/Service/Service']];
const WITH_WORKERS = [
  ['Shop/Beat/Process/Task', 'Shop/ReleaseProcess/Task', 'Shop/Worker/Process/Task'],
  ['Shop/Release/Run/Default'],
  // Not before: schedules and people run its newest revision.
  ['Shop/Application/Task', 'Shop/Beat/Beat/Service/Service', 'Shop/Worker/Worker/Service/Service'],
  ['Shop/Web/Service/Service'],
  ['Shop/Check/Run/Default'],
];

type Define = (app: App) => MinimalStack | ShopStack;
const REDEPLOYS: [string, Define, Define, string[][]][] = [
  ['a changed directory', (app) => new MinimalStack(app, 'App', DJANGO_APP), (app) => new MinimalStack(app, 'App', newVersion()), PLAIN],
  ['another tag, users by IAM, a cache, workers and a schedule', shop(1), shop(2), WITH_WORKERS],
  ['another tag, mail with rotation and a domain too', shop(1, DOMAIN), shop(2, DOMAIN), WITH_WORKERS],
];

describe.each(REDEPLOYS)('a deployment of nothing but a new image (%s)', (_, before, after, turns) => {
  const old = synthesise(before);
  const { stack, resources } = synthesise(after);
  const changed = changes(old.resources, resources);
  const affected = [...changed, ...followers(resources, changed)];

  test('changes the task definitions in the template, and nothing else', () => {
    expect(pathsOf(stack, changed)).toEqual(turns.flat().filter((path) => path.endsWith('/Task')).sort());
  });

  test('touches task definitions, then the release, then the services, and nothing else but the check', () => {
    expect(new Dependencies(resources).turns(affected).map((turn) => pathsOf(stack, turn))).toEqual(turns);
  });

  test(`waits at most ${HEALTH_AND_DRAINING_SECONDS} seconds for the health check and the draining`, () => {
    const targetGroups = ofType(resources, 'AWS::ElasticLoadBalancingV2::TargetGroup').map(([, { Properties }]) => Properties as unknown as TargetGroup);
    const times = targetGroups.map(({ HealthCheckIntervalSeconds, HealthyThresholdCount, TargetGroupAttributes }) =>
      HealthCheckIntervalSeconds * HealthyThresholdCount
      + Number(TargetGroupAttributes.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds')!.Value));
    expect(times).toHaveLength(1);
    expect(times[0]).toBeLessThanOrEqual(HEALTH_AND_DRAINING_SECONDS);
  });
});

test('a deployment of nothing but a new build of the single-page app uploads it, and touches nothing else', () => {
  const built = (text: string) => synthesise((app) => {
    const stack = new Stack(app, 'Stack');
    const directory = mkdtempSync(join(scratch, 'dist-'));
    writeFileSync(join(directory, 'index.html'), text);
    new DjangoOnFargate(stack, 'Shop', { image: DjangoImage.fromRegistry('ghcr.io/acme/shop:1'), project: 'shop', spa: { source: SpaSource.directory(directory) } });
    return stack;
  });
  const { stack, resources } = built('<!doctype html><title>New</title>');
  const changed = changes(built('<!doctype html><title>Old</title>').resources, resources);
  expect(pathsOf(stack, [...changed, ...followers(resources, changed)])).toEqual([
    // The handler may read this build alone.
    'Shop/Spa/Files/HandlerRole',
    'Shop/Spa/Files/Published/Default',
  ]);
});

describe('a preparation', () => {
  const prepared = (tag: number, extensions: string[]) => synthesise((app) => {
    const stack = new Stack(app, 'Stack');
    new DjangoOnFargate(stack, 'Shop', { image: DjangoImage.fromRegistry(`ghcr.io/acme/shop:${tag}`), project: 'shop', database: { extensions } });
    return stack;
  });
  const affectedBy = ({ stack, resources }: Synthesised) => {
    const changed = changes(prepared(1, ['pg_trgm']).resources, resources);
    return pathsOf(stack, [...changed, ...followers(resources, changed)]);
  };

  test('does not run again with a new image', () => {
    expect(affectedBy(prepared(2, ['pg_trgm'])).filter((path) => path.includes('Preparation'))).toEqual([]);
  });

  test('runs again with a new extension, and nothing else does', () => {
    expect(affectedBy(prepared(1, ['pg_trgm', 'unaccent']))).toEqual(['Shop/Preparation/Process/Task', 'Shop/Preparation/Run/Default']);
  });
});

test.each([
  ['the minimal app', (app: App) => new MinimalStack(app, 'App', DJANGO_APP)],
  ['the example', shop(1, DOMAIN)],
])('a deployment of nothing new changes nothing of %s', (_, define) => {
  const [once, again]: Synthesised[] = [1, 2].map(() => synthesise<Stack>(define));
  expect(changes(once.resources, again.resources)).toEqual([]);
});

interface TargetGroup {
  readonly HealthCheckIntervalSeconds: number;
  readonly HealthyThresholdCount: number;
  readonly TargetGroupAttributes: { readonly Key: string; readonly Value: string }[];
}

/** Resources that are not the same in both templates. */
function changes(before: Record<string, Resource>, after: Record<string, Resource>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]));
}

/**
 * Resources whose properties change with those of others. A task definition is a new one with each change, and a custom
 * resource may answer with a new id; what refers to them changes, too. A service stays the one it is.
 */
function followers(resources: Record<string, Resource>, changed: string[]): string[] {
  const renewed = changed.filter((id) => resources[id].Type === 'AWS::ECS::TaskDefinition' || resources[id].Type.startsWith('Custom::'));
  const direct = Object.keys(resources).filter((id) => !changed.includes(id) && references(resources[id].Properties).some((name) => renewed.includes(name)));
  return direct.length > 0 ? [...direct, ...followers(resources, [...changed, ...direct])] : [];
}
