import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { DatabaseAccessOptions } from './database-access-props';
import { DatabaseServer } from './database-server';
import { DatabaseUser, DatabaseUsers } from './database-users';
import { PreparationCommand } from '../../config/preparation';
import { IProcess } from '../../config/process';
import { containerScript } from '../../private/container-script';

const DEFAULT_IMAGE = 'public.ecr.aws/docker/library/postgres:17-alpine';

type PreparationOptions = DatabaseAccessOptions & { readonly masterSecret?: secretsmanager.ISecret; readonly passwordsRotate?: boolean };

/** The command that makes users and extensions and runs the initial SQL; nothing where none is asked for, or where nobody may do it. */
export function preparationCommand(users: DatabaseUsers, options: PreparationOptions): PreparationCommand | undefined {
  const { extensions = [], initialSql, preparation, masterSecret } = options;
  if (!masterSecret || (users.owner.isMaster && extensions.length === 0 && !initialSql)) {
    return undefined;
  }
  return {
    image: preparation?.image ?? DEFAULT_IMAGE,
    // The last word is `$0` of the script: what people read as the name of the command.
    command: ['sh', '-c', containerScript('prepare_database.sh'), 'prepare_database'],
    environment: {
      PREPARE_SQL: containerScript('prepare_database.sql'),
      ...(extensions.length > 0 ? { PREPARE_EXTENSIONS: extensions.join(',') } : {}),
      ...(users.owner.isMaster ? {} : {
        PREPARE_OWNER: users.owner.name!, PREPARE_APPLICATION: users.application.name!, PREPARE_IAM: String(users.iam),
      }),
      // Rotation alternates a user with a second one of this name, and would make it without what an owner needs.
      ...(users.owner.secret && !users.owner.isMaster && options.passwordsRotate ? { PREPARE_SECOND_OWNER: `${users.owner.name}_clone` } : {}),
      ...(initialSql ? { PREPARE_INITIAL_SQL: initialSql } : {}),
    },
    timeout: preparation?.timeout,
  };
}

/** The administrator's connection data under libpq's own names, and the passwords that the users shall get. */
export function attachPreparation(process: IProcess, server: DatabaseServer, users: DatabaseUsers, options: PreparationOptions): void {
  const certificate = options.preparation?.sslRootCertificate;
  const environment = {
    PGHOST: server.directHost,
    PGPORT: server.port,
    PGDATABASE: server.databaseName,
    PGSSLMODE: certificate ? 'verify-full' : 'require',
    ...(certificate ? { PGSSLROOTCERT: certificate } : {}),
  };
  Object.entries(environment).forEach(([name, value]) => process.addEnvironment(name, value));
  addLogin(process, 'PGUSER', 'PGPASSWORD', options.masterSecret);
  addUserLogin(process, 'OWNER', users.owner);
  addUserLogin(process, 'APPLICATION', users.application);
}

function addUserLogin(process: IProcess, duty: string, user: DatabaseUser): void {
  if (!user.isMaster) {
    addLogin(process, `PREPARE_${duty}_LOGIN`, `PREPARE_${duty}_PASSWORD`, user.secret);
  }
}

function addLogin(process: IProcess, userName: string, passwordName: string, secret?: secretsmanager.ISecret): void {
  if (secret) {
    process.addSecret(userName, ecs.Secret.fromSecretsManager(secret, 'username'));
    process.addSecret(passwordName, ecs.Secret.fromSecretsManager(secret, 'password'));
  }
}
