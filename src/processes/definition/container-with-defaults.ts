import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';

/** A container whose environment is completed when everything else is known: a default gives way to whatever else has its name. */
export class ContainerWithDefaults extends ecs.ContainerDefinition {
  public constructor(scope: Construct, id: string, props: ecs.ContainerDefinitionProps, private readonly defaults: ReadonlyMap<string, string>) {
    super(scope, id, props);
  }

  public override renderContainerDefinition(taskDefinition?: ecs.TaskDefinition): ecs.CfnTaskDefinition.ContainerDefinitionProperty {
    const rendered = super.renderContainerDefinition(taskDefinition);
    const environment = [
      ...(rendered.environment ?? []) as ecs.CfnTaskDefinition.KeyValuePairProperty[],
      ...[...this.defaults].map(([name, value]) => ({ name, value })),
    ];
    return { ...rendered, environment: environment.length > 0 ? environment : undefined };
  }
}
