import { Duration, Token } from 'aws-cdk-lib/core';
import { IConstruct } from 'constructs';
import { withoutNulls } from './options';

/**
 * One thing that props must fulfil: gives the sentence that names the prop, the value, what is
 * allowed and what to do; or nothing when the props are fine.
 */
export type Rule<P> = (props: P) => string | undefined;

/**
 * Gives the props without what is null, which counts as left out. Throws one error with every broken rule, as plain `Error` because
 * Python users see only the message.
 */
export function validateProps<P>(scope: IConstruct, className: string, props: P, rules: Rule<P>[]): P {
  // JavaScript lets props be left out even where some are required.
  const given = withoutNulls(props ?? {} as P);
  const broken = typeof given === 'object' && !Array.isArray(given)
    ? joined(rules.map((rule) => rule(given)))
    : `the props must be an object, got ${show(given)}: name each value`;
  if (broken !== undefined) {
    throw new Error(definitionError(scope, className, [broken]));
  }
  return given;
}

/** Several messages as one, each but the first on a line of its own; nothing where there is none. */
export function joined(messages: (string | undefined)[]): string | undefined {
  const found = messages.filter((message) => message !== undefined);
  return found.length > 0 ? found.join('\n- ') : undefined;
}

/** The message for something that cannot be defined, with a line for each reason. */
export function definitionError(scope: IConstruct, className: string, reasons: string[]): string {
  return [`${className} at '${scope.node.path}' cannot be defined:`, ...reasons.map((reason) => `- ${reason}`)].join('\n');
}

/** The prop, if given and known at synth, must be a whole number in a range. */
export function integerBetween<P>(prop: keyof P & string, min: number, max: number, unit = '', advice = ''): Rule<P> {
  return whenGiven(prop, (value) => isTokenOf('number', value) || (Number.isInteger(value) && (value as number) >= min && (value as number) <= max)
    ? undefined
    : `must be a whole number between ${min} and ${max}${suffix(unit)}, got ${show(value)}${advice && `: ${advice}`}`);
}

/** The prop, if given and known at synth, must be a duration in a range. */
export function durationBetween<P>(prop: keyof P & string, min: Duration, max: Duration, advice = ''): Rule<P> {
  return whenGiven(prop, (value) => {
    if (!isDuration(value)) {
      const meant = typeof value === 'number' && isKnown(value) ? `: use ${asDuration(value, min)}` : '';
      return `must be a Duration between ${show(min)} and ${show(max)}, got ${show(value)}${meant}`;
    }
    if (!isKnown(value)) {
      return undefined;
    }
    const fits = value.toMilliseconds() >= min.toMilliseconds() && value.toMilliseconds() <= max.toMilliseconds();
    return fits ? undefined : `must be between ${show(min)} and ${show(max)}, got ${show(value)}${advice && `: ${advice}`}`;
  });
}

/** The duration, if given and known at synth, must be in whole units: AWS takes nothing finer. */
export function wholeUnits<P>(prop: keyof P & string, unit: 'seconds' | 'hours' | 'days'): Rule<P> {
  const milliseconds = Duration[unit](1).toMilliseconds();
  return ({ [prop]: value }) => {
    if (!isDuration(value)) {
      return undefined;
    }
    if (value.isUnresolved()) {
      return value.unitLabel() === unit ? undefined : `'${prop}' must be a Duration.${unit}(...) where its amount is a token, got Duration.${value.unitLabel()}(...)`;
    }
    return value.toMilliseconds() % milliseconds === 0 ? undefined : `'${prop}' must be in whole ${unit}, got ${show(value)}`;
  };
}

/** The prop must not be a token, because other values are computed from it; `what` names them. */
export function knownAtSynthesis<P>(prop: keyof P & string, what: string): Rule<P> {
  return (props) => isGiven(props[prop]) && !isKnown(props[prop])
    ? `'${prop}' must be known at synthesis, because ${what} computed from it: give it as a plain value, not as a token`
    : undefined;
}

/** The prop, if given and known at synth, must match a pattern; `must` completes the sentence "'prop' must ...". */
export function matches<P>(prop: keyof P & string, pattern: RegExp, must: string | ((value: string) => string)): Rule<P> {
  return whenGiven(prop, (value) => isTokenOf('string', value) || (typeof value === 'string' && pattern.test(value))
    ? undefined
    : `must ${typeof must === 'string' ? must : must(String(value))}, got ${show(value)}`);
}

/** The prop, if given and known at synth, must be one of a list. */
export function oneOf<P>(prop: keyof P & string, allowed: readonly (string | number)[], unit = ''): Rule<P> {
  return whenGiven(prop, (value) => isTokenOf(typeof allowed[0] as 'string' | 'number', value) || allowed.includes(value as string | number)
    ? undefined
    : `must be one of ${allowed.join(', ')}${suffix(unit)}, got ${show(value)}`);
}

/** A value as users wrote it, for messages. */
export function show(value: unknown): string {
  if (isDuration(value)) {
    return value.isUnresolved() || isTwoUnits(value.toMilliseconds()) ? value.toHumanString() : `${value.toMilliseconds() / 1000} seconds`;
  }
  if (typeof value === 'number') {
    // JSON has no word for NaN and Infinity.
    return Token.isUnresolved(value) ? 'a token that is a number' : String(value);
  }
  // The element of a list that is a token has a form of its own.
  if (typeof value === 'string' && (Token.isUnresolved(value) || Token.isUnresolved([value]))) {
    return 'a token';
  }
  if (typeof value === 'function') {
    return `the function ${show(value.name)}`;
  }
  if (typeof value === 'bigint') {
    return `${value}n`;
  }
  if (Array.isArray(value)) {
    return Token.isUnresolved(value) ? 'a token that is a list' : `[${value.map(show).join(',')}]`;
  }
  return isPlain(value) ? withoutTokens(JSON.stringify(value) ?? String(value)) : `an object of ${(value as object).constructor.name}`;
}

/** Whether a value is given: JavaScript and JSON have `null` beside `undefined` for what is left out. */
export function isGiven<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null;
}

/** Whether a value is given and is not a token: only then can a rule judge it. */
export function isKnown<T>(value: T): value is NonNullable<T> {
  return isGiven(value) && !(isDuration(value) ? value.isUnresolved() : Token.isUnresolved(value));
}

/** By its shape, because a user's own copy of CDK has a `Duration` of its own. */
export function isDuration(value: unknown): value is Duration {
  return typeof (value as Duration | undefined)?.toMilliseconds === 'function';
}

/** The call that a plain number was probably meant as: in the unit of the shortest duration that is allowed. */
function asDuration(amount: number, min: Duration): string {
  const milliseconds = min.toMilliseconds();
  const unit = milliseconds >= 86_400_000 ? 'days' : milliseconds >= 60_000 || min.unitLabel() === 'minutes' ? 'minutes' : 'seconds';
  return `Duration.${unit}(${show(amount)})`;
}

/** Tokens inside of an object have no form that users know. */
function withoutTokens(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*[$#]\{Token\[(?:[^"\\]|\\.)*"/g, 'a token');
}

/** Whether JSON shows a value as it was written: no construct, which leads to the whole app. */
function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null || [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

/** Whether CDK's text for a duration, which has the two largest units only, is the whole of it. */
function isTwoUnits(milliseconds: number): boolean {
  const secondUnit = [[86_400_000, 3_600_000], [3_600_000, 60_000], [60_000, 1000]].find(([first]) => milliseconds >= first)?.[1] ?? 1;
  return milliseconds % secondUnit === 0;
}

/** Whether a value is known in the deployment only, and then has a type. */
export function isTokenOf(type: 'string' | 'number', value: unknown): boolean {
  return typeof value === type && !isKnown(value);
}

function whenGiven<P>(prop: keyof P & string, judge: (value: NonNullable<P[keyof P]>) => string | undefined): Rule<P> {
  return (props) => {
    const value = props[prop];
    const verdict = isGiven(value) ? judge(value) : undefined;
    return verdict && `'${prop}' ${verdict}`;
  };
}

function suffix(unit: string): string {
  return unit && ` ${unit}`;
}
