/* eslint-disable @typescript-eslint/no-explicit-any */

/** A resource of the synthesized templates, as CloudFormation would make it: every reference in it is resolved. */
export interface Resource {
  readonly type: string;
  readonly properties: any;
  /** What `Ref` and `Fn::GetAtt` give for it. */
  readonly attributes: Record<string, string>;
}

/** Everything that the templates make, found by type and by what others call it, never by logical id. */
export class Account {
  constructor(readonly resources: readonly Resource[]) {}

  ofType(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The resource that something refers to by one of its attributes. */
  named(type: string, name: string): Resource {
    const found = this.find(type, name);
    if (!found) {
      throw new Error(`the templates refer to the ${type} ${JSON.stringify(name)}, which they do not make`);
    }
    return found;
  }

  find(type: string, name: string): Resource | undefined {
    return this.ofType(type).find(({ attributes }) => Object.values(attributes).includes(name));
  }

  /** The same account with resources of a type changed, and with others beside: what another template would have made. */
  with(type: string, change: (properties: any) => void, ...further: Resource[]): Account {
    return new Account([...this.resources.map((resource) => {
      const properties = structuredClone(resource.properties);
      if (resource.type === type) {
        change(properties);
      }
      return { ...resource, properties };
    }), ...further]);
  }
}
