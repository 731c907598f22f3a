import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy, Tokenization } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DatabaseAccess } from './database-access';
import { warnAboutExtensions } from './database-access-rules';
import { openDatabase } from './database-network';
import { createDatabaseUsers } from './database-users';
import { EXISTING_DATABASE_RULES } from './existing-database-rules';
import { IPrivateDatabase } from './i-private-database';
import { companionOf } from './postgres-server';
import { PrivateDatabaseAttributes } from './private-database-attributes';
import { PreparationCommand } from '../../config/preparation';
import { IProcess } from '../../config/process';
import { withoutNulls } from '../../private/options';
import { validateProps } from '../../private/validation';

/** A PostgreSQL database that was there before: `PrivateDatabase.fromAttributes`. */
export class ExistingDatabase extends Construct implements IPrivateDatabase {
  public readonly host: string;
  public readonly port: string;
  public readonly databaseName: string;
  public readonly connections: ec2.Connections;
  public readonly maxConnections?: number;
  public readonly preparation?: PreparationCommand;

  private readonly access: DatabaseAccess;

  public constructor(scope: Construct, id: string, attributes: PrivateDatabaseAttributes) {
    super(scope, id);
    validateProps(this, 'PrivateDatabase.fromAttributes', attributes, EXISTING_DATABASE_RULES);

    attributes = withoutNulls(attributes);
    const removalPolicy = companionOf(attributes.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    const masterSecret = attributes.secretName ? secretsmanager.Secret.fromSecretNameV2(this, 'Secret', attributes.secretName) : attributes.secret;
    this.host = attributes.host;
    this.port = Tokenization.stringifyNumber(attributes.port);
    this.databaseName = attributes.databaseName;
    this.maxConnections = attributes.maxConnections;
    this.connections = new ec2.Connections({ securityGroups: attributes.securityGroups, defaultPort: ec2.Port.tcp(attributes.port) });

    const { host, port, databaseName } = this;
    const server = {
      host,
      directHost: host,
      port,
      databaseName,
      replicaHost: attributes.replicaHost,
      resourceIds: attributes.resourceId ? [attributes.resourceId] : [],
    };
    const users = createDatabaseUsers(this, attributes.authentication, { masterSecret, databaseName, removalPolicy });
    this.access = new DatabaseAccess(this, server, users, { ...attributes, masterSecret, removalPolicy });
    this.preparation = this.access.preparation;
    warnAboutExtensions(this, attributes.extensions);
  }

  public attachTo(process: IProcess): void {
    this.access.attachTo(process);
    openDatabase(this, this.connections.securityGroups, this.connections.defaultPort!, process);
  }
}
