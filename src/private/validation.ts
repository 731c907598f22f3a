import { Duration, Token } from 'aws-cdk-lib/core';
import { IConstruct } from 'constructs';

/**
 * One thing that props must fulfil: gives the sentence that names the prop, the value, what is
 * allowed and what to do; or nothing when the props are fine.
 */
export type Rule<P> = (props: P) => string | undefined;

/**
 * Throws one error with every broken rule, as plain `Error` because Python users see only the message.
 */
export function validateProps<P>(scope: IConstruct, className: string, props: P, rules: Rule<P>[]): void {
  const broken = rules.map((rule) => rule(props)).filter((message) => message !== undefined);
  if (broken.length > 0) {
    throw new Error(definitionError(scope, className, broken));
  }
}

/** The message for something that cannot be defined, with a line for each reason. */
export function definitionError(scope: IConstruct, className: string, reasons: string[]): string {
  return [`${className} at '${scope.node.path}' cannot be defined:`, ...reasons.map((reason) => `- ${reason}`)].join('\n');
}

/** The prop, if given and known at synth, must be a whole number in a range. */
export function integerBetween<P>(prop: keyof P & string, min: number, max: number, unit = '', advice = ''): Rule<P> {
  return whenKnown(prop, (value) => (Number.isInteger(value) && (value as number) >= min && (value as number) <= max)
    ? undefined
    : `must be a whole number between ${min} and ${max}${suffix(unit)}, got ${show(value)}${advice && `: ${advice}`}`);
}

/** The prop, if given and known at synth, must be a duration in a range. */
export function durationBetween<P>(prop: keyof P & string, min: Duration, max: Duration, advice = ''): Rule<P> {
  return whenKnown(prop, (value) => {
    const duration = value as unknown as Duration;
    const fits = duration.toMilliseconds() >= min.toMilliseconds() && duration.toMilliseconds() <= max.toMilliseconds();
    return fits ? undefined : `must be between ${show(min)} and ${show(max)}, got ${show(value)}${advice && `: ${advice}`}`;
  });
}

/** The prop, if given and known at synth, must match a pattern; `must` completes the sentence "'prop' must ...". */
export function matches<P>(prop: keyof P & string, pattern: RegExp, must: string | ((value: string) => string)): Rule<P> {
  return whenKnown(prop, (value) => typeof value === 'string' && pattern.test(value)
    ? undefined
    : `must ${typeof must === 'string' ? must : must(String(value))}, got ${show(value)}`);
}

/** The prop, if given and known at synth, must be one of a list. */
export function oneOf<P>(prop: keyof P & string, allowed: readonly (string | number)[], unit = ''): Rule<P> {
  return whenKnown(prop, (value) => allowed.includes(value as string | number)
    ? undefined
    : `must be one of ${allowed.join(', ')}${suffix(unit)}, got ${show(value)}`);
}

/** A value as users wrote it, for messages. */
export function show(value: unknown): string {
  return value instanceof Duration ? value.toHumanString() : JSON.stringify(value) ?? String(value);
}

/** Whether a value is given and is not a token: only then can a rule judge it. */
export function isKnown<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null && !(value instanceof Duration ? value.isUnresolved() : Token.isUnresolved(value));
}

function whenKnown<P>(prop: keyof P & string, judge: (value: NonNullable<P[keyof P]>) => string | undefined): Rule<P> {
  return (props) => {
    const value = props[prop];
    const verdict = isKnown(value) ? judge(value) : undefined;
    return verdict && `'${prop}' ${verdict}`;
  };
}

function suffix(unit: string): string {
  return unit && ` ${unit}`;
}
