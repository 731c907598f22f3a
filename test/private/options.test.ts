import { given, withoutNulls } from '../../src/private/options';

describe('given options', () => {
  test('are those that have a value, so that what Python leaves out overrides no default', () => {
    const options: { cpu?: number; name?: string; on?: boolean } = { cpu: undefined, name: '', on: false };
    expect({ cpu: 256, ...given(options) }).toEqual({ cpu: 256, name: '', on: false });
    expect(Object.keys(given(options))).toEqual(['name', 'on']);
  });

  test('are none when there are no options', () => {
    expect(given(undefined)).toEqual({});
  });

  test('keep zero and null, which somebody wrote', () => {
    expect(given({ zero: 0, nothing: null })).toEqual({ zero: 0, nothing: null });
  });
});

test('options without nulls are those that are not null', () => {
  expect(withoutNulls({ zero: 0, nothing: null, absent: undefined })).toEqual({ zero: 0, absent: undefined });
});
