import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Annotations, Duration, RemovalPolicy, Token, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { PrivateDatabaseProps } from './private-database-props';
import { databaseSubnets, DEFAULT_STORAGE_GIB, PRIVATE_DATABASE_RULES } from './private-database-rules';
import { IBackingService } from '../../config/backing-service';
import { DjangoVariable } from '../../config/django-variable';
import { IProcess } from '../../config/process';
import { describe } from '../../private/description';
import { instanceTypeProblem, maxConnections } from '../../private/postgres';
import { validateProps } from '../../private/validation';

const DEFAULT_VERSION = '17';
const DEFAULT_INSTANCE_TYPE = 't4g.small';
const DEFAULT_MAX_STORAGE_GIB = 100;
const MOST_STORAGE_GIB = 65536;
const POSTGRES_PORT = ec2.Port.tcp(5432);
/** Everything but letters, digits, `-`, `.`, `_` and `~`: what remains needs no escaping in a URL. */
const NOT_URL_SAFE = ' %+`#$&*()|[]{}:;<>?!\'/@"\\=^,';

/**
 * PostgreSQL database on RDS that nobody but the attached processes can reach: private, encrypted at rest and
 * on the way, backed up, kept when the stack is deleted.
 *
 * The password is generated into Secrets Manager, safe in URLs, and never in a template.
 *
 * @example
 *
 * declare const vpc: ec2.IVpc;
 * const database = new PrivateDatabase(this, 'Database', { vpc, instanceType: 't4g.medium' });
 */
export class PrivateDatabase extends Construct implements IBackingService {
  /** RDS instance. */
  public readonly instance: rds.DatabaseInstance;

  /** Secret with the connection data: `username`, `password`, `host`, `port`, `dbname`. */
  public readonly secret: rds.DatabaseSecret;

  /** Network of the database. */
  public readonly vpc: ec2.IVpc;

  /** Security group of the database. */
  public readonly securityGroup: ec2.SecurityGroup;

  /** Connections of the database, with its port as default. */
  public readonly connections: ec2.Connections;

  /** Name of the database. */
  public readonly databaseName: string;

  /** Connections that the instance accepts by PostgreSQL's default for its memory; absent when the class is not known. */
  public readonly maxConnections?: number;

  public constructor(scope: Construct, id: string, props: PrivateDatabaseProps) {
    super(scope, id);
    validateProps(this, 'PrivateDatabase', props, PRIVATE_DATABASE_RULES);

    const instanceType = (props.instanceType ?? DEFAULT_INSTANCE_TYPE).replace(/^db\./, '');
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    // A snapshot holds the data; what stood beside the instance is of no use without it.
    const companionPolicy = removalPolicy === RemovalPolicy.SNAPSHOT ? RemovalPolicy.DESTROY : removalPolicy;
    this.vpc = props.vpc;
    this.databaseName = props.databaseName ?? 'django';
    this.maxConnections = Token.isUnresolved(instanceType) ? undefined : maxConnections(instanceType);

    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: describe('Database of', this),
      allowAllOutbound: false,
    });
    // An instance that is kept uses its security group: deleting that would fail, and the stack with it.
    this.securityGroup.applyRemovalPolicy(companionPolicy);
    this.secret = new rds.DatabaseSecret(this, 'Secret', {
      username: props.username ?? 'django',
      dbname: this.databaseName,
      excludeCharacters: NOT_URL_SAFE,
    });
    this.secret.applyRemovalPolicy(companionPolicy);
    this.instance = this.createInstance(props, instanceType, removalPolicy, companionPolicy);
    this.connections = new ec2.Connections({
      securityGroups: [this.securityGroup],
      defaultPort: POSTGRES_PORT,
    });
    this.acknowledgeFindings(props);
    this.warnAboutRisks(props, removalPolicy);
  }

  public attachTo(process: IProcess): void {
    const secret = this.instance.secret!;
    process.addVariable(DjangoVariable.DATABASE_HOST, this.instance.dbInstanceEndpointAddress);
    process.addVariable(DjangoVariable.DATABASE_PORT, this.instance.dbInstanceEndpointPort);
    process.addVariable(DjangoVariable.DATABASE_NAME, this.databaseName);
    process.addVariable(DjangoVariable.DATABASE_SSLMODE, 'require');
    process.addSecretVariable(DjangoVariable.DATABASE_USER, ecs.Secret.fromSecretsManager(secret, 'username'));
    process.addSecretVariable(DjangoVariable.DATABASE_PASSWORD, ecs.Secret.fromSecretsManager(secret, 'password'));
    process.addSecretVariable(DjangoVariable.DATABASE_SECRET_JSON, ecs.Secret.fromSecretsManager(secret));
    for (const group of process.connections.securityGroups) {
      // As a remote rule, so that a database in another stack gets no reference back.
      this.securityGroup.addIngressRule(group, POSTGRES_PORT, describe('From', group), true);
      if (!group.allowAllOutbound) {
        group.addEgressRule(this.securityGroup, POSTGRES_PORT, describe('To', this));
      }
    }
    process.startAfter(this.securityGroup);
  }

  private createInstance(
    props: PrivateDatabaseProps, instanceType: string, removalPolicy: RemovalPolicy, companionPolicy: RemovalPolicy,
  ): rds.DatabaseInstance {
    const version = props.engineVersion ?? DEFAULT_VERSION;
    const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of(version, version.split('.')[0]) });
    const allocatedStorage = props.allocatedStorageGiB ?? DEFAULT_STORAGE_GIB;

    const subnetGroup = new rds.SubnetGroup(this, 'Subnets', {
      vpc: props.vpc,
      vpcSubnets: databaseSubnets(props.vpc, props.vpcSubnets),
      description: describe('Database of', this),
      removalPolicy: companionPolicy,
    });
    const parameterGroup = new rds.ParameterGroup(this, 'Parameters', {
      engine,
      description: describe('Database of', this),
      parameters: { 'rds.force_ssl': '1' },
      removalPolicy: companionPolicy,
    });
    return new rds.DatabaseInstance(this, 'Instance', {
      vpc: props.vpc,
      engine,
      instanceType: new ec2.InstanceType(instanceType),
      databaseName: this.databaseName,
      credentials: rds.Credentials.fromSecret(this.secret, props.username ?? 'django'),
      subnetGroup,
      parameterGroup,
      securityGroups: [this.securityGroup],
      publiclyAccessible: false,
      multiAz: props.multiAz ?? true,
      storageType: rds.StorageType.GP3,
      storageEncrypted: true,
      allocatedStorage,
      maxAllocatedStorage: props.maxAllocatedStorageGiB ?? defaultMaxStorage(allocatedStorage),
      backupRetention: props.backupRetention ?? Duration.days(7),
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: removalPolicy === RemovalPolicy.DESTROY,
      autoMinorVersionUpgrade: true,
      cloudwatchLogsExports: ['postgresql', 'upgrade'],
      enablePerformanceInsights: true,
      caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
      deletionProtection: props.deletionProtection ?? true,
      removalPolicy,
    });
  }

  private acknowledgeFindings(props: PrivateDatabaseProps): void {
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'ECS reads the secret when a task starts: a password that rotates by itself would lock running tasks out',
    });
    Validations.of(this.instance).acknowledge(
      { id: 'AwsSolutions-RDS11', reason: 'The security group admits the attached processes only; another port would hide nothing from them' },
    );
    if (props.multiAz === false) {
      Validations.of(this.instance).acknowledge({ id: 'AwsSolutions-RDS3', reason: "Chosen by 'multiAz': this database does without a standby" });
    }
    if (props.deletionProtection === false) {
      Validations.of(this.instance).acknowledge({ id: 'AwsSolutions-RDS10', reason: "Chosen by 'deletionProtection': this database may be deleted" });
    }
  }

  private warnAboutRisks(props: PrivateDatabaseProps, removalPolicy: RemovalPolicy): void {
    if (removalPolicy === RemovalPolicy.DESTROY && (props.deletionProtection ?? true)) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:protected-database',
        "'removalPolicy' DESTROY has no effect while 'deletionProtection' is on: deleting the stack fails. Set 'deletionProtection' to false.");
    }
    const problem = instanceTypeProblem(props.instanceType ?? DEFAULT_INSTANCE_TYPE);
    if (problem) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:instance-type', `'instanceType' ${problem}.`);
    }
  }
}

function defaultMaxStorage(allocated: number): number | undefined {
  const most = Math.min(MOST_STORAGE_GIB, Math.max(DEFAULT_MAX_STORAGE_GIB, allocated * 5));
  return Token.isUnresolved(allocated) || most * 10 < allocated * 11 ? undefined : most;
}
