import { Template } from 'aws-cdk-lib/assertions';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DatabaseAuthentication } from '../../../src/backing-services/database/database-authentication';
import { DatabaseSecretContext } from '../../../src/backing-services/database/database-server';
import { createDatabaseUsers } from '../../../src/backing-services/database/database-users';
import { newStack, TOKEN } from '../../helpers';

const TARGET: secretsmanager.ISecretAttachmentTarget = {
  asSecretAttachmentTarget: () => ({ targetId: 'instance-1', targetType: secretsmanager.AttachmentTargetType.RDS_DB_INSTANCE }),
};

function make(authentication?: DatabaseAuthentication, context: Partial<DatabaseSecretContext> = {}) {
  const stack = newStack();
  const masterSecret = secretsmanager.Secret.fromSecretCompleteArn(stack, 'Master', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:master-AbCdEf');
  const users = createDatabaseUsers(new Construct(stack, 'Database'), authentication, {
    masterSecret,
    secretTarget: TARGET,
    administrator: 'django',
    databaseName: 'django',
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ...context,
  });
  return { stack, masterSecret, users };
}

function secretsOf(stack: Stack) {
  return Template.fromStack(stack).findResources('AWS::SecretsManager::Secret');
}

describe('the users of a database', () => {
  test.each([undefined, DatabaseAuthentication.masterUser()])('are the administrator by default', (authentication) => {
    const { stack, masterSecret, users } = make(authentication);
    expect(users.owner).toBe(users.application);
    expect(users).toEqual({ owner: { secret: masterSecret, isMaster: true }, application: users.owner, iam: false });
    expect(Template.fromStack(stack).toJSON().Resources).toBeUndefined();
  });

  test('have a generated password each, safe in URLs, with what a rotation needs', () => {
    const { stack, users } = make(DatabaseAuthentication.passwords());
    expect(users).toMatchObject({ owner: { name: 'django_owner', isMaster: false }, application: { name: 'django_app', isMaster: false }, iam: false });
    const secrets = Object.values(secretsOf(stack));
    expect(secrets.map(({ Properties }) => JSON.parse(Properties.GenerateSecretString.SecretStringTemplate))).toEqual(['django_owner', 'django_app'].map((username) => ({
      username, dbname: 'django', masterarn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:master-AbCdEf',
    })));
    for (const { Properties } of secrets) {
      expect(Properties.GenerateSecretString).toMatchObject({ GenerateStringKey: 'password', PasswordLength: 30 });
      const forbidden = new Set(Properties.GenerateSecretString.ExcludeCharacters);
      const left = [...Array(94)].map((_, index) => String.fromCharCode(33 + index)).filter((character) => !forbidden.has(character));
      expect(left.join('')).toMatch(/^[A-Za-z0-9._~-]+$/);
    }
  });

  test('are kept with the database, the secrets with host and port', () => {
    const { stack } = make(DatabaseAuthentication.passwords());
    const template = Template.fromStack(stack);
    for (const type of ['AWS::SecretsManager::Secret', 'AWS::SecretsManager::SecretTargetAttachment']) {
      const found = Object.values(template.findResources(type));
      expect(found).toHaveLength(2);
      expect(found.map(({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy]))
        .toEqual([['RetainExceptOnCreate', 'Retain'], ['RetainExceptOnCreate', 'Retain']]);
    }
    Template.fromStack(make(DatabaseAuthentication.passwords(), { removalPolicy: RemovalPolicy.DESTROY }).stack)
      .allResources('AWS::SecretsManager::SecretTargetAttachment', { DeletionPolicy: 'Delete' });
  });

  test('are handed over by the attachment, so that nobody reads a secret before it is whole', () => {
    const { stack, users } = make(DatabaseAuthentication.passwords());
    const attachments = Object.keys(Template.fromStack(stack).findResources('AWS::SecretsManager::SecretTargetAttachment'));
    expect([users.owner, users.application].map(({ secret }) => stack.resolve(secret!.secretArn).Ref)).toEqual(attachments);
  });

  test('hold the ids of their secrets', () => {
    expect(Object.keys(secretsOf(make(DatabaseAuthentication.passwords()).stack))).toEqual(['DatabaseOwnerSecret7C6B5709', 'DatabaseApplicationSecret5132C2D3']);
  });

  test('with another name have another secret, so that the version that still serves finds its own unchanged', () => {
    const ids = Object.keys(secretsOf(make(DatabaseAuthentication.passwords({ applicationUser: 'shop' })).stack));
    expect(ids).toEqual(['DatabaseOwnerSecret7C6B5709', expect.stringMatching(/^DatabaseApplicationSecretshop/)]);
  });

  test('may have names that are known at deployment only', () => {
    expect(Object.keys(secretsOf(make(DatabaseAuthentication.passwords({ ownerUser: TOKEN.string() })).stack))).toContain('DatabaseOwnerSecret7C6B5709');
  });

  // CloudFormation generates another password into the same secret when the JSON around it changes.
  test.each<[string, Partial<DatabaseSecretContext>]>([
    ['another database', { databaseName: 'shop' }],
    ['another administrator', { administrator: 'shop' }],
    ['both', { databaseName: 'shop', administrator: 'shop' }],
  ])('never get a new password in place: %s is another secret', (_, context) => {
    const [before, after] = [{}, context].map((each) => Object.keys(secretsOf(make(DatabaseAuthentication.passwords({ ownerUser: 'shop_owner' }), each).stack)));
    expect(after).toHaveLength(2);
    expect(after.filter((id) => before.includes(id))).toEqual([]);
  });

  test('have secrets whose ids tell each database and each administrator apart', () => {
    const contexts = [{ databaseName: 'a', administrator: 'b' }, { databaseName: 'b', administrator: 'a' }, { databaseName: 'a' }, { administrator: 'a' }, {}];
    const ids = contexts.flatMap((context) => Object.keys(secretsOf(make(DatabaseAuthentication.passwords(), context).stack)));
    expect(new Set(ids).size).toBe(2 * contexts.length);
  });

  test.each<[string, Partial<DatabaseSecretContext>]>([
    ['is all that is known', { masterSecret: undefined, databaseName: 'shop' }],
    ['has another name', { databaseName: 'orders' }],
  ])('of a server that was there before keep secret and password wherever it moves: the database %s', (_, context) => {
    const { stack, users } = make(DatabaseAuthentication.passwords(), { secretTarget: undefined, administrator: undefined, ...context });
    Template.fromStack(stack).resourceCountIs('AWS::SecretsManager::SecretTargetAttachment', 0);
    expect(Object.entries(secretsOf(stack)).map(([id, { Properties }]) => [id, JSON.parse(Properties.GenerateSecretString.SecretStringTemplate)])).toEqual([
      ['DatabaseOwnerSecret7C6B5709', { username: 'django_owner' }], ['DatabaseApplicationSecret5132C2D3', { username: 'django_app' }],
    ]);
    expect([users.owner.isBare, users.application.isBare]).toEqual([true, true]);
  });

  test('have no secrets with IAM', () => {
    const { stack, users } = make(DatabaseAuthentication.iam());
    expect(users).toEqual({ owner: { name: 'django_iam_owner', isMaster: false }, application: { name: 'django_iam_app', isMaster: false }, iam: true });
    expect(Template.fromStack(stack).toJSON().Resources).toBeUndefined();
  });
});
