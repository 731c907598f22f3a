/**
 * Names that ECS, Fargate or the shell own: setting one would be ignored or break the task.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
const RESERVED: Record<string, string> = {
  AWS_ACCESS_KEY_ID: 'give the rights to the task role (`grantPrincipal`) instead: static keys would switch the task role off',
  AWS_SECRET_ACCESS_KEY: 'give the rights to the task role (`grantPrincipal`) instead: static keys would switch the task role off',
  AWS_SESSION_TOKEN: 'give the rights to the task role (`grantPrincipal`) instead: static keys would switch the task role off',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: 'ECS sets it',
  AWS_EXECUTION_ENV: 'ECS sets it',
  AWS_REGION: 'ECS sets it to the region of the stack',
  AWS_DEFAULT_REGION: 'ECS sets it to the region of the stack',
  HOSTNAME: 'ECS sets it',
};

const POSIX_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Why a name cannot be the name of an environment variable, if it cannot. */
export function environmentNameProblem(name: string): string | undefined {
  if (!POSIX_NAME.test(name)) {
    return 'must be letters, digits and underscores, and not begin with a digit';
  }
  if (name.startsWith('ECS_CONTAINER_METADATA')) {
    return 'is reserved: ECS sets it';
  }
  return RESERVED[name] && `is reserved: ${RESERVED[name]}`;
}
