import { CfnElement, Stack } from 'aws-cdk-lib/core';
import { Resource } from '../budgets/synthesised';

type Resources = Record<string, Resource>;

/** Who waits for whom in a template, as CloudFormation sees it. */
export class Dependencies {
  private readonly direct: Map<string, Set<string>>;
  private readonly all = new Map<string, Set<string>>();

  public constructor(private readonly resources: Resources) {
    this.direct = new Map(Object.entries(resources).map(([id, resource]) => [id, new Set([
      ...references(resource.Properties).filter((name) => name in resources),
      ...[resource.DependsOn ?? []].flat(),
    ])]));
  }

  /** All that a resource waits for, over others too. */
  public of(id: string): Set<string> {
    let found = this.all.get(id);
    if (!found) {
      const direct = [...this.direct.get(id)!];
      found = new Set([...direct, ...direct.flatMap((other) => [...this.of(other)])]);
      this.all.set(id, found);
    }
    return found;
  }

  /** All that wait for a resource. */
  public dependentsOf(id: string): string[] {
    return Object.keys(this.resources).filter((other) => this.of(other).has(id));
  }

  /** The longest chain of resources that are made one after the other, the last one first. */
  public longestPath(): string[] {
    const paths = new Map<string, string[]>();
    const pathTo = (id: string): string[] => {
      if (!paths.has(id)) {
        paths.set(id, [id, ...longest([...this.direct.get(id)!].map(pathTo))]);
      }
      return paths.get(id)!;
    };
    return longest(Object.keys(this.resources).map(pathTo));
  }

  /** Some of the resources by the turns that CloudFormation takes: each waits for one of the turn before it. */
  public turns(ids: string[]): string[][] {
    const turnOf = (id: string): number => 1 + Math.max(-1, ...ids.filter((other) => this.of(id).has(other)).map(turnOf));
    const turns: string[][] = [];
    ids.forEach((id) => (turns[turnOf(id)] ??= []).push(id));
    return turns;
  }
}

/** The names in every `Ref`, `Fn::GetAtt` and `Fn::Sub` of a value. */
export function references(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(references);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    switch (key) {
      case 'Ref': return [inner];
      case 'Fn::GetAtt': return [Array.isArray(inner) ? inner[0] : inner.split('.')[0]];
      case 'Fn::Sub': {
        const [text, variables] = Array.isArray(inner) ? inner : [inner, {}];
        const names = [...text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, name]) => name);
        return [...names.filter((name) => !(name in variables)), ...references(variables)];
      }
      default: return references(inner);
    }
  });
}

/** The constructs of logical ids, by their path below the stack. */
export function pathsOf(stack: Stack, ids: Iterable<string>): string[] {
  const paths = new Map(stack.node.findAll().filter(CfnElement.isCfnElement)
    .map((element) => [stack.resolve(element.logicalId), element.node.path.slice(stack.node.path.length + 1).replace(/\/Resource$/, '')]));
  return [...ids].map((id) => paths.get(id)!).sort();
}

function longest(lists: string[][]): string[] {
  return lists.reduce((longer, list) => list.length > longer.length ? list : longer, []);
}
