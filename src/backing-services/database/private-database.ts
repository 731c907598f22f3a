import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ArnFormat, Duration, RemovalPolicy, Resource, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { createAuroraCluster } from './aurora-cluster';
import { DatabaseAccess } from './database-access';
import { hashOf } from './database-identifier';
import { openDatabase } from './database-network';
import { createDatabaseProxy, proxyResourceId } from './database-proxy';
import { DEFAULT_ROTATION, rotatePasswords } from './database-rotation';
import { createDatabaseUsers, DatabaseUsers } from './database-users';
import { acknowledgeFixedPassword, warnAboutDatabase, warnAboutLateUser } from './database-warnings';
import { DEFAULT_VERSION } from './engine-version';
import { ExistingDatabase } from './existing-database';
import { IPrivateDatabase } from './i-private-database';
import { createMonitoringRole } from './monitoring-role';
import { createPostgresInstance } from './postgres-instance';
import { companionOf, PostgresServer, ServerSettings } from './postgres-server';
import { PrivateDatabaseAttributes } from './private-database-attributes';
import { PrivateDatabaseProps } from './private-database-props';
import { DEFAULT_NAME, PRIVATE_DATABASE_RULES } from './private-database-rules';
import { connectionLimit } from './server-settings';
import { PreparationCommand } from '../../config/preparation';
import { IProcess, ProcessDuty } from '../../config/process';
import { dataSubnets } from '../../private/data-subnets';
import { describe } from '../../private/description';
import { withoutNulls } from '../../private/options';
import { NOT_URL_SAFE } from '../../private/postgres';
import { definitionError, validateProps } from '../../private/validation';

const POSTGRES_PORT = ec2.Port.tcp(5432);

/**
 * PostgreSQL database on RDS that nobody but the attached processes can reach: private, encrypted at rest and
 * on the way, backed up, kept when the stack is deleted. An instance, or Aurora Serverless v2.
 *
 * The password is generated into Secrets Manager, safe in URLs, and never in a template.
 *
 * @example
 *
 * declare const vpc: ec2.IVpc;
 * const database = new PrivateDatabase(this, 'Database', { vpc, instanceType: 't4g.medium' });
 */
export class PrivateDatabase extends Construct implements IPrivateDatabase {
  /**
   * A PostgreSQL database that was there before, of another stack or of nobody's. Nothing is made but what its users need.
   * @param scope where it is used
   * @param id its id there
   * @param attributes what is known of it
   */
  public static fromAttributes(scope: Construct, id: string, attributes: PrivateDatabaseAttributes): IPrivateDatabase {
    return new ExistingDatabase(scope, id, attributes);
  }

  /** RDS instance; absent with Aurora. */
  public readonly instance?: rds.IDatabaseInstance;

  /** Read replicas of the instance; those of Aurora are in the cluster. */
  public readonly replicas: rds.DatabaseInstanceReadReplica[];

  /** Aurora cluster; absent with an instance. */
  public readonly cluster?: rds.IDatabaseCluster;

  /** RDS Proxy; absent where none was asked for. */
  public readonly proxy?: rds.DatabaseProxy;

  /** Secret of the administrator with the connection data: `username`, `password`, `host`, `port`, `dbname`. */
  public readonly secret: rds.DatabaseSecret;

  /** Secret that the application logs in with: the administrator's, or its own; absent with IAM. Whoever rotates it starts the tasks anew after that. */
  public readonly applicationSecret?: secretsmanager.ISecret;

  /** Network of the database. */
  public readonly vpc: ec2.IVpc;

  /** Security group of the database. */
  public readonly securityGroup: ec2.SecurityGroup;

  /** Connections of the database, with its port as default. */
  public readonly connections: ec2.Connections;

  /** Host that the application connects to: of the database, or of its proxy. */
  public readonly host: string;

  /** Port of the database. */
  public readonly port: string;

  /** Name of the database. */
  public readonly databaseName: string;

  /** Connections that the database accepts by PostgreSQL's default for its memory; absent when that is not known, or a proxy shares them out. */
  public readonly maxConnections?: number;

  /** Command that prepares the database; absent where nothing has to be prepared. */
  public readonly preparation?: PreparationCommand;

  /** Time between two rotations of the password that running tasks hold; absent where it does not change. */
  public readonly credentialsRotateAfter?: Duration;

  private readonly iamAuthentication: boolean;
  private readonly proxyNeedsUser: boolean;
  private readonly resourceIds: string[];
  private readonly access: DatabaseAccess;

  public constructor(scope: Construct, id: string, props: PrivateDatabaseProps) {
    super(scope, id);
    validateProps(this, 'PrivateDatabase', props, PRIVATE_DATABASE_RULES);

    props = withoutNulls(props);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    const companionPolicy = companionOf(removalPolicy);
    const version = props.engineVersion ?? DEFAULT_VERSION;
    const username = props.username ?? DEFAULT_NAME;
    this.vpc = props.vpc;
    this.databaseName = props.databaseName ?? DEFAULT_NAME;
    this.maxConnections = connectionLimit(props);
    this.iamAuthentication = props.authentication?._logins().iam ?? false;

    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: describe('Database of', this),
      allowAllOutbound: false,
    });
    // An instance that is kept uses its security group: deleting that would fail, and the stack with it.
    this.securityGroup.applyRemovalPolicy(companionPolicy);
    this.secret = this.createSecret(username, companionPolicy, props.rotation !== undefined);
    const settings: ServerSettings = {
      props,
      version,
      databaseName: this.databaseName,
      username,
      secret: this.secret,
      securityGroup: this.securityGroup,
      subnetGroup: this.createSubnetGroup(props, companionPolicy),
      iamAuthentication: this.iamAuthentication,
      monitoringRole: props.enhancedMonitoringInterval && createMonitoringRole(this, companionPolicy),
      removalPolicy,
      companionPolicy,
    };
    const server = props.auroraServerless ? createAuroraCluster(this, settings, props.auroraServerless) : createPostgresInstance(this, settings);
    ({ instance: this.instance, replicas: this.replicas, cluster: this.cluster, port: this.port } = server);
    // Without it the secret that is kept would lose the address of the database that is kept.
    (this.secret.node.findChild('Attachment') as Resource).applyRemovalPolicy(companionPolicy);

    const users = createDatabaseUsers(this, props.authentication, {
      masterSecret: server.masterSecret,
      secretTarget: server.secretTarget,
      administrator: username,
      databaseName: this.databaseName,
      removalPolicy: companionPolicy,
    });
    this.applicationSecret = users.application.secret;
    this.proxy = props.proxy && createDatabaseProxy(this, server, users, settings, props.proxy);
    this.proxyNeedsUser = this.proxy !== undefined && !users.iam && !users.application.isMaster;
    this.host = this.proxy?.endpoint ?? server.host;
    this.resourceIds = [...server.resourceIds, ...this.proxy ? [proxyResourceId(this.proxy)] : []];
    this.access = this.createAccess(server, props, users, companionPolicy);
    this.preparation = this.access.preparation;
    this.connections = new ec2.Connections({ securityGroups: [this.securityGroup], defaultPort: POSTGRES_PORT });
    if (props.rotation) {
      this.credentialsRotateAfter = users.iam ? undefined : props.rotation.automaticallyAfter ?? DEFAULT_ROTATION;
      rotatePasswords(this, { props, databaseGroup: this.securityGroup, masterSecret: server.masterSecret, users, companionPolicy }, props.rotation);
    }
    warnAboutDatabase(this, props, version, removalPolicy);
  }

  public attachTo(process: IProcess): void {
    this.access.attachTo(process);
    openDatabase(this, [this.securityGroup], POSTGRES_PORT, process);
    // Their addresses are there before the instances that answer at them. CloudFormation waits until the proxy has logged in, at most 20 minutes: the
    // user that it does so as is made by the preparation, which must not wait for it in turn.
    const proxy = process.duty === ProcessDuty.APPLICATION ? this.proxy : undefined;
    process.startAfter(...[this.cluster, proxy].filter((construct) => construct !== undefined));
    if (this.proxyNeedsUser) {
      warnAboutLateUser(this, process);
    }
  }

  /**
   * Lets somebody log in as a user by a token of IAM; with `DatabaseAuthentication.iam()` only.
   * @param grantee who may
   * @param username name of the user in the database
   */
  public grantConnect(grantee: iam.IGrantable, username: string): iam.Grant {
    if (!this.iamAuthentication) {
      throw new Error(definitionError(this, 'PrivateDatabase', ["'grantConnect' needs 'authentication' DatabaseAuthentication.iam(): no token opens it otherwise"]));
    }
    const stack = Stack.of(this);
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['rds-db:connect'],
      resourceArns: this.resourceIds.map((id) => stack.formatArn({
        service: 'rds-db', resource: 'dbuser', resourceName: `${id}/${username}`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      })),
    });
  }

  /**
   * Metric of the processor's load in percent, averaged over 5 minutes.
   * @param options how it is read
   */
  public metricCPUUtilization(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return (this.instance ?? this.cluster!).metricCPUUtilization(options);
  }

  /**
   * Metric of the open connections, averaged over 5 minutes.
   * @param options how it is read
   */
  public metricDatabaseConnections(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return (this.instance ?? this.cluster!).metricDatabaseConnections(options);
  }

  /**
   * Metric of the free memory in bytes, averaged over 5 minutes.
   * @param options how it is read
   */
  public metricFreeableMemory(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return (this.instance ?? this.cluster!).metricFreeableMemory(options);
  }

  /**
   * Metric of the free storage in bytes, averaged over 5 minutes: of an instance its own; of Aurora, whose data grows without a bound, that
   * for temporary files and logs.
   * @param options how it is read
   */
  public metricFreeStorageSpace(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.instance ? this.instance.metricFreeStorageSpace(options) : this.cluster!.metricFreeLocalStorage(options);
  }

  /** Another name or user is another secret, so that the database that it replaces keeps its password. */
  private createSecret(username: string, removalPolicy: RemovalPolicy, rotates: boolean): rds.DatabaseSecret {
    const names = [this.databaseName, username];
    const isDefault = names.every((name) => name === DEFAULT_NAME);
    const secret = new rds.DatabaseSecret(this, isDefault ? 'Secret' : `Secret${hashOf(this, names)}`, {
      username,
      dbname: this.databaseName,
      excludeCharacters: NOT_URL_SAFE,
    });
    secret.applyRemovalPolicy(removalPolicy);
    if (!rotates) {
      acknowledgeFixedPassword(secret);
    }
    return secret;
  }

  private createSubnetGroup({ vpc, vpcSubnets }: PrivateDatabaseProps, removalPolicy: RemovalPolicy): rds.SubnetGroup {
    return new rds.SubnetGroup(this, 'Subnets', {
      vpc, vpcSubnets: dataSubnets(vpc, vpcSubnets), description: describe('Database of', this), removalPolicy,
    });
  }

  private createAccess(server: PostgresServer, props: PrivateDatabaseProps, users: DatabaseUsers, removalPolicy: RemovalPolicy): DatabaseAccess {
    const { host, port, databaseName, resourceIds } = this;
    return new DatabaseAccess(
      this,
      { host, directHost: server.host, port, replicaHost: server.replicaHost, databaseName, resourceIds },
      users,
      { ...props, masterSecret: server.masterSecret, removalPolicy, passwordsRotate: props.rotation !== undefined && !users.iam },
    );
  }
}
