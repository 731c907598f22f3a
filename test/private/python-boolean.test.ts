import { pythonBoolean } from '../../src/private/python-boolean';

test.each([[true, 'True'], [false, 'False']])('%s is written as Python does: %s', (value, text) => {
  expect(pythonBoolean(value)).toBe(text);
});
