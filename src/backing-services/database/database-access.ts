import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ArnFormat, RemovalPolicy, SecretValue, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DatabaseAccessOptions } from './database-access-props';
import { hashOf } from './database-identifier';
import { attachPreparation, preparationCommand } from './database-preparation';
import { DatabaseServer } from './database-server';
import { DatabaseUser, DatabaseUsers } from './database-users';
import { DjangoVariable } from '../../config/django-variable';
import { PreparationCommand } from '../../config/preparation';
import { IProcess, ProcessDuty } from '../../config/process';
import { definitionError } from '../../private/validation';

/** What a `DatabaseAccess` needs beside the options. */
export interface DatabaseAccessContext extends DatabaseAccessOptions {
  /** The administrator's secret; absent where a server of somebody else gave none. */
  readonly masterSecret?: secretsmanager.ISecret;

  /** Of what is made for the access. */
  readonly removalPolicy: RemovalPolicy;

  /** Whether a password of the users changes by itself. */
  readonly passwordsRotate?: boolean;
}

/** Hands a database over to processes: to each as the user that its duty asks for. */
export class DatabaseAccess {
  /** Command that prepares the database; absent where nothing has to be prepared. */
  public readonly preparation?: PreparationCommand;

  private readonly derived = new Map<string, secretsmanager.ISecret>();

  public constructor(
    private readonly scope: Construct, private readonly server: DatabaseServer, private readonly users: DatabaseUsers,
    private readonly options: DatabaseAccessContext,
  ) {
    this.preparation = preparationCommand(users, options);
  }

  /** Variables, secrets and rights; the network is the server's business. */
  public attachTo(process: IProcess): void {
    if (process.duty === ProcessDuty.PREPARATION) {
      attachPreparation(process, this.server, this.users, this.options);
      return;
    }
    const isRelease = process.duty === ProcessDuty.RELEASE;
    const user = isRelease ? this.users.owner : this.users.application;
    // A proxy would pin connections that migrate, and knows the application's user only.
    const host = isRelease ? this.server.directHost : this.server.host;
    this.addPlainVariables(process, host);
    if (user.secret) {
      this.addPassword(process, user, user.secret, host);
    } else if (this.users.iam) {
      this.addIam(process, user);
    } else {
      this.refuse("the administrator's secret is not known, and with it no user: give 'secret', or make users with 'authentication'");
    }
  }

  private addPlainVariables(process: IProcess, host: string): void {
    const { variablePrefix: prefix, sslRootCertificate } = this.options;
    const { port, databaseName, replicaHost } = this.server;
    process.addVariable(DjangoVariable.DATABASE_HOST, host, prefix);
    process.addVariable(DjangoVariable.DATABASE_PORT, port, prefix);
    process.addVariable(DjangoVariable.DATABASE_NAME, databaseName, prefix);
    process.addVariable(DjangoVariable.DATABASE_SSLMODE, sslRootCertificate ? 'verify-full' : 'require', prefix);
    if (sslRootCertificate) {
      process.addVariable(DjangoVariable.DATABASE_SSLROOTCERT, sslRootCertificate, prefix);
    }
    if (replicaHost) {
      process.addVariable(DjangoVariable.DATABASE_REPLICA_HOST, replicaHost, prefix);
    }
  }

  private addPassword(process: IProcess, user: DatabaseUser, secret: secretsmanager.ISecret, host: string): void {
    const prefix = this.options.variablePrefix;
    process.addSecretVariable(DjangoVariable.DATABASE_USER, ecs.Secret.fromSecretsManager(secret, 'username'), prefix);
    process.addSecretVariable(DjangoVariable.DATABASE_PASSWORD, ecs.Secret.fromSecretsManager(secret, 'password'), prefix);
    // The secret itself follows a password that is changed, so it is the better one where it has the right host.
    if (!user.isBare && host === this.server.directHost) {
      process.addSecretVariable(DjangoVariable.DATABASE_SECRET_JSON, ecs.Secret.fromSecretsManager(secret), prefix);
    } else if (process.reads(DjangoVariable.DATABASE_SECRET_JSON)) {
      process.addSecretVariable(DjangoVariable.DATABASE_SECRET_JSON, ecs.Secret.fromSecretsManager(this.jsonOf(user, secret, host)), prefix);
    }
    if (!process.reads(DjangoVariable.DATABASE_URL)) {
      return;
    }
    if (this.options.passwordsRotate) {
      this.refuse('the convention has a name for DATABASE_URL, which holds the password of the deployment, but the passwords rotate: ' +
        'read the single variables or DATABASE_SECRET_JSON, or leave rotation off');
    }
    process.addSecretVariable(DjangoVariable.DATABASE_URL, ecs.Secret.fromSecretsManager(this.urlOf(user, secret, host)), prefix);
  }

  private addIam(process: IProcess, user: DatabaseUser): void {
    if (process.reads(DjangoVariable.DATABASE_URL)) {
      this.refuse('the convention has a name for DATABASE_URL, which holds a password, but IAM has none: read the single variables, ' +
        'and make a token for each connection');
    }
    if (this.server.resourceIds.length === 0) {
      this.refuse("IAM knows the database by its resource id, which is not known: give 'resourceId'");
    }
    process.addVariable(DjangoVariable.DATABASE_USER, user.name!, this.options.variablePrefix);
    process.addVariable(DjangoVariable.DATABASE_AUTHENTICATION, 'iam', this.options.variablePrefix);
    const grant = iam.Grant.addToPrincipal({
      grantee: process,
      actions: ['rds-db:connect'],
      resourceArns: this.server.resourceIds.map((id) => Stack.of(this.scope).formatArn({
        service: 'rds-db', resource: 'dbuser', resourceName: `${id}/${user.name}`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      })),
    });
    process.startAfter(grant);
  }

  private urlOf(user: DatabaseUser, secret: secretsmanager.ISecret, host: string): secretsmanager.ISecret {
    const { port, databaseName } = this.server;
    const tls = this.options.sslRootCertificate ? `verify-full&sslrootcert=${this.options.sslRootCertificate}` : 'require';
    return this.derive(user, host, 'Url', `postgres://${user.name ?? part(secret, 'username')}:${part(secret, 'password')}@${host}:${port}/${databaseName}?sslmode=${tls}`);
  }

  private jsonOf(user: DatabaseUser, secret: secretsmanager.ISecret, host: string): secretsmanager.ISecret {
    const { port, databaseName: dbname } = this.server;
    return this.derive(user, host, 'Json', JSON.stringify({
      username: user.name ?? part(secret, 'username'), password: part(secret, 'password'), engine: 'postgres', host, port, dbname,
    }));
  }

  /** Another text is another secret, so that the version that still serves finds its own unchanged. */
  private derive(user: DatabaseUser, host: string, kind: string, text: string): secretsmanager.ISecret {
    const isApplication = user === this.users.application && host === this.server.host;
    const id = `${isApplication ? '' : 'Release'}${kind}${hashOf(this.scope, text)}`;
    const known = this.derived.get(id);
    if (known) {
      return known;
    }
    const made = new secretsmanager.Secret(this.scope, id, { secretStringValue: SecretValue.unsafePlainText(text), removalPolicy: this.options.removalPolicy });
    Validations.of(made).acknowledge({ id: 'AwsSolutions-SMG4', reason: 'Made of a password that does not rotate' });
    this.derived.set(id, made);
    return made;
  }

  private refuse(problem: string): never {
    throw new Error(definitionError(this.scope, 'PrivateDatabase', [problem]));
  }
}

/**
 * CloudFormation fills the value in when it makes the secret that it is part of; it stands neither in the template nor in what CloudFormation shows or logs.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
function part(secret: secretsmanager.ISecret, jsonField: string): string {
  return SecretValue.secretsManager(secret.secretArn, { jsonField }).unsafeUnwrap();
}
