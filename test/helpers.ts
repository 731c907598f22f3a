import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct, IConstruct } from 'constructs';
import { DjangoImage } from '../src/processes/images/django-image';

/** An image that is there and whose tag does not move. */
export const IMAGE = DjangoImage.fromRegistry('registry.example.com/shop:4f2a9c1');

export function newStack(id = 'Stack'): Stack {
  return new Stack(new App(), id);
}

/** A VPC that exists already and so makes no resources: two zones, subnets of every kind. */
export function givenVpc(scope: Construct, overrides: Partial<ec2.VpcAttributes> = {}): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    publicSubnetIds: ['public-1', 'public-2'],
    privateSubnetIds: ['private-1', 'private-2'],
    isolatedSubnetIds: ['isolated-1', 'isolated-2'],
    ...overrides,
  });
}

/** The whole message of what is thrown. */
export function messageOf(define: () => unknown): string {
  try {
    define();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

/** The whole text of each warning at a construct, without the words by which CDK lets users acknowledge it, by topic. */
export function warningsOf(construct: IConstruct): Record<string, string> {
  return Object.fromEntries(construct.node.metadata
    .filter(({ type }) => type === 'aws:cdk:warning')
    .map(({ data }) => /^([^]*) \[ack: cdk-django-on-fargate:([\w-]+)\]$/.exec(data as string)!)
    .map(([, text, topic]) => [topic, text]));
}

/** Values that are known at deployment only. */
export const TOKEN = {
  string: () => Lazy.string({ produce: () => 'later' }),
  number: (value = 7) => Lazy.number({ produce: () => value }),
  seconds: (value = 7) => Duration.seconds(Lazy.number({ produce: () => value })),
  minutes: (value = 7) => Duration.minutes(Lazy.number({ produce: () => value })),
  days: (value = 7) => Duration.days(Lazy.number({ produce: () => value })),
};

/** Props as they arrive from Python: what is left out stands there as `undefined`. */
export function fromPython<P extends object>(props: P, ...names: string[]): P {
  return { ...Object.fromEntries(names.map((name) => [name, undefined])), ...props };
}
