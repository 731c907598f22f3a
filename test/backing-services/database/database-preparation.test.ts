import { SecretValue } from 'aws-cdk-lib/core';
import { preparationCommand } from '../../../src/backing-services/database/database-preparation';
import { DatabaseUser, DatabaseUsers } from '../../../src/backing-services/database/database-users';

const SECRET = { secretArn: 'arn', secretValue: SecretValue.unsafePlainText('') } as any;
const MASTER: DatabaseUser = { secret: SECRET, isMaster: true };

function usersOf(secret: any, iam: boolean): DatabaseUsers {
  return { owner: { name: 'shop_owner', secret, isMaster: false }, application: { name: 'shop_app', secret, isMaster: false }, iam };
}

describe('preparationCommand', () => {
  test.each<[string, DatabaseUsers, boolean | undefined, string | undefined]>([
    ['rotating passwords', usersOf(SECRET, false), true, 'shop_owner_clone'],
    ['passwords that stay', usersOf(SECRET, false), undefined, undefined],
    ['IAM', usersOf(undefined, true), true, undefined],
    ['the administrator alone', { owner: MASTER, application: MASTER, iam: false }, true, undefined],
  ])('makes the second owner that a rotation needs: %s', (_, users, passwordsRotate, second) => {
    const command = preparationCommand(users, { masterSecret: SECRET, passwordsRotate, extensions: ['citext'] });
    expect(command?.environment?.PREPARE_SECOND_OWNER).toBe(second);
  });
});
