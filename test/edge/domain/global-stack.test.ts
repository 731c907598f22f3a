import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, DefaultStackSynthesizer, NestedStack, Stack, Stage, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { fromGlobalStack, globalScopeOf, globalStackOf } from '../../../src/edge/domain/global-stack';
import { messageOf, warningsOf } from '../../helpers';

const FRANKFURT = { account: '111111111111', region: 'eu-central-1' };
const VIRGINIA = { account: '111111111111', region: 'us-east-1' };

function shop(scope: Construct = new App()): Stack {
  return new Stack(scope, 'Shop', { env: FRANKFURT, stackName: 'shop-prod' });
}

test('in us-east-1 the stack itself is the place, also a nested one', () => {
  const stack = new Stack(new App(), 'Shop', { env: VIRGINIA });
  const site = new Construct(stack, 'Site');
  const nested = new NestedStack(stack, 'Nested');

  expect(globalStackOf(site)).toBe(stack);
  expect(globalScopeOf(site)).toBe(site);
  expect(globalStackOf(nested)).toBe(nested);
  expect(fromGlobalStack(site, 'Arn', 'arn:1')).toBe('arn:1');
  expect(stack.node.tryFindChild('GlobalResources')).toBeUndefined();
});

test('in another region one more stack is made in us-east-1, once', () => {
  const stack = shop();
  const globalStack = globalStackOf(new Construct(stack, 'Site'));

  expect(globalStackOf(new Construct(stack, 'Docs'))).toBe(globalStack);
  expect(globalStack.region).toBe('us-east-1');
  expect(globalStack.account).toBe('111111111111');
  expect(globalStack.templateOptions.description).toBe('What CloudFront needs in us-east-1 for the stack shop-prod in eu-central-1');
});

test('its name tells apart what shares the account: other stacks, and the same stack in other regions', () => {
  const nameFor = (stackName: string, region: string) => globalStackOf(new Stack(new App(), 'Shop', { stackName, env: { region } })).stackName;

  expect(nameFor('shop-prod', 'eu-central-1')).toBe('shop-prod-eu-central-1-global');
  expect(nameFor('shop-prod', 'eu-west-1')).toBe('shop-prod-eu-west-1-global');
  expect(nameFor('shop-test', 'eu-central-1')).toBe('shop-test-eu-central-1-global');
});

test('it is deployed before the stack', () => {
  const stack = shop();
  expect(stack.dependencies).toEqual([]);

  const globalStack = globalStackOf(stack);
  expect(stack.dependencies).toEqual([globalStack]);
  expect(globalStack.dependencies).toEqual([]);
});

test('a nested stack has it beside the stack that people deploy', () => {
  const stack = shop();
  const nested = new NestedStack(stack, 'Nested');

  expect(globalStackOf(nested)).toBe(globalStackOf(stack));
  expect(globalStackOf(nested).nestedStackParent).toBeUndefined();
});

test('tags, aspects, and termination protection of the stack hold for it', () => {
  const app = new App();
  const stack = new Stack(app, 'Shop', { env: FRANKFURT, tags: { team: 'shop' }, terminationProtection: true });
  const globalStack = globalStackOf(stack);
  new sns.Topic(globalStack, 'Topic');
  Tags.of(stack).add('cost', '4711');

  const artifact = app.synth().getStackArtifact(globalStack.artifactId);
  expect(artifact.tags).toEqual({ team: 'shop', cost: '4711' });
  expect(artifact.terminationProtection).toBe(true);
  Template.fromStack(globalStack).hasResourceProperties('AWS::SNS::Topic', { Tags: [{ Key: 'cost', Value: '4711' }] });
});

test('each stage has its own', () => {
  const app = new App();
  const [test, production] = ['Test', 'Production'].map((id) => globalStackOf(shop(new Stage(app, id))));

  expect(test.node.path).toBe('Test/Shop/GlobalResources');
  expect(production.node.path).toBe('Production/Shop/GlobalResources');
});

test('the place in it has the path of the construct', () => {
  const stack = shop();
  const site = new Construct(new Construct(stack, 'Shop'), 'Site');
  const place = globalScopeOf(site);

  expect(place.node.path).toBe('Shop/GlobalResources/Shop/Site');
  expect(globalScopeOf(site)).toBe(place);
  expect(globalScopeOf(new Construct(stack, 'Docs')).node.path).toBe('Shop/GlobalResources/Docs');
  expect(globalScopeOf(new Construct(new NestedStack(stack, 'Nested'), 'Site')).node.path).toBe('Shop/GlobalResources/Nested/Site');
});

test('a value of it is read by a plain output, by a nested stack, too', () => {
  const stack = shop();
  const nested = new NestedStack(stack, 'Nested');
  for (const scope of [new Construct(stack, 'Site'), new Construct(nested, 'Site')]) {
    const topic = new sns.Topic(globalScopeOf(scope), 'Topic');
    new s3.CfnBucket(scope, 'Bucket', { bucketName: fromGlobalStack(scope, 'Arn', topic.topicArn) });
  }

  const read = (output: string) => ({ 'Fn::GetStackOutput': { StackName: 'shop-prod-eu-central-1-global', OutputName: output, Region: 'us-east-1' } });
  const outputs = Template.fromStack(globalStackOf(stack)).toJSON().Outputs;
  const [own, ofNested] = Object.keys(outputs);
  expect(own).toMatch(/^SiteArn/);
  expect(ofNested).toMatch(/^NestedSiteArn/);
  expect(Object.values(outputs)).toEqual([
    { Value: { Ref: expect.stringMatching(/^SiteTopic/) }, Description: 'Read by the stack shop-prod' },
    { Value: { Ref: expect.stringMatching(/^NestedSiteTopic/) }, Description: 'Read by the stack shop-prod' },
  ]);
  Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', { BucketName: read(own) });
  Template.fromStack(nested).hasResourceProperties('AWS::S3::Bucket', { BucketName: read(ofNested) });
});

test('a synthesizer of the app holds for it, and one of the stack is warned about', () => {
  const synthesizer = () => new DefaultStackSynthesizer({ qualifier: 'shop' });
  const ofApp = new Stack(new App({ defaultStackSynthesizer: synthesizer() }), 'Shop', { env: FRANKFURT });
  const ofStack = new Stack(new App(), 'Shop', { env: FRANKFURT, synthesizer: synthesizer() });

  expect(globalStackOf(ofApp).synthesizer.bootstrapQualifier).toBe('shop');
  expect(warningsOf(ofApp)).toEqual({});
  globalStackOf(ofStack);
  expect(warningsOf(ofStack)).toEqual({
    synthesizer: 'the stack \'Shop/GlobalResources\' in us-east-1 is not deployed by the synthesizer of \'Shop\', which holds for one stack only: '
      + 'give the synthesizer to the app, as \'defaultStackSynthesizer\'',
  });
});

test('a stack without a region has none', () => {
  const stack = new Stack(new App(), 'Shop');

  expect(messageOf(() => globalStackOf(new Construct(stack, 'Site')))).toBe('What CloudFront needs in us-east-1 at \'Shop/Site\' cannot be defined:\n'
    + '- the region of the stack \'Shop\' must be known: give it as env: { region: \'...\' }');
});
