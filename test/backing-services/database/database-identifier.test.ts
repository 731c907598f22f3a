import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { identifier } from './databases';
import { databaseIdentifier } from '../../../src/backing-services/database/database-identifier';
import { TOKEN } from '../../helpers';

function beginningOf(path: string[], replacing: unknown = []): string {
  const [stackId, ...ids] = path;
  const stack = new Stack(new App(), stackId);
  const scope = ids.reduce<Construct>((parent, id) => new Construct(parent, id), stack);
  return stack.resolve(databaseIdentifier(scope, replacing))['Fn::Join'][1][0];
}

test('is the path, what replaces it, and a part of the id of the stack, which a new stack of the same name has not', () => {
  const stack = new Stack(new App(), 'Shop');
  const scope = new Construct(stack, 'Database');
  expect(stack.resolve(databaseIdentifier(scope, []))).toEqual(identifier(expect.stringMatching(/^shop-database-[0-9a-f]{8}-$/)));
});

// 8 characters of the stack's id and `-r15` for a replica follow.
test.each<[string, string[]]>([
  ['short', ['S', 'D']],
  ['long', ['Shop-Of-A-Company-With-A-Very-Long-Name', 'Django-Application-In-Production', 'Database']],
  ['with characters that RDS does not take', ['Shop', 'my db_(1)', '--x--']],
  ['without a letter', ['A1', '1']],
  ['with a hyphen where it is cut', ['Shop', `${'x'.repeat(35)}--${'y'.repeat(20)}`]],
])('is legal for a path that is %s', (_, path) => {
  const whole = `${beginningOf(path)}0a1b2c3d-r15`;
  expect(whole).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  expect(whole.length).toBeLessThanOrEqual(63);
});

test('is another one for each path, also where the paths are cut, and for each thing that replaces it', () => {
  const long = 'x'.repeat(60);
  const identifiers = [
    beginningOf(['Shop', `${long}1`]), beginningOf(['Shop', `${long}2`]), beginningOf(['Shop', `${long}1`], ['key']), beginningOf(['Shop', `${long}1`], [TOKEN.string()]),
  ];
  expect(new Set(identifiers).size).toBe(4);
});

test('is the same one for the same value that is known at deployment only', () => {
  expect(beginningOf(['Shop', 'Database'], [TOKEN.string()])).toBe(beginningOf(['Shop', 'Database'], [TOKEN.string()]));
});

// CloudFormation would replace the database of a stack that is the same to it.
test('stays the same where the stack moves in the app, under its name', () => {
  const identifierIn = (stack: Stack) => stack.resolve(databaseIdentifier(new Construct(new Construct(stack, 'Default'), 'Database'), []));
  const stage = new Stage(new App(), 'Production');
  expect(identifierIn(new Stack(stage, 'Other', { stackName: 'Shop' }))).toEqual(identifierIn(new Stack(new App(), 'Shop')));
});

test('does without the name of a stack that has none before it is deployed', () => {
  const nested = new NestedStack(new Stack(new App(), 'Shop'), 'Data');
  expect(nested.resolve(databaseIdentifier(new Construct(nested, 'Database'), []))).toEqual(identifier(expect.stringMatching(/^database-[0-9a-f]{8}-$/)));
});
