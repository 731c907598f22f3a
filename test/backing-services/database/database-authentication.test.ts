import { DatabaseAuthentication } from '../../../src/backing-services/database/database-authentication';
import { messageOf } from '../../helpers';

describe('the authentication of a database', () => {
  test('is the administrator alone, or two users with passwords or tokens', () => {
    expect(DatabaseAuthentication.masterUser()._logins()).toEqual({ iam: false });
    expect(DatabaseAuthentication.passwords()._logins()).toEqual({ ownerUser: 'django_owner', applicationUser: 'django_app', iam: false });
    expect(DatabaseAuthentication.iam()._logins()).toEqual({ ownerUser: 'django_iam_owner', applicationUser: 'django_iam_app', iam: true });
  });

  test.each([
    ['as given', { ownerUser: 'shop_owner', applicationUser: 'shop' }, { ownerUser: 'shop_owner', applicationUser: 'shop' }],
    ['by default where Python leaves them out', { ownerUser: undefined, applicationUser: 'shop' }, { ownerUser: 'django_owner', applicationUser: 'shop' }],
  ])('names the users %s', (_, options, names) => {
    expect(DatabaseAuthentication.passwords(options)._logins()).toEqual({ ...names, iam: false });
  });

  test('has other names with IAM, so that a switch does not lock out the version that still serves', () => {
    const [passwords, iam] = [DatabaseAuthentication.passwords(), DatabaseAuthentication.iam()].map((authentication) => authentication._logins());
    expect([passwords.ownerUser, passwords.applicationUser]).not.toContain(iam.ownerUser);
    expect([passwords.ownerUser, passwords.applicationUser]).not.toContain(iam.applicationUser);
  });
});

describe('a name alone instead of options', () => {
  test.each([['passwords', DatabaseAuthentication.passwords], ['iam', DatabaseAuthentication.iam]])('is refused by %s', (name, factory) => {
    expect(messageOf(() => factory('shop_app' as any))).toBe('DatabaseAuthentication cannot be defined:\n' +
      `- '${name}' takes an object with 'ownerUser' and 'applicationUser', got "shop_app": e.g. { applicationUser: 'shop_app' }`);
    expect(messageOf(() => factory(['shop_app'] as any))).toContain('got ["shop_app"]');
  });

  test('is not what null is, which leaves them out', () => {
    expect(DatabaseAuthentication.passwords(null as any)._logins()).toEqual(DatabaseAuthentication.passwords()._logins());
    expect(DatabaseAuthentication.iam({ ownerUser: null } as any)._logins()).toEqual(DatabaseAuthentication.iam()._logins());
  });
});
