import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DjangoVariable } from '../../config/django-variable';
import { environmentNameProblem } from '../../private/environment-name';
import { environmentValueProblem } from '../../private/environment-rules';
import { definitionError, isKnown, show } from '../../private/validation';

/** ECS reads all secrets of a container before it starts it. */
const MANY_SECRETS = 60;

/** Where servers read their port. */
const PORT_NAMES = ['PORT', 'UVICORN_PORT'];

/** Who sets a variable. */
export type Origin = string;

export const OWN: Origin = 'you';

/** The library as the origin of what it hands over. */
export function originOf(variable: DjangoVariable): Origin {
  return `the library (DjangoVariable.${variable})`;
}

/** The variables of a container. A name has one origin: setting it twice would silently drop one value. */
export class ContainerVariables {
  private readonly origins = new Map<string, Origin>();
  private secretCount = 0;

  public constructor(
    private readonly scope: Construct,
    private readonly container: ecs.ContainerDefinition,
    private readonly defaults: Map<string, string>,
  ) {}

  /** Whether a variable is set already, by more than a default. */
  public has(name: string): boolean {
    return this.origins.has(name);
  }

  /** Whether a variable is set, by more than a default, whose name fits. */
  public hasOneLike(name: RegExp): boolean {
    return [...this.origins.keys()].some((known) => name.test(known));
  }

  public set(name: string, value: string, origin: Origin): void {
    this.claim(name, origin, environmentValueProblem(value) ?? this.portProblem(name, value, origin));
    this.container.addEnvironment(name, value);
  }

  public setSecret(name: string, secret: ecs.Secret, origin: Origin): void {
    this.claim(name, origin);
    this.container.addSecret(name, secret);
    this.secretCount += 1;
    if (this.secretCount === MANY_SECRETS + 1) {
      Annotations.of(this.scope).addWarningV2('cdk-django-on-fargate:many-secrets',
        `A task reads more than ${MANY_SECRETS} secrets before it starts, which makes starts slow and runs into limits of the secret store. ` +
        'Keep several values as keys of one secret and read it as JSON.');
    }
  }

  /** Sets a variable unless something else sets it, now or later. */
  public setDefault(name: string, value: string): void {
    this.refuse(name, environmentNameProblem(name) ?? environmentValueProblem(value));
    if (!this.has(name)) {
      this.defaults.set(name, value);
    }
  }

  private claim(name: string, origin: Origin, valueProblem?: string): void {
    this.refuse(name, environmentNameProblem(name) ?? valueProblem ?? this.originProblem(name, origin));
    this.origins.set(name, origin);
    this.defaults.delete(name);
  }

  private refuse(name: string, problem?: string): void {
    if (problem) {
      throw new Error(definitionError(this.scope, 'ProcessDefinition', [`the variable ${JSON.stringify(name)} ${problem}`]));
    }
  }

  /** A server that listens elsewhere than the load balancer asks is never healthy. */
  private portProblem(name: string, value: string, origin: Origin): string | undefined {
    const port = this.container.portMappings[0]?.containerPort;
    return origin === OWN && PORT_NAMES.includes(name) && isKnown(port) && isKnown(value) && value !== String(port)
      ? `must be left out, got ${show(value)}: the load balancer asks port ${port}; give the port as 'containerPort', in a DjangoOnFargate 'web.containerPort'`
      : undefined;
  }

  private originProblem(name: string, origin: Origin): string | undefined {
    const before = this.origins.get(name);
    if (before === undefined) {
      return undefined;
    }
    if (before === OWN && origin === OWN) {
      return 'is set twice by you: keep one of them';
    }
    return before === OWN || origin === OWN
      ? `is set by ${before} and by ${origin}: remove yours, or give the library's another name, or none by [], with \`EnvironmentConvention.custom\``
      : `is set by ${before} and again by ${origin}: attach one backing service of the kind only, or give the second one a 'variablePrefix', e.g. 'REPORTS_'`;
  }
}
