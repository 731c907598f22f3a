import * as iam from 'aws-cdk-lib/aws-iam';
import { requireGrantee } from '../../src/private/grantee';
import { messageOf, newStack } from '../helpers';

test('a role can be given rights', () => {
  const stack = newStack();
  expect(() => requireGrantee(stack, 'FileStorage', iam.Role.fromRoleName(stack, 'Role', 'theirs'))).not.toThrow();
});

test.each([[undefined, 'undefined'], [null, 'null'], ['role', '"role"'], [{}, '{}']])('%j cannot', (grantee, shown) => {
  expect(messageOf(() => requireGrantee(newStack(), 'FileStorage', grantee))).toBe("FileStorage at 'Stack' cannot be defined:\n" +
    `- 'grantee' must be an iam.IGrantable, got ${shown}: give a role, or what has one, e.g. a ProcessDefinition or a function`);
});
