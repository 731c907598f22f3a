import { Stack } from 'aws-cdk-lib/core';
import { changes, held } from './held';
import { HELD_ALONE, HELD_IN_APPS } from './held-resources';
import { ALONE, APPS } from './variants';
import { MinimalStack } from '../../tools/bench/minimal';
import { DJANGO_APP, synthesise } from '../budgets/synthesised';

const minimal = held(synthesise((app) => new MinimalStack(app, 'App', DJANGO_APP)).resources);

function heldOf(define: (stack: Stack) => unknown, id: string): Record<string, string> {
  return held(synthesise((app) => {
    const stack = new Stack(app, id);
    define(stack);
    return stack;
  }).resources);
}

describe('stateful resources keep their ids, their policies and what would replace them', () => {
  test.each(Object.entries(ALONE))('of %s', (name, define) => {
    expect(heldOf(define, 'Stack')).toEqual(HELD_ALONE[name]);
  });

  test.each(Object.entries(APPS))('of %s', (name, define) => {
    expect(changes(minimal, heldOf(define, 'App'))).toEqual(HELD_IN_APPS[name]);
  });

  test('of all that are held', () => {
    expect([Object.keys(ALONE), Object.keys(APPS)]).toEqual([Object.keys(HELD_ALONE), Object.keys(HELD_IN_APPS)]);
  });
});
