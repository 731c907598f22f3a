import { joined } from '../../src/private/validation';
import { VARIABLE_PREFIX_RULES } from '../../src/private/variable-prefix';
import { TOKEN } from '../helpers';

const problemOf = (variablePrefix?: string) => joined(VARIABLE_PREFIX_RULES.map((rule) => rule({ variablePrefix })));

describe('the prefix of variables', () => {
  test.each([undefined, 'ARCHIVE_', '_A_', 'a1_B2_'])('may be %s', (prefix) => {
    expect(problemOf(prefix)).toBeUndefined();
  });

  test.each(['', 'ARCHIVE', '1ST_', 'MY-', 'MY APP_', 'A=_', 5 as unknown as string])('is refused when it is %j', (prefix) => {
    expect(problemOf(prefix)).toBe("'variablePrefix' must be letters, digits and underscores, not begin with a digit and end with an underscore, " +
      `e.g. 'ARCHIVE_', got ${JSON.stringify(prefix)}`);
  });

  test('is refused when it is a token', () => {
    expect(problemOf(TOKEN.string())).toBe("'variablePrefix' must be known at synthesis, because the names of variables are computed from it: " +
      'give it as a plain value, not as a token');
  });
});
