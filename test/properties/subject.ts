import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { JUNK, SEED } from './arbitraries';
import { messageOf } from '../helpers';

type Options = Record<string, unknown>;

/** What is said of a construct whatever its options are. */
export interface Subject<P extends object> {
  /** Name of the class, and id of the construct in the stack. */
  readonly name: string;

  /** Makes the construct and uses it as a project does. */
  readonly define: (stack: Stack, options: P) => void;

  readonly valid: fc.Arbitrary<P>;

  /** What holds for the template of each valid input. */
  readonly expectOf: (template: Template, options: P) => void;

  /** For each option, also of nested ones (`serverless.maxStorageGb`): values that no valid input has, whatever the others are. */
  readonly invalid: [string, fc.Arbitrary<unknown>][];

  /** Options that take tokens, and such tokens. */
  readonly tokens: [string, () => unknown][];

  /** Options that the others are held against where one of them is out of place. */
  readonly base?: Partial<P>;
}

export function describeProperties<P extends object>({ name, define, valid, expectOf, invalid, tokens, base = {} }: Subject<P>): void {
  const synthesise = (options: P) => {
    const stack = new Stack(new App(), 'Stack');
    define(stack, options);
    const template = Template.fromStack(stack);
    expect(Annotations.fromStack(stack).findError('*', Match.anyValue())).toEqual([]);
    return template;
  };

  test('any valid input synthesises, and keeps what must always hold', () => {
    fc.assert(fc.property(valid, (options) => expectOf(synthesise(options), options)), SEED);
  });

  test.each(invalid)('any invalid input in %s is refused by us, by its name', (option, values) => {
    fc.assert(fc.property(values, (value) => {
      const message = messageOf(() => synthesise(withValue(base as Options, option, value) as P));
      expect(message.split('\n')[0]).toBe(`${name} at 'Stack/${name}' cannot be defined:`);
      expect(message).toContain(`'${option}'`);
      expect(message).not.toMatch(/TOKEN|TypeError|undefined \(reading|is not a function/);
    }), { ...SEED, numRuns: 12 });
  });

  if (tokens.length > 0) {
    test.each(tokens)('a token passes in %s', (option, token) => {
      expect(() => synthesise(withValue(base as Options, option, token()) as P)).not.toThrow();
    });
  }

  test.each([...new Set([...invalid, ...tokens].map(([option]) => option))])('whatever stands in %s, nobody but us refuses it', (option) => {
    const others = JUNK.flatMap((value) => {
      try {
        synthesise(withValue(base as Options, option, value) as P);
        return [];
      } catch (error) {
        const { message } = error as Error;
        return message.startsWith(`${name} at 'Stack/${name}' cannot be defined:`) ? [] : [message];
      }
    });
    expect(others).toEqual([]);
  });
}

/** The options with one of them, or of a nested one, set. */
function withValue(options: Options, path: string, value: unknown): Options {
  const [option, ...rest] = path.split('.');
  return { ...options, [option]: rest.length > 0 ? withValue((options[option] ?? {}) as Options, rest.join('.'), value) : value };
}
