import { bucketPatternProblem } from '../../../src/backing-services/storage/bucket-pattern';
import { TOKEN } from '../../helpers';

describe('the name of a bucket, or a pattern of names', () => {
  test.each(['abc', 'cleantrac-*', 'cleantrac-*-export', 'a1.b-2', '123*', 'abc**', 'a'.repeat(63), `${'a'.repeat(63)}*`, TOKEN.string()])('may be %s', (pattern) => {
    expect(bucketPatternProblem(pattern)).toBeUndefined();
  });

  const tooMuch = "begin with 3 or more characters before its '*'";
  const where = 'it would give rights to buckets that are not meant; begin with what your buckets have in common';
  const edges = "begin and end with a letter or digit, have no two '.' in a row and be no IP address";

  test.each<[unknown, string]>([
    ['*', `${tooMuch}, got "*": ${where}`],
    ['**', `${tooMuch}, got "**": ${where}`],
    ['ab*', `${tooMuch}, got "ab*": ${where}`],
    ['*-exports', `${tooMuch}, got "*-exports": ${where}`],
    ['ab', 'have 3 to 63 characters, got "ab"'],
    ['', 'have 3 to 63 characters, got ""'],
    ['a'.repeat(64), `have 3 to 63 characters, got "${'a'.repeat(64)}"`],
    ['Exports', "have small letters, digits, '.', '-' and '*' only, got \"Exports\""],
    ['my_bucket', "have small letters, digits, '.', '-' and '*' only, got \"my_bucket\""],
    ['imports-?', "have small letters, digits, '.', '-' and '*' only, got \"imports-?\""],
    ['arn:aws:s3:::imports', "be the name of a bucket or a pattern like 'cleantrac-*', without ARN, scheme and path, got \"arn:aws:s3:::imports\""],
    ['s3://imports', "be the name of a bucket or a pattern like 'cleantrac-*', without ARN, scheme and path, got \"s3://imports\""],
    ['imports/*', "be the name of a bucket or a pattern like 'cleantrac-*', without ARN, scheme and path, got \"imports/*\""],
    ['-imports', `${edges}, got "-imports"`],
    ['imports-', `${edges}, got "imports-"`],
    ['im..ports', `${edges}, got "im..ports"`],
    ['192.168.0.1', `${edges}, got "192.168.0.1"`],
    [5, "be the name of a bucket or a pattern like 'cleantrac-*', got 5"],
    [undefined, "be the name of a bucket or a pattern like 'cleantrac-*', got undefined"],
  ])('is refused when it is %j', (pattern, problem) => {
    expect(bucketPatternProblem(pattern)).toBe(problem);
  });
});
