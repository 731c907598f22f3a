import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { CfnResource, Token, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DatabaseAuthentication } from './database-authentication';
import { hashOf } from './database-identifier';
import { DEFAULT_USERS } from './database-logins';
import { DatabaseSecretContext } from './database-server';
import { DEFAULT_NAME } from './private-database-rules';
import { NOT_URL_SAFE } from '../../private/postgres';

const PASSWORD_LENGTH = 30;

/** One that logs in to a database. */
export interface DatabaseUser {
  /** Name; absent for the administrator, whose name is in its secret. */
  readonly name?: string;

  /** Secret with name and password; absent with IAM, and for an administrator whose secret is not known. */
  readonly secret?: secretsmanager.ISecret;

  /** Whether the secret has name and password alone, and not where the database is. */
  readonly isBare?: boolean;

  readonly isMaster: boolean;
}

/** Who logs in to a database. */
export interface DatabaseUsers {
  /** Migrates. */
  readonly owner: DatabaseUser;

  /** Serves requests. */
  readonly application: DatabaseUser;

  /** Whether both log in by tokens of IAM. */
  readonly iam: boolean;
}

/** The users of a database, with the secrets that they need. */
export function createDatabaseUsers(
  scope: Construct, authentication: DatabaseAuthentication | undefined, context: DatabaseSecretContext,
): DatabaseUsers {
  const { ownerUser, applicationUser, iam } = authentication?._logins() ?? { iam: false };
  if (ownerUser === undefined || applicationUser === undefined) {
    const master: DatabaseUser = { secret: context.masterSecret, isMaster: true };
    return { owner: master, application: master, iam };
  }
  const user = (id: string, name: string, defaultName: string): DatabaseUser => ({
    name,
    secret: iam ? undefined : createUserSecret(scope, secretId(scope, id, name, defaultName, context), name, context),
    ...iam || context.secretTarget ? {} : { isBare: true },
    isMaster: false,
  });
  return {
    owner: user('OwnerSecret', ownerUser, DEFAULT_USERS.ownerUser),
    application: user('ApplicationSecret', applicationUser, DEFAULT_USERS.applicationUser),
    iam,
  };
}

/**
 * CloudFormation generates another password into the same secret when anything of the JSON around it changes, which would lock out the version
 * that still serves. So all of it that can change stands in the id: another name, database or administrator is another secret.
 */
function secretId(
  scope: Construct, id: string, name: string, defaultName: string, { secretTarget, databaseName, administrator }: DatabaseSecretContext,
): string {
  const names = [databaseName, administrator];
  const hash = !secretTarget || names.every((each) => each === DEFAULT_NAME) ? '' : hashOf(scope, names);
  return `${id}${hash}${Token.isUnresolved(name) || name === defaultName ? '' : `-${name}`}`;
}

function createUserSecret(scope: Construct, id: string, username: string, context: DatabaseSecretContext): secretsmanager.ISecret {
  const { masterSecret, secretTarget, databaseName: dbname, removalPolicy } = context;
  const secret = new secretsmanager.Secret(scope, id, {
    description: `Password of the database user ${username}`,
    generateSecretString: {
      passwordLength: PASSWORD_LENGTH,
      excludeCharacters: NOT_URL_SAFE,
      generateStringKey: 'password',
      // What Secrets Manager needs to rotate it, too; an attachment adds host and port. Of a server that was there before nothing else: it may move.
      secretStringTemplate: JSON.stringify(secretTarget
        ? { username, dbname, masterarn: masterSecret?.secretFullArn ?? masterSecret?.secretArn }
        : { username }),
    },
  });
  secret.applyRemovalPolicy(removalPolicy);
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'ECS reads the secret when a task starts: a password that rotates by itself would lock running tasks out',
  });
  if (!secretTarget) {
    return secret;
  }
  const attached = secret.attach(secretTarget);
  // Its deletion would take host and port out of a secret that is kept.
  (attached.node.defaultChild as CfnResource).applyRemovalPolicy(removalPolicy);
  return attached;
}
