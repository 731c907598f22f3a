import { nearest } from '../../private/nearest';

/** Where the abbreviations that people use mostly come from. */
const BY_ABBREVIATION: Record<string, string> = {
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  PT: 'America/Los_Angeles',
  MST: 'America/Denver',
  MDT: 'America/Denver',
  MT: 'America/Denver',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  CT: 'America/Chicago',
  EST: 'America/New_York',
  EDT: 'America/New_York',
  ET: 'America/New_York',
  HST: 'Pacific/Honolulu',
  AKST: 'America/Anchorage',
  BRT: 'America/Sao_Paulo',
  BST: 'Europe/London',
  WET: 'Europe/Lisbon',
  CET: 'Europe/Berlin',
  CEST: 'Europe/Berlin',
  MEZ: 'Europe/Berlin',
  EET: 'Europe/Helsinki',
  EEST: 'Europe/Helsinki',
  MSK: 'Europe/Moscow',
  IST: 'Asia/Kolkata',
  SGT: 'Asia/Singapore',
  JST: 'Asia/Tokyo',
  KST: 'Asia/Seoul',
  AEST: 'Australia/Sydney',
  AEDT: 'Australia/Sydney',
  NZST: 'Pacific/Auckland',
  Z: 'UTC',
  ZULU: 'UTC',
};

const ALONE = ['UTC', 'GMT'];
const IANA_FORM = /^[A-Z]\w*([/+-]\w+)+$/;

/** Months of some years, fixed so that templates do not change with the day. */
const REFERENCE_MONTHS = Array.from({ length: 37 }, (_, index) => Date.UTC(2026, index, 1));

const formats = new Map<string, Intl.DateTimeFormat>();
const approved = new Set<string>();
const changes = new Map<string, ClockChanges>();

/** What a time zone does with its clocks. */
interface ClockChanges {
  readonly minutes: number;
  readonly skipped: SkippedMinutes[];
}


/** When clocks are put forward: the minutes of that day that do not exist. */
export interface SkippedMinutes {
  /** Day on which it happens, at midnight UTC. */
  readonly day: Date;
  readonly from: number;

  /** The first that exists again. */
  readonly to: number;
}

/** Why a text is no time zone, as the end of a sentence that begins with it. */
export function timeZoneProblem(name: unknown): string | undefined {
  if (typeof name === 'string' && approved.has(name)) {
    return undefined;
  }
  const problem = findProblem(name);
  if (typeof name === 'string' && problem === undefined) {
    approved.add(name);
  }
  return problem;
}

function findProblem(name: unknown): string | undefined {
  const shown = JSON.stringify(name);
  if (typeof name !== 'string') {
    return `must have the name of a time zone of IANA, got ${shown}, e.g. 'Europe/Berlin'`;
  }
  const known = Intl.supportedValuesOf('timeZone');
  const sameLetters = known.find((zone) => zone.toLowerCase() === name.toLowerCase());
  if (ALONE.includes(name) || sameLetters === name || (sameLetters === undefined && IANA_FORM.test(name) && name.includes('/') && offsetMinutes(name, 0) !== undefined)) {
    return undefined;
  }
  const plain = name.trim().toUpperCase();
  const suggestion = sameLetters
    ?? (ALONE.includes(plain) ? plain : undefined)
    ?? BY_ABBREVIATION[plain]
    ?? known.find((zone) => zone.split('/').pop()!.toUpperCase() === plain.replace(/ /g, '_'))
    ?? nearest(name, known);
  return `must have the name of a time zone of IANA, got ${shown}: write '${suggestion ?? 'Europe/Berlin'}'${suggestion ? '' : ', for example'}`;
}

/** How much the clocks of a time zone are put forward and back in a year, in minutes. */
export function clockChange(zone: string): number {
  return changesOf(zone).minutes;
}

/** The times that do not exist in a time zone since clocks are put forward, in some years to come. */
export function skippedMinutes(zone: string): SkippedMinutes[] {
  return changesOf(zone).skipped;
}

function changesOf(zone: string): ClockChanges {
  const before = changes.get(zone);
  if (before) {
    return before;
  }
  const offsets = REFERENCE_MONTHS.map((time) => offsetMinutes(zone, time) ?? 0);
  const found = {
    minutes: Math.max(...offsets) - Math.min(...offsets),
    skipped: offsets.slice(1).flatMap((later, index) => later > offsets[index]
      ? [skippedBetween(zone, REFERENCE_MONTHS[index], REFERENCE_MONTHS[index + 1], offsets[index], later)]
      : []),
  };
  changes.set(zone, found);
  return found;
}

/** Finds the minute at which the offset changes. */
function skippedBetween(zone: string, start: number, end: number, earlier: number, later: number): SkippedMinutes {
  let [before, after] = [start, end];
  while (after - before > 60_000) {
    const middle = before + Math.floor((after - before) / 120_000) * 60_000;
    [before, after] = offsetMinutes(zone, middle) === earlier ? [middle, after] : [before, middle];
  }
  const local = after + earlier * 60_000;
  const day = new Date(local - local % 86_400_000);
  const from = (local - day.getTime()) / 60_000;
  return { day, from, to: from + later - earlier };
}

/** How far a time zone is before UTC at a time; nothing for unknown names. */
export function offsetMinutes(zone: string, time: number): number | undefined {
  try {
    const format = formats.get(zone) ?? new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(time)) ?? [];
    return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  } catch {
    return undefined;
  }
}
