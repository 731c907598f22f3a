/**
 * `tsx --tsconfig tsconfig.dev.json test/contract/variants.ts`: synthesises small stacks of the example project into cdk.out/contract, one for
 * each further way of handing backing services over. `test_variants.py` deploys each.
 */
import { rmSync } from 'fs';
import { join } from 'path';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import {
  DatabaseAuthentication, DeploymentProfile, DjangoImage, DjangoOnFargate, DjangoOnFargateProps, EnvironmentConvention, EnvironmentSecret, SesSmtp,
  WebServer,
} from 'cdk-django-on-fargate';

const ROOT = join(__dirname, '..', '..');
const OUT = join(ROOT, 'cdk.out', 'contract');

type Variant = Partial<DjangoOnFargateProps> | ((stack: Stack) => Partial<DjangoOnFargateProps>);

const VARIANTS: Record<string, Variant> = {
  /** No password for the database: tokens of IAM, an owner that migrates, an application that may not. Cache and mail beside. */
  Iam: {
    database: { authentication: DatabaseAuthentication.iam(), extensions: ['pg_trgm'], initialSql: 'CREATE SCHEMA IF NOT EXISTS reports' },
    cache: { replicas: 1 },
    email: { fromAddress: 'Shop <shop@example.com>' },
  },

  /** Everything in URLs, two users with passwords, mail by a server of somebody else. */
  Urls: (stack) => ({
    convention: EnvironmentConvention.urls(),
    database: { authentication: DatabaseAuthentication.passwords() },
    cache: {},
    backingServices: [SesSmtp.fromSmtpServer(stack, 'Mail', { host: 'smtp.example.net', fromAddress: 'shop@example.com', port: 465, secretName: 'shop/smtp' })],
  }),

  /** Everything in JSON objects, both kinds of serverless, a database whose certificate is verified. */
  Json: {
    convention: EnvironmentConvention.custom({
      databaseSecretJson: ['DATABASE_SECRET_JSON'],
      databaseHost: [],
      databasePort: [],
      databaseName: [],
      databaseUser: [],
      databasePassword: [],
      redisUrl: [],
      redisSecretJson: ['REDIS_SECRET_JSON'],
    }),
    database: { auroraServerless: {}, sslRootCertificate: '/etc/ssl/certs/rds-global-bundle.pem' },
    cache: { serverless: {} },
  },

  /** Names and settings as a project has had them for years, a read replica, a parameter. */
  OwnNames: {
    settingsModule: 'shop.own_settings',
    convention: EnvironmentConvention.postgresPrefixed().customized({
      secretKey: ['SECRET_KEY'],
      allowedHosts: ['HOSTS'],
      https: ['SITE_IS_HTTPS'],
      databaseName: ['POSTGRES_NAME', 'POSTGRES_DB'],
      mediaBucket: ['MEDIA_BUCKET'],
      staticBucket: ['STATIC_BUCKET'],
    }),
    database: { readReplicas: 1 },
    secrets: { PAYMENT_TOKEN: EnvironmentSecret.fromSsmParameter('/shop/payment-token') },
  },

  /** Two tasks with times so short that a test can watch them being replaced. */
  Rolling: {
    web: { healthCheckPath: '/health/', requestTimeout: Duration.seconds(4), minCapacity: 2, maxCapacity: 2 },
    loadBalancer: { idleTimeout: Duration.seconds(5) },
  },

  /** The same on uvicorn, with WebSockets beside Django. */
  Asgi: {
    web: {
      server: WebServer.uvicorn(),
      command: ['uvicorn', 'shop.echo:application'],
      healthCheckPath: '/health/',
      requestTimeout: Duration.seconds(4),
      minCapacity: 2,
      maxCapacity: 2,
    },
    loadBalancer: { idleTimeout: Duration.seconds(5) },
  },
};

function main(): void {
  rmSync(OUT, { recursive: true, force: true });
  const app = new App({ outdir: OUT, analyticsReporting: false });
  for (const [name, variant] of Object.entries(VARIANTS)) {
    const stack = new Stack(app, name);
    new DjangoOnFargate(stack, 'Shop', {
      // The same name as a registry's image stands for the folder: nothing is built here.
      image: DjangoImage.fromRegistry('registry.example.com/shop:1'),
      project: 'shop',
      profile: DeploymentProfile.DEVELOPMENT,
      web: { healthCheckPath: '/health/' },
      ...(typeof variant === 'function' ? variant(stack) : variant),
    });
  }
  app.synth();
}

main();
