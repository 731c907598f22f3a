import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { DATABASE_ACCESS_RULES, DATABASE_IMPORT_RULES } from './database-access-rules';
import { PrivateDatabaseAttributes } from './private-database-attributes';
import { secretNameProblem } from '../../private/secret-name';
import { an, anything, aRemovalPolicy, listOf, required, SECRET, SECURITY_GROUP, shaped } from '../../private/shapes';
import { integerBetween, isKnown, matches, Rule, show } from '../../private/validation';

const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;
const NAME = /^[a-z_][a-z0-9_-]{0,62}$/i;

/** What must be known of a database that was there before. */
export const EXISTING_DATABASE_RULES: Rule<PrivateDatabaseAttributes>[] = shaped<PrivateDatabaseAttributes>({
  host: required(anything, 'take the endpoint of the instance, or the writer endpoint of the cluster'),
  port: required(anything, 'take the port of its endpoint, usually 5432'),
  databaseName: required(anything, "give the name of the project's database in the server"),
  securityGroups: required(listOf(SECURITY_GROUP), SECURITY_GROUP.hint),
  secret: an({ ...SECRET, hint: `${SECRET.hint}, or 'secretName'` }),
  removalPolicy: aRemovalPolicy,
}, [
  ({ host }) => isKnown(host) && !HOST.test(String(host))
    ? `'host' must be a host name without a scheme and a port, got ${show(host)}`
    : undefined,
  integerBetween('port', 1, 65535),
  matches('databaseName', NAME, "be the name of a database, letters, digits, '_' and '-', 63 characters at most"),
  matches('resourceId', /^(db|cluster|prx)-\w+$/, "be the id by which IAM knows the database, like 'db-ABCDEFGHIJKL01234' (of a cluster 'cluster-…', of a proxy 'prx-…')"),
  ({ replicaHost: hosts }) => isKnown(hosts) && !(typeof hosts === 'string' && hosts.split(',').every((host) => HOST.test(host)))
    ? `'replicaHost' must be host names, separated by commas, got ${show(hosts)}`
    : undefined,
  ({ securityGroups }) => securityGroups?.length === 0 ? `'securityGroups' must not be empty: ${SECURITY_GROUP.hint}` : undefined,
  ({ secret, secretName }) => secret && secretName ? "'secret' and 'secretName' exclude each other: keep one" : undefined,
  ({ secretName }) => isKnown(secretName) ? secretNameProblem("'secretName'", secretName, "use 'secret'") : undefined,
  (attributes) => usesMaster(attributes) && !attributes.secret && !attributes.secretName
    ? "'secret' or 'secretName' must be given: the secret of the administrator, with username and password, as whom the project connects"
    : undefined,
  ...DATABASE_IMPORT_RULES.map((rule): Rule<PrivateDatabaseAttributes> => (attributes) => rule({
    // Any secret does for this question.
    ...attributes, secret: attributes.secret ?? (attributes.secretName ? {} as secretsmanager.ISecret : undefined),
  })),
  integerBetween('maxConnections', 1, 262143),
  ...DATABASE_ACCESS_RULES,
]);

function usesMaster({ authentication }: PrivateDatabaseAttributes): boolean {
  return authentication?._logins?.().applicationUser === undefined;
}
