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

describe('options without nulls', () => {
  test('are those that are not null, also in structs and lists of structs', () => {
    expect(withoutNulls({ zero: 0, nothing: null, absent: undefined })).toEqual({ zero: 0, absent: undefined });
    expect(withoutNulls({ web: { cpu: null, schedules: [{ max: null, min: 1 }, null] } })).toEqual({ web: { schedules: [{ min: 1 }, null] } });
  });

  test.each(['environment', 'secrets', 'buildArgs'])('keep the nulls of %s, whose names are the user\'s', (name) => {
    expect(withoutNulls({ [name]: { DEBUG: null } })).toEqual({ [name]: { DEBUG: null } });
  });

  test('stay what they are where there is none, and so do objects of a class and those with methods from Python', () => {
    class Service {
      public readonly nothing = null;
    }
    const fromPython = Object.defineProperty({ nothing: null }, 'attachTo', { value: () => undefined, enumerable: false });
    const options = { web: { cpu: 256 }, service: new Service(), services: [fromPython], text: 'a', list: ['b'] };
    expect(withoutNulls(options)).toBe(options);
    const { service, services } = withoutNulls({ ...options, cache: null });
    expect(service).toBe(options.service);
    expect(services[0]).toBe(fromPython);
  });

  test('are nothing else than what is no struct', () => {
    expect(withoutNulls('text')).toBe('text');
    expect(withoutNulls(undefined)).toBeUndefined();
    expect(withoutNulls(Object.assign(Object.create(null), { nothing: null, one: 1 }))).toEqual({ one: 1 });
  });
});
