/** Below it, priorities are the user's. */
const FIRST_PRIORITY = 1000;
/** Priorities for paths that say equally much: 256 such bands fit below the one of the catch-all rule. */
const BAND = 190;
const MOST_CHARACTERS = 128;

/** How much a path pattern says: the characters before its first wildcard, and more where it has none. */
export function specificity(pattern: string): number {
  const wildcard = pattern.search(/[*?]/);
  return 2 * Math.min(MOST_CHARACTERS, wildcard < 0 ? pattern.length : wildcard) + (wildcard < 0 ? 1 : 0);
}

/** Patterns with what says most first. */
export function bySpecificity(first: string, second: string): number {
  return specificity(second) - specificity(first) || (first < second ? -1 : 1);
}

/**
 * Priority of a rule by its first pattern alone, so that it stays when other rules come and go; the next free one where
 * another rule has it.
 */
export function priorityOf(pattern: string, taken: ReadonlySet<number>): number {
  const start = FIRST_PRIORITY + (2 * MOST_CHARACTERS + 1 - specificity(pattern)) * BAND;
  const offset = hash(pattern) % BAND;
  const candidates = Array.from({ length: BAND }, (_, step) => start + (offset + step) % BAND);
  // A load balancer has 100 rules at most, so one is free.
  return candidates.find((priority) => !taken.has(priority)) ?? start;
}

/** Whether a pattern matches whatever another one does. */
export function covers(pattern: string, other: string): boolean {
  const expression = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*').replace(/\?/g, '[^*]');
  return new RegExp(`^${expression}$`).test(other);
}

/** Spreads paths over a band. */
function hash(text: string): number {
  return [...text].reduce((value, character) => (value * 31 + character.charCodeAt(0)) % 1_000_003, 7);
}
