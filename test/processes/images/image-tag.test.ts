import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { App, CfnResource, NestedStack, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { DjangoImage } from '../../../src/processes/images/django-image';
import { ImageTag } from '../../../src/processes/images/image-tag';
import { givenVpc, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';

const PARAMETER = 'SsmParameterValueshopimagetagC96584B6F00A464EAD1953AFF4B05118Parameter';

function run(scope: Construct, image: DjangoImage, id = 'Process') {
  return new ProcessDefinition(scope, id, { vpc: givenVpc(new Construct(scope, `${id}Network`)), image, command: ['gunicorn'] });
}

function imagesOf(stack: Stack): unknown[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => Properties.ContainerDefinitions[0].Image);
}

describe('a tag in a parameter', () => {
  const tag = ImageTag.fromSsmParameter('/shop/image-tag');

  test.each<[string, (stack: Stack) => DjangoImage, RegExp]>([
    ['in ECR', () => DjangoImage.fromEcr('shop', tag), /\/shop:"$/],
    ['in ECR elsewhere', () => DjangoImage.fromEcr('shop', tag, { account: '123456789012', region: 'eu-west-1' }), /\/shop:"$/],
    ['in a repository that is a construct', (stack) => DjangoImage.fromRepository(ecr.Repository.fromRepositoryName(stack, 'Given', 'shop'), tag), /\/shop:"$/],
    ['in a registry', () => DjangoImage.fromRegistry(`ghcr.io/acme/shop:${tag}`), /^"ghcr\.io\/acme\/shop:"$/],
  ])('is read by CloudFormation at each deployment, for an image %s', (_, image, before) => {
    const stack = newStack();
    const process = run(stack, image(stack));
    expect(Template.fromStack(stack).toJSON().Parameters[PARAMETER]).toEqual({ Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shop/image-tag' });
    const [image1] = imagesOf(stack) as any[];
    const parts = image1['Fn::Join'][1];
    expect(parts[parts.length - 1]).toEqual({ Ref: PARAMETER });
    expect(JSON.stringify(parts[parts.length - 2])).toMatch(before);
    expect(warningsOf(process)).toEqual({});
  });

  test('is one parameter for all processes of a stack, and one for each stack', () => {
    const app = new App();
    const stacks = ['A', 'B'].map((id) => new Stack(app, id));
    const image = DjangoImage.fromEcr('shop', tag);
    stacks.forEach((stack) => ['Web', 'Worker'].forEach((id) => run(stack, image, id)));
    stacks.forEach((stack) => {
      expect(Object.keys(Template.fromStack(stack).toJSON().Parameters).filter((name) => name !== 'BootstrapVersion')).toEqual([PARAMETER]);
      expect(new Set(imagesOf(stack).map((reference) => JSON.stringify(reference))).size).toBe(1);
    });
  });

  test('is a parameter of the outermost stack, since a nested one is updated only where what it gets changed', () => {
    const stack = newStack();
    const nested = new NestedStack(stack, 'Nested');
    run(nested, DjangoImage.fromEcr('shop', tag));
    const { Parameters: parameters } = Template.fromStack(stack).toJSON();
    expect(parameters[PARAMETER].Type).toBe('AWS::SSM::Parameter::Value<String>');
    const [{ Properties: handed }] = Object.values(Template.fromStack(stack).findResources('AWS::CloudFormation::Stack'));
    expect(Object.values(handed.Parameters)).toEqual([{ Ref: PARAMETER }]);
    expect(Object.values<any>(Template.fromStack(nested).toJSON().Parameters).map(({ Type }) => Type)).toEqual(['String']);
  });

  test('may be one that CDK knows, too', () => {
    const stack = newStack();
    run(stack, DjangoImage.fromEcr('shop', ssm.StringParameter.valueForStringParameter(stack, '/shop/image-tag')));
    expect(JSON.stringify(imagesOf(stack))).toContain(`{"Ref":"${PARAMETER}"}`);
  });

  test.each<[any, string]>([
    [undefined, 'the name of the parameter with the tag must be given as text, got undefined: the value that you hand over is missing, e.g. a context value or an ' +
      'environment variable that is not set'],
    ['shop/tag', "the name of the parameter with the tag must begin with '/' where it has levels, and have letters, digits, '_', '.' and '-' in each, got \"shop/tag\": use \"/shop/tag\""],
    [TOKEN.string(), 'the name of the parameter with the tag must be known at synthesis: give it as plain text'],
  ])('is refused by its image with the name %#', (name, reason) => {
    const wrong = ImageTag.fromSsmParameter(name);
    const given = ecr.Repository.fromRepositoryName(newStack(), 'Given', 'shop');
    for (const image of [DjangoImage.fromEcr('shop', wrong), DjangoImage.fromRepository(given, wrong), DjangoImage.fromRegistry(`shop:${wrong}`)]) {
      expect(messageOf(() => run(newStack(), image))).toBe(`DjangoImage at 'Stack/Process' cannot be defined:\n- ${reason}`);
    }
  });

  test('is told from text that only an image understands', () => {
    const stack = newStack();
    new CfnResource(stack, 'Resource', { type: 'Test::Resource', properties: { Tag: tag } });
    expect(messageOf(() => Template.fromStack(stack))).toContain(
      'ImageTag.fromSsmParameter(...) must be used as the tag of a DjangoImage: for an environment variable use EnvironmentSecret.fromSsmParameter(...)');
  });
});
