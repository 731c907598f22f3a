/** Numbers of resources of a template by their type. */
export function countByType(template: object): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { Type } of Object.values((template as { Resources: Record<string, { Type: string }> }).Resources)) {
    counts.set(Type, (counts.get(Type) ?? 0) + 1);
  }
  return counts;
}

/** Number of all resources. */
export function total(counts: Map<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** A line for each type whose number differs. */
export function unequalCounts(one: Map<string, number>, other: Map<string, number>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].sort()
    .filter((type) => one.get(type) !== other.get(type))
    .map((type) => `${type}: ${one.get(type) ?? 0}, ${other.get(type) ?? 0}`);
}
