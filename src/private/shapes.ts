import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { isDuration, isGiven, isKnown, joined, Rule, show } from './validation';

/** What a value must be, whatever it says: gives the end of the sentence "'prop' must be ..." where it is something else. */
export type Shape = (value: unknown) => string | undefined;

/** Something that is told by a member that it has, because a user's own copy of CDK has classes of its own. */
export interface Kind {
  readonly name: string;
  readonly member: string;
  readonly hint: string;
}

export const BACKING_SERVICE: Kind = {
  name: 'an IBackingService',
  member: 'attachTo',
  hint: 'implement its method attachTo(process), in Python as attach_to in a class with @jsii.implements(IBackingService)',
};
export const BUCKET: Kind = { name: 'an s3.IBucket', member: 'bucketArn', hint: "use s3.Bucket.fromBucketName(this, 'Bucket', 'my-bucket')" };
export const CERTIFICATE: Kind = {
  name: 'an acm.ICertificate', member: 'certificateArn', hint: "use acm.Certificate.fromCertificateArn(this, 'Certificate', 'arn:…')",
};
export const CLUSTER: Kind = {
  name: 'an ecs.ICluster', member: 'clusterName', hint: "use ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName, vpc })",
};
export const COMMAND_RUNNER: Kind = { name: 'a CommandRunner', member: 'stateMachine', hint: 'make one' };
export const CONVENTION: Kind = { name: 'an EnvironmentConvention', member: 'namesOf', hint: 'use EnvironmentConvention.custom({ ... })' };
export const HOSTED_ZONE: Kind = {
  name: 'a route53.IHostedZone', member: 'hostedZoneId', hint: "use route53.HostedZone.fromLookup(this, 'Zone', { domainName })",
};
export const IMAGE: Kind = { name: 'a DjangoImage', member: 'bind', hint: "use DjangoImage.fromDirectory('backend')" };
export const KEY: Kind = { name: 'a kms.IKey', member: 'keyArn', hint: "use kms.Key.fromKeyArn(this, 'Key', 'arn:…')" };
export const LOAD_BALANCER: Kind = { name: 'a WafProtectedAlb', member: 'addTargetGroup', hint: 'make one, or leave it out to have one made' };
export const PROCESS: Kind = { name: 'a ProcessDefinition', member: 'taskDefinition', hint: 'make one' };
export const QUEUE: Kind = { name: 'an sqs.IQueue', member: 'queueArn', hint: "use sqs.Queue.fromQueueArn(this, 'Queue', 'arn:…')" };
export const SECRET: Kind = {
  name: 'a secretsmanager.ISecret', member: 'secretArn', hint: "use secretsmanager.Secret.fromSecretNameV2(this, 'Secret', 'my-secret')",
};
export const SECURITY_GROUP: Kind = {
  name: 'an ec2.ISecurityGroup', member: 'securityGroupId', hint: "use ec2.SecurityGroup.fromSecurityGroupId(this, 'SecurityGroup', 'sg-…')",
};
export const SERVICE: Kind = { name: 'an ecs.IBaseService', member: 'serviceName', hint: 'e.g. web.service' };
export const TASK_SCHEDULE: Kind = {
  name: 'a TaskSchedule', member: '_read', hint: "use TaskSchedule.cron('0 3 * * ? *', 'Europe/Berlin') or TaskSchedule.rate(Duration.minutes(15))",
};
export const TOPIC: Kind = { name: 'an sns.ITopic', member: 'topicArn', hint: "make one, or use sns.Topic.fromTopicArn(this, 'Topic', 'arn:…')" };
export const VPC: Kind = { name: 'an ec2.IVpc', member: 'selectSubnets', hint: "use ec2.Vpc.fromLookup(this, 'Vpc', { vpcId })" };

/**
 * The rules of a struct as one: each value must have its shape, and what has it must follow the rules. They
 * see nothing of the values out of shape, and what they stumble over then is refused already.
 */
export function shaped<P extends object>(shapes: { readonly [K in keyof P]?: Shape }, rules: Rule<P>[]): Rule<P>[] {
  return [(props) => {
    const misshapen = Object.entries<Shape | undefined>(shapes)
      .map(([prop, shape]) => ({ prop, problem: shape?.((props as Record<string, unknown>)[prop]) }))
      .filter(({ problem }) => problem !== undefined);
    if (misshapen.length === 0) {
      return joined(rules.map((rule) => rule(props)));
    }
    const rest = { ...props, ...Object.fromEntries(misshapen.map(({ prop }) => [prop, undefined])) };
    return joined([...misshapen.map(({ prop, problem }) => `'${prop}' must be ${problem}`), ...rules.map((rule) => verdictIfAny(rule, rest))]);
  }];
}

/** A value that must be given. */
export function required(shape: Shape, hint: string): Shape {
  return (value) => !isGiven(value) ? `given: ${hint}` : shape(value);
}

/** Any value. */
export function anything(): undefined {
  return undefined;
}

/** An object of a kind. A construct of ours that has one inside is told so. */
export function an(kind: Kind): Shape {
  return (value) => {
    if (!isGiven(value) || isOf(kind, value)) {
      return undefined;
    }
    const inside = Construct.isConstruct(value) ? Object.entries(value).find(([name, member]) => /^[a-z]/.test(name) && isOf(kind, member))?.[0] : undefined;
    return `${kind.name}, got ${show(value)}: ${inside ? `give its '${inside}'` : kind.hint}`;
  };
}

/** Options, and not the construct that they would make. */
export function optionsOf(instead: string): Shape {
  return (value) => Construct.isConstruct(value) ? `options, got ${show(value)}: give ${instead}` : undefined;
}

/** An object of a kind, which must be given. */
export function requiredKind(kind: Kind): Shape {
  return required(an(kind), kind.hint);
}

/** A list of objects of a kind. */
export function listOf(kind: Kind): Shape {
  return (value) => {
    if (!isGiven(value)) {
      return undefined;
    }
    const stranger = Array.isArray(value) ? value.findIndex((element) => !isOf(kind, element)) : -1;
    return Array.isArray(value) && stranger < 0
      ? undefined
      : `a list with ${kind.name} as each element, got ${Array.isArray(value) ? `${show(value[stranger])} as element ${stranger + 1}` : show(value)}: ${kind.hint}`;
  };
}

/** A list of strings. */
export const strings: Shape = (value) => !isGiven(value) || (Array.isArray(value) && value.every((element) => typeof element === 'string'))
  ? undefined
  : `a list of strings, got ${show(value)}${typeof value === 'string' ? `: write [${show(value)}]` : ''}`;

/** A duration; the unit is the one that a plain number was probably meant in. */
export function duration(unit: 'seconds' | 'days'): Shape {
  return (value) => !isGiven(value) || isDuration(value)
    ? undefined
    : `a Duration, got ${show(value)}${typeof value === 'number' ? `: use Duration.${unit}(${show(value)})` : ''}`;
}

/** A member of an enum of ours. */
export function memberOf(name: string, members: Record<string, string>): Shape {
  return (value) => {
    if (!isGiven(value) || Object.values(members).includes(value as string)) {
      return undefined;
    }
    const plain = (text: unknown) => show(text).toUpperCase().replace(/[^A-Z0-9]/g, '');
    const meant = Object.keys(members).find((member) => plain(value).length > 2 && plain(member).startsWith(plain(value)));
    return `one of ${Object.keys(members).map((member) => `${name}.${member}`).join(', ')}, got ${show(value)}${meant ? `: use ${name}.${meant}` : ''}`;
  };
}

/** Yes or no. Words like 'false', which context from the command line consists of, would count as yes. */
export const boolean: Shape = (value) => !isKnown(value) || typeof value === 'boolean'
  ? undefined
  : `true or false, got ${show(value)}${value === 'true' || value === 'false' ? `: write ${value} without quotes` : ''}`;

/** A choice of subnets. */
export const subnets: Shape = (value) => !isGiven(value) || (typeof value === 'object' && !Array.isArray(value))
  ? undefined
  : `an ec2.SubnetSelection, got ${show(value)}: e.g. { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }`;

/** What happens to a resource that is removed from its stack. */
export const aRemovalPolicy: Shape = memberOf('RemovalPolicy', RemovalPolicy);

/** A secret by reference. What stands there instead is not shown, since it may be the secret. */
export const environmentSecret: Shape = (value) => !isGiven(value) || (isOf({ member: 'bind' }, value) && typeof (value as { bind?: unknown }).bind === 'function')
  ? undefined
  : 'an EnvironmentSecret, never the key itself, which would stand in the template: ' +
    'store it in Secrets Manager and give EnvironmentSecret.fromSecretName(\'shop/django\'), or leave it out to have one generated';

/** Whether a value is of a kind. */
export function isOf({ member }: Pick<Kind, 'member'>, value: unknown): boolean {
  return typeof value === 'object' && value !== null && member in value;
}

function verdictIfAny<P>(rule: Rule<P>, props: P): string | undefined {
  try {
    return rule(props);
  } catch {
    return undefined;
  }
}
