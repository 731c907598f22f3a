/**
 * The options that are given. Python hands over each one that is left out as `undefined`, which would
 * override a default in a spread.
 */
export function given<T extends object>(options: T | undefined): T {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as T;
}

/** The options without those that are null, which JavaScript and JSON have beside `undefined` for what is left out. */
export function withoutNulls<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)) as T;
}
