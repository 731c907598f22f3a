import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import { App, CfnElement, Stack } from 'aws-cdk-lib/core';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { AwsSolutionsChecks } from 'cdk-nag';
import { IConstruct } from 'constructs';
import { ProcessDefinition } from '../../src';
import { Resource } from '../budgets/synthesised';

type Values = Record<string, unknown>;

/** Container as it stands in the template of its process. */
export interface Container {
  readonly image: unknown;
  readonly command: string[];
  readonly entryPoint: string[];
  readonly environment: Values;
  readonly secrets: Values;
  readonly definition: Values;
}

/** System of one or more stacks as a team has it: synthesised once, with the feature flags that `cdk init` writes. */
export class System<S> {
  public readonly app: App;

  /** What the team's own code made. */
  public readonly made: S;

  private readonly templates = new Map<Stack, Values>();

  public constructor(define: (app: App) => S, context: Values = {}) {
    const outdir = mkdtempSync(join(tmpdir(), 'system-'));
    try {
      this.app = new App({ outdir, context: { ...recommendedFlags, '@aws-cdk/core:annotationsInValidationReport': false, ...context }, analyticsReporting: false });
      this.made = define(this.app);
      this.app.synth();
      this.stacks.forEach((stack) => this.templates.set(stack, JSON.parse(readFileSync(join(outdir, stack.templateFile), 'utf8'))));
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  }

  public get stacks(): Stack[] {
    return this.app.node.findAll().filter(Stack.isStack);
  }

  public templateOf(construct: IConstruct): Template {
    return Template.fromJSON(this.templates.get(Stack.of(construct))!);
  }

  /** The logical id of a construct, or of its default child. */
  public idOf(construct: IConstruct): string {
    const element = CfnElement.isCfnElement(construct) ? construct : construct.node.defaultChild as CfnElement;
    return Stack.of(element).resolve(element.logicalId);
  }

  public resourceOf(construct: IConstruct): Resource {
    const { Resources } = this.templates.get(Stack.of(construct)) as { Resources: Record<string, Resource> };
    return Resources[this.idOf(construct)];
  }

  public propertiesOf(construct: IConstruct): Values {
    return this.resourceOf(construct).Properties ?? {};
  }

  /** Every resource of a type, of all stacks. */
  public all(type: string): Values[] {
    return [...this.templates.values()].flatMap(({ Resources }) => Object.values(Resources as Record<string, Resource>))
      .filter(({ Type }) => Type === type).map(({ Properties }) => Properties ?? {});
  }

  /** Every resource of all stacks. */
  public get resources(): Resource[] {
    return [...this.templates.values()].flatMap(({ Resources }) => Object.values(Resources as Record<string, Resource>));
  }

  /** The outputs of a stack, by the words that their names end with. */
  public outputOf(construct: IConstruct, ending: string): Values {
    const { Outputs } = this.templates.get(Stack.of(construct)) as { Outputs: Record<string, Values> };
    return Object.entries(Outputs).find(([name]) => name.endsWith(ending))![1];
  }

  public containerOf({ taskDefinition, containerName }: ProcessDefinition): Container {
    const containers = this.propertiesOf(taskDefinition).ContainerDefinitions as Values[];
    const definition = containers.find(({ Name }) => Name === containerName)!;
    const named = (list: unknown, value: string) => Object.fromEntries((list as Values[] ?? []).map((item) => [item.Name, item[value]]));
    return {
      definition,
      image: definition.Image,
      command: definition.Command as string[],
      entryPoint: definition.EntryPoint as string[],
      environment: named(definition.Environment, 'Value'),
      secrets: named(definition.Secrets, 'ValueFrom'),
    };
  }

  /** The statements of what a role may do. */
  public statementsOf(role: IConstruct): Values[] {
    const policy = role.node.tryFindChild('DefaultPolicy');
    return policy ? (this.propertiesOf(policy).PolicyDocument as { Statement: Values[] }).Statement : [];
  }

  public get warnings(): string[] {
    return this.messages('aws:cdk:warning');
  }

  public get errors(): string[] {
    return this.messages('aws:cdk:error');
  }

  /** What the AWS Solutions pack of cdk-nag finds and nobody has acknowledged. */
  public get findings(): string[] {
    return new AwsSolutionsChecks(this.app).validateScope(this.app).violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`));
  }

  private messages(type: string): string[] {
    return this.app.node.findAll().flatMap(({ node }) => node.metadata.filter((entry) => entry.type === type).map(({ data }) => `${node.path}: ${data as string}`));
  }
}

/** What holds for each system. */
export function passesTheGates<S>(system: System<S>, ...expectedWarnings: string[]): void {
  test('synthesises without errors, with no other warnings than its choices ask for, and nothing that cdk-nag finds', () => {
    expect(system.errors).toEqual([]);
    expect(system.warnings.map((text) => /\[ack: (.*)\]$/.exec(text)?.[1] ?? text).sort()).toEqual(expectedWarnings.sort());
    expect(system.findings).toEqual([]);
  });

  test('has no cyclic references, neither between stacks nor between resources', () => {
    // The assembly would have refused the one, a Template refuses the other.
    expect(() => system.stacks.forEach((stack) => system.templateOf(stack))).not.toThrow();
  });

  test('has no public database and no public cache', () => {
    system.all('AWS::RDS::DBInstance').forEach(({ PubliclyAccessible }) => expect([false, undefined]).toContain(PubliclyAccessible));
    const groups = [...system.all('AWS::RDS::DBSubnetGroup'), ...system.all('AWS::ElastiCache::SubnetGroup')];
    expect(groups.length).toBeGreaterThan(0);
    groups.forEach(({ SubnetIds }) => expect(JSON.stringify(SubnetIds)).not.toMatch(/PublicSubnet/));
    // Addresses may be let in by the load balancer, on its ports, and inside of the network by a NAT instance.
    const fromAnywhere = [...system.all('AWS::EC2::SecurityGroup').flatMap(({ SecurityGroupIngress }) => SecurityGroupIngress as Values[] ?? []), ...system.all('AWS::EC2::SecurityGroupIngress')]
      .filter(({ CidrIp, CidrIpv6 }) => CidrIp === '0.0.0.0/0' || CidrIpv6 === '::/0');
    fromAnywhere.forEach(({ FromPort }) => expect([80, 443]).toContain(FromPort));
  });

  test('has every secret in Secrets Manager or the Parameter Store, none in a template', () => {
    system.all('AWS::ECS::TaskDefinition').flatMap(({ ContainerDefinitions }) => ContainerDefinitions as Values[]).forEach(({ Environment }) => {
      (Environment as { Name: string; Value: unknown }[] ?? []).forEach(({ Name, Value }) => {
        expect(JSON.stringify(Value)).not.toContain('{{resolve:');
        expect(`${Name}=${JSON.stringify(Value)}`).not.toMatch(/(SECRET|PASSWORD|TOKEN|API_KEY|CREDENTIALS)[A-Z_]*="[^"]/);
      });
    });
    expect(literalSecrets(system.resources.map(({ Properties }) => Properties))).toEqual([]);
  });
}

/** Properties of resources that hold a secret and say it. */
function literalSecrets(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, inner]) =>
    /^(MasterUserPassword|AuthToken|SecretString|Password|Passwords)$/.test(name) && !JSON.stringify(inner).includes('{{resolve:secretsmanager:')
      ? [`${name}: ${JSON.stringify(inner)}`]
      : literalSecrets(inner));
}

/** A file of the project's documentation. */
export function readDocs(...path: string[]): string {
  return readFileSync(join(__dirname, '..', '..', ...path), 'utf8');
}
