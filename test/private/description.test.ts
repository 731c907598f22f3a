import { Construct } from 'constructs';
import { describe as description } from '../../src/private/description';
import { newStack } from '../helpers';

describe('the description of a resource', () => {
  test('says what it is of', () => {
    expect(description('Tasks of', new Construct(newStack('Shop'), 'Web'))).toBe('Tasks of Shop/Web');
  });

  test('has only characters that EC2 accepts', () => {
    expect(description('Tasks of', new Construct(newStack('Shop'), "Bücher's <Web> \"1\" _ok-.:"))).toBe('Tasks of Shop/B_cher_s _Web_ _1_ _ok-.:');
  });

  test('is at most as long as EC2 accepts', () => {
    expect(description('Tasks of', new Construct(newStack('Shop'), 'x'.repeat(300)))).toBe(`Tasks of Shop/${'x'.repeat(241)}`);
  });
});
