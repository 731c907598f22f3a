import { DJANGO_APP, ofType, synthesise, Synthesised } from './synthesised';
import { ShopStack } from '../../examples/typescript/shop-stack';
import { MinimalStack } from '../../tools/bench/minimal';

const APPS = {
  minimal: synthesise((app) => new MinimalStack(app, 'App', DJANGO_APP)),
  example: synthesise((app) => new ShopStack(app, 'Shop-production')),
  exampleWithDomain: synthesise((app) => new ShopStack(app, 'Shop-production', {
    env: { region: 'us-east-1' }, domainName: 'shop.example.com', hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com',
  })),
};

/** What an app may have at most of something. */
interface Budget extends Record<keyof typeof APPS, number> {
  readonly of: string;
  readonly measure: (app: Synthesised) => number;
}

/**
 * A change that needs more has to say so here. One that needs less lowers the ceiling: it stands at most a twentieth above
 * what is used, or where AWS or the issue of the number put it.
 *
 * What the backing services of the example cost more than the minimal app has:
 * - the cache 5 resources and a rule of its security group;
 * - IAM instead of a password 5 for the preparation of the users (a task definition with two roles and a policy, the run);
 * - mail, which needs a domain, 20 with rotation, among them a Lambda function with its role, log group and custom resource, and 2 for the
 *   rollouts (a schedule and its role).
 * What its processes cost more: worker and beat a task definition and a service each, and with mail 2 for the rollouts; the check a run; the scheduled
 * task a schedule and an alarm, and with the first of them a role and a queue with its policy. The state machine's definition is 12 kB of each template.
 * The single-page app has 16, the greater part in its distribution and in what uploads its files, and the load balancer a VPC origin; the static files share
 * the distribution. With a domain there is a record for each kind of address, and a certificate for CloudFront.
 * Each app has two log groups of the database, because RDS makes them without a retention where nobody else does.
 */
const BUDGETS: Budget[] = [
  { of: 'resources', measure: ({ resources }) => Object.keys(resources).length, minimal: 86, example: 123, exampleWithDomain: 153 },
  { of: 'bytes of the template', measure: ({ templateBytes }) => templateBytes, minimal: 107_000, example: 184_000, exampleWithDomain: 200_000 },
  // The handlers: one for all commands of a deployment, one for the files of the single-page app, one for the credentials of mail.
  { of: 'bytes of assets beside the image', measure: ({ stagedBytes }) => stagedBytes, minimal: 35_000, example: 70_500, exampleWithDomain: 100_500 },
  // The release has its script in the command, a third of it for telling before migrations that the settings would write to the disk of the task.
  // The variables of cache and fallback keys are there in each app.
  { of: 'bytes of the greatest task definition of the project', measure: greatest(/^(?!.*Preparation)/), minimal: 10_300, example: 10_500, exampleWithDomain: 10_700 },
  // Script and SQL are in it, so that the public image of PostgreSQL will do. ECS takes 65,536.
  { of: 'bytes of the task definition of the preparation', measure: greatest(/Preparation/), minimal: 0, example: 16_900, exampleWithDomain: 16_900 },
  { of: 'Lambda functions', measure: count(/^AWS::Lambda::Function$/), minimal: 1, example: 2, exampleWithDomain: 3 },
  { of: 'custom resources', measure: count(/^(Custom::|AWS::CloudFormation::CustomResource$)/), minimal: 1, example: 4, exampleWithDomain: 5 },
  { of: 'IAM roles', measure: count(/^AWS::IAM::Role$/), minimal: 6, example: 10, exampleWithDomain: 14 },
  { of: 'IAM policies', measure: count(/^AWS::IAM::(Managed)?Policy$/), minimal: 6, example: 8, exampleWithDomain: 9 },
  { of: 'security groups', measure: count(/^AWS::EC2::SecurityGroup$/), minimal: 3, example: 4, exampleWithDomain: 4 },
  { of: 'buckets', measure: count(/^AWS::S3::Bucket$/), minimal: 3, example: 5, exampleWithDomain: 5 },
  { of: 'log groups', measure: count(/^AWS::Logs::LogGroup$/), minimal: 5, example: 6, exampleWithDomain: 7 },
];

describe.each(Object.entries(APPS))('the app "%s" stays within its budget', (name, app) => {
  test.each(BUDGETS)('of $of', ({ measure, ...ceilings }) => {
    expect(measure(app)).toBeLessThanOrEqual(ceilings[name as keyof typeof APPS]);
  });
});

test('the minimal app has one Lambda function in a project without feature flags, too', () => {
  expect(count(/^AWS::Lambda::Function$/)(synthesise((app) => new MinimalStack(app, 'App', DJANGO_APP), {}))).toBe(1);
});

test('no asset has what Python leaves behind when it runs', () => {
  expect(APPS.minimal.assetFiles.filter((file) => /__pycache__|\.pyc$/.test(file))).toEqual([]);
});

function count(type: RegExp): Budget['measure'] {
  return ({ resources }) => Object.values(resources).filter(({ Type }) => type.test(Type)).length;
}

/** Bytes of the greatest task definition among those whose logical ids match; 0 where there is none. */
function greatest(id: RegExp): Budget['measure'] {
  return ({ resources }) => Math.max(0, ...ofType(resources, 'AWS::ECS::TaskDefinition')
    .filter(([logicalId]) => id.test(logicalId))
    .map(([, resource]) => Buffer.byteLength(JSON.stringify(resource.Properties))));
}
