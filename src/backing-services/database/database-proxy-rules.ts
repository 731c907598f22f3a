import { Duration } from 'aws-cdk-lib/core';
import { DatabaseProxyOptions } from './database-proxy-props';
import { DatabaseRotationOptions } from './database-rotation-props';
import { PrivateDatabaseOptions } from './private-database-props';
import { nestedRules } from '../../private/nested-rules';
import { shaped, subnets } from '../../private/shapes';
import { durationBetween, integerBetween, isKnown, knownAtSynthesis, Rule, wholeUnits } from '../../private/validation';

/** Connections that the proxy may use by default, in percent. */
export const DEFAULT_PROXY_PERCENT = 90;

const PROXY_OPTION_RULES: Rule<DatabaseProxyOptions>[] = [
  integerBetween('maxConnectionsPercent', 1, 100, 'percent'),
  integerBetween('maxIdleConnectionsPercent', 0, 100, 'percent'),
  ({ maxConnectionsPercent: most = DEFAULT_PROXY_PERCENT, maxIdleConnectionsPercent: idle }) => isKnown(most) && isKnown(idle) && idle > most
    ? `'maxIdleConnectionsPercent' (${idle}) must not exceed 'maxConnectionsPercent' (${most}): lower it`
    : undefined,
  durationBetween('borrowTimeout', Duration.seconds(1), Duration.hours(1)),
  wholeUnits('borrowTimeout', 'seconds'),
  durationBetween('idleClientTimeout', Duration.minutes(1), Duration.hours(8)),
  wholeUnits('idleClientTimeout', 'seconds'),
  (options) => 'requireTls' in options || 'requireTLS' in options
    ? "'requireTls' is no option: the proxy always requires TLS, as the database does and as IAM tokens need; leave it out"
    : undefined,
];

const ROTATION_OPTION_RULES = shaped<DatabaseRotationOptions>({ vpcSubnets: subnets }, [
  durationBetween('automaticallyAfter', Duration.hours(4), Duration.days(1000)),
  wholeUnits('automaticallyAfter', 'hours'),
  knownAtSynthesis('automaticallyAfter', 'the schedule is'),
]);

/** What holds for the proxy and the rotation, and between them and the authentication. */
export const PROXY_AND_ROTATION_RULES: Rule<PrivateDatabaseOptions>[] = [
  ...nestedRules<PrivateDatabaseOptions, 'proxy'>('proxy', PROXY_OPTION_RULES),
  ...nestedRules<PrivateDatabaseOptions, 'rotation'>('rotation', ROTATION_OPTION_RULES),
  ({ rotation, authentication }) => rotation && !hasUsers(authentication)
    ? "'rotation' must not be given where the administrator does everything: tasks that run would keep its former password. " +
      "Give 'authentication' DatabaseAuthentication.passwords(), whose application user alternates with a second one, or DatabaseAuthentication.iam()"
    : undefined,
  ({ rotation, proxy, authentication }) => rotation && proxy && hasUsers(authentication) && !authentication?._logins().iam
    ? "'rotation' and 'proxy' exclude each other with passwords: the proxy knows only the user that the secret names now, and tasks that run still use " +
      "the one before. Give 'authentication' DatabaseAuthentication.iam(), or leave out one of the two"
    : undefined,
];

function hasUsers(authentication: PrivateDatabaseOptions['authentication']): boolean {
  return authentication?._logins?.().applicationUser !== undefined;
}
