/** Prints the templates of preparations, so that what the tests run is what the templates say. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DatabaseAccess } from '../../src/backing-services/database/database-access';
import { DatabaseAccessOptions } from '../../src/backing-services/database/database-access-props';
import { DatabaseAuthentication } from '../../src/backing-services/database/database-authentication';
import { createDatabaseUsers } from '../../src/backing-services/database/database-users';
import { IPreparedService } from '../../src/config/preparation';
import { IProcess } from '../../src/config/process';
import { CommandRunner } from '../../src/processes/commands/command-runner';
import { Preparation } from '../../src/processes/release/preparation';

const [DATABASE, SQL] = process.argv.slice(2);

const VARIANTS: Record<string, DatabaseAccessOptions & { readonly passwordsRotate?: boolean }> = {
  passwords: { authentication: DatabaseAuthentication.passwords() },
  iam: { authentication: DatabaseAuthentication.iam() },
  sameNamesWithIam: { authentication: DatabaseAuthentication.iam({ ownerUser: 'django_owner', applicationUser: 'django_app' }) },
  renamed: { authentication: DatabaseAuthentication.passwords({ ownerUser: 'User', applicationUser: 'Order' }) },
  rotated: { authentication: DatabaseAuthentication.passwords(), passwordsRotate: true },
  sql: { authentication: DatabaseAuthentication.passwords(), extensions: ['citext', 'uuid-ossp'], initialSql: SQL },
  iamSql: { authentication: DatabaseAuthentication.iam(), initialSql: SQL },
  masterUser: { extensions: ['citext'], initialSql: SQL },
  verified: { authentication: DatabaseAuthentication.passwords(), preparation: { sslRootCertificate: '/ca.pem' } },
};

class Database extends Construct implements IPreparedService {
  public readonly preparation;
  private readonly access: DatabaseAccess;

  public constructor(scope: Construct, id: string, options: DatabaseAccessOptions & { readonly passwordsRotate?: boolean }) {
    super(scope, id);
    const masterSecret = secretsmanager.Secret.fromSecretNameV2(this, 'Master', 'Master');
    const removalPolicy = RemovalPolicy.DESTROY;
    const users = createDatabaseUsers(this, options.authentication, { masterSecret, databaseName: DATABASE, removalPolicy });
    const server = { host: 'proxy', directHost: 'localhost', port: '5432', databaseName: DATABASE, resourceIds: ['db-1'] };
    this.access = new DatabaseAccess(this, server, users, { ...options, masterSecret, removalPolicy });
    this.preparation = this.access.preparation;
  }

  public attachTo(attached: IProcess): void {
    this.access.attachTo(attached);
  }
}

const templates = Object.entries(VARIANTS).map(([name, options]) => {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Shop');
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['s-1', 's-2'] });
  const commandRunner = new CommandRunner(stack, 'Commands', { cluster: new ecs.Cluster(stack, 'Cluster', { vpc }) });
  new Preparation(stack, 'Preparation', { commandRunner, service: new Database(stack, 'Database', options), vpc });
  return [name, app.synth().getStackArtifact(stack.artifactId).template];
});
console.log(JSON.stringify(Object.fromEntries(templates)));
