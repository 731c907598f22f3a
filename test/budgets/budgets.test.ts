import { DJANGO_APP, ofType, synthesise, Synthesised } from './synthesised';
import { ShopStack } from '../../examples/typescript/shop-stack';
import { MinimalStack } from '../../tools/bench/minimal';

const APPS = {
  minimal: synthesise((app) => new MinimalStack(app, 'App', DJANGO_APP)),
  example: synthesise((app) => new ShopStack(app, 'Shop-production')),
  exampleWithDomain: synthesise((app) => new ShopStack(app, 'Shop-production', {
    domainName: 'shop.example.com', hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com',
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
 */
const BUDGETS: Budget[] = [
  { of: 'resources', measure: ({ resources }) => Object.keys(resources).length, minimal: 85, example: 85, exampleWithDomain: 88 },
  { of: 'bytes of the template', measure: ({ templateBytes }) => templateBytes, minimal: 89_000, example: 90_500, exampleWithDomain: 91_500 },
  { of: 'bytes of assets beside the image', measure: ({ stagedBytes }) => stagedBytes, minimal: 27_500, example: 27_500, exampleWithDomain: 27_500 },
  { of: 'bytes of the greatest task definition', measure: greatestTaskDefinition, minimal: 5_600, example: 5_650, exampleWithDomain: 5_550 },
  { of: 'Lambda functions', measure: count(/^AWS::Lambda::Function$/), minimal: 1, example: 1, exampleWithDomain: 1 },
  { of: 'custom resources', measure: count(/^(Custom::|AWS::CloudFormation::CustomResource$)/), minimal: 1, example: 1, exampleWithDomain: 1 },
  { of: 'IAM roles', measure: count(/^AWS::IAM::Role$/), minimal: 6, example: 6, exampleWithDomain: 6 },
  { of: 'IAM policies', measure: count(/^AWS::IAM::(Managed)?Policy$/), minimal: 5, example: 5, exampleWithDomain: 5 },
  { of: 'security groups', measure: count(/^AWS::EC2::SecurityGroup$/), minimal: 3, example: 3, exampleWithDomain: 3 },
  { of: 'buckets', measure: count(/^AWS::S3::Bucket$/), minimal: 3, example: 3, exampleWithDomain: 3 },
  { of: 'log groups', measure: count(/^AWS::Logs::LogGroup$/), minimal: 3, example: 3, exampleWithDomain: 3 },
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

function greatestTaskDefinition({ resources }: Synthesised): number {
  return Math.max(...ofType(resources, 'AWS::ECS::TaskDefinition').map(([, resource]) => Buffer.byteLength(JSON.stringify(resource.Properties))));
}
