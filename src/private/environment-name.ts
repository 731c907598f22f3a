/**
 * Names that ECS, Fargate or the shell own: setting one would be ignored or break the task.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-environment-variables.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
const RESERVED = new Map<string, string>([
  ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN'].map((name): [string, string] =>
    [name, 'give the rights to the task role (`grantPrincipal`) instead: static keys would switch the task role off']),
  ['AWS_EXECUTION_ENV', 'ECS sets it'],
  ['AWS_REGION', 'ECS sets it to the region of the stack'],
  ['AWS_DEFAULT_REGION', 'ECS sets it to the region of the stack'],
  ['ECS_AGENT_URI', 'ECS sets it'],
  ['HOSTNAME', 'ECS sets it'],
]);

/** Families of names that ECS sets: the metadata endpoints, the credentials of the task role. */
const RESERVED_PREFIXES = ['ECS_CONTAINER_METADATA', 'AWS_CONTAINER_'];

const SECRET_NAME = /((^|_)(SECRET|PASSWORD|PASSWD|PASS|TOKEN|API_?KEY|SECRET_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS)|PGPASSWORD|_PWD)$/i;
/** What Django, Stripe, AWS and GitHub begin their keys with. */
const SECRET_VALUE = /^(django-insecure-|[sr]k_live_|AKIA[A-Z0-9]{16}$|gh[opsu]_)|-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const URL_WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i;

const POSIX_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Why a name cannot be the name of an environment variable, if it cannot. */
export function environmentNameProblem(name: string): string | undefined {
  if (typeof name !== 'string' || !POSIX_NAME.test(name)) {
    return 'must be letters, digits and underscores, and not begin with a digit';
  }
  const reason = RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) ? 'ECS sets it' : RESERVED.get(name);
  return reason && `is reserved: ${reason}`;
}

/** Whether a literal value seems to be a secret, which everybody who may read the template would read too. */
export function looksLikeSecret(name: string, value: string): boolean {
  return value !== '' && (SECRET_NAME.test(name) || SECRET_VALUE.test(value) || URL_WITH_PASSWORD.test(value));
}
