/**
 * The options that are given. Python hands over each one that is left out as `undefined`, which would
 * override a default in a spread.
 */
export function given<T extends object>(options: T | undefined): T {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as T;
}
