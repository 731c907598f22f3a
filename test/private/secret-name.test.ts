import { secretArnProblem, secretNameProblem, textProblem } from '../../src/private/secret-name';
import { TOKEN } from '../helpers';

describe('text', () => {
  test.each(['shop', '', TOKEN.string()])('%j is text', (value) => {
    expect(textProblem("'name'", value)).toBeUndefined();
  });

  test.each<[unknown, string]>([
    [undefined, "'name' must be given as text, got undefined: the value that you hand over is missing, e.g. a context value or an environment variable that is not set"],
    [null, "'name' must be given as text, got null: the value that you hand over is missing, e.g. a context value or an environment variable that is not set"],
    [5, "'name' must be given as text, got 5: give a string"],
    [['shop'], "'name' must be given as text, got an object: give a string"],
  ])('%j is refused', (value, problem) => {
    expect(textProblem("'name'", value)).toBe(problem);
  });
});

describe('the name of a secret', () => {
  test.each(['shop/stripe', 'a+b=c.d@e-f_g', 'shop-settings', 'shop-key', 'secret', 'shop/secret', 'shop-sec_et', TOKEN.string()])('may be %s', (name) => {
    expect(secretNameProblem("'name'", name, 'x')).toBeUndefined();
  });

  test.each<[any, string]>([
    ['arn:aws:secretsmanager:eu-central-1:123456789012:secret:ghcr-AbCdEf', "'name' must not be an ARN, got " +
      '"arn:aws:secretsmanager:eu-central-1:123456789012:secret:ghcr-AbCdEf": take the name of the secret, or `of(...)` for a secret that you have as a construct'],
    ['shop-secret', "'name' must not end with a hyphen and six characters, got \"shop-secret\": Secrets Manager takes them for the end of a complete ARN " +
      'and finds nothing, so no task would start; rename the secret, or use `of(...)` with its complete ARN'],
    ['', "'name' must be letters, digits and the characters / _ + = . @ -, got \"\""],
    [undefined, "'name' must be given as text, got undefined: the value that you hand over is missing, e.g. a context value or an environment variable that is not set"],
  ])('is refused when it is %j', (name, problem) => {
    expect(secretNameProblem("'name'", name, '`of(...)`')).toBe(problem);
  });
});

describe('the ARN of a secret', () => {
  test.each(['arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-secret-AbCdEf', 'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a/b@c-012345',
    TOKEN.string()])('may be %s', (arn) => {
    expect(secretArnProblem("'arn'", arn)).toBeUndefined();
  });

  test.each(['shop-secret', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop', 'arn:aws:ssm:eu-central-1:123456789012:parameter/shop-secret',
    'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf:apiKey::', ''])('is refused when it is %j', (arn) => {
    expect(secretArnProblem("'arn'", arn)).toBe("'arn' must be complete, with the hyphen and the six characters that Secrets Manager put behind the name, " +
      `like 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/stripe-AbCdEf', got ${JSON.stringify(arn)}`);
  });

  test('is refused when it is none', () => {
    expect(secretArnProblem("'arn'", 5 as any)).toBe("'arn' must be given as text, got 5: give a string");
  });
});
