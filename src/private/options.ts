/**
 * The options that are given. Python hands over each one that is left out as `undefined`, which would
 * override a default in a spread.
 */
export function given<T extends object>(options: T | undefined): T {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as T;
}

/** Options that are lists of a user's own names: what stands there is for rules to judge. */
const OWN_NAMES = ['environment', 'secrets', 'buildArgs', 'parameters'];

/**
 * The options without those that are null, which JavaScript and JSON have beside `undefined` for what is left out; also
 * those of structs in them. What holds no null stays the same object, because from Python an object with methods looks like a struct.
 */
export function withoutNulls<T>(options: T): T {
  if (Array.isArray(options)) {
    const elements = options.map(withoutNulls);
    return elements.some((element, index) => element !== options[index]) ? elements as T : options;
  }
  if (!isStruct(options)) {
    return options;
  }
  const before = Object.entries(options);
  const after = before.filter(([, value]) => value !== null).map(([name, value]) => [name, OWN_NAMES.includes(name) ? value : withoutNulls(value)] as const);
  return after.length < before.length || after.some(([name, value]) => value !== options[name]) ? Object.fromEntries(after) as T : options;
}

/** Whether a value is nothing but its properties. */
function isStruct(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))
    && Reflect.ownKeys(value).length === Object.keys(value).length;
}
