import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy, SecretValue, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DjangoVariable } from '../../config/django-variable';
import { IProcess } from '../../config/process';
import { describe } from '../../private/description';

/** Where a cache is and how it is opened. */
export interface CacheEndpoint {
  readonly host: string;
  readonly port: string;
  readonly tls: boolean;

  /** Absent for the default user, whom the password alone makes known. */
  readonly username?: string;

  /** Dynamic reference to the password, which CloudFormation resolves; absent where none is asked for. */
  readonly password?: SecretValue;
}

/** What a process gets of a cache. */
export interface CacheAccess {
  readonly endpoint: CacheEndpoint;

  /** Secret with the connection data; absent where there is no password. */
  readonly secret?: secretsmanager.ISecret;

  /** What shall let processes in; absent where something else does. */
  readonly securityGroup?: ec2.ISecurityGroup;

  readonly ports: ec2.Port;
  readonly variablePrefix?: string;
}

/** Makes the secret with the connection data. The password in it is a dynamic reference to the secret that it was generated into. */
export function createConnectionSecret(scope: Construct, endpoint: CacheEndpoint, removalPolicy: RemovalPolicy, secretName?: string): secretsmanager.Secret {
  const secret = new secretsmanager.Secret(scope, 'Connection', {
    description: describe('Connection data of', scope),
    secretName,
    secretStringValue: SecretValue.unsafePlainText(connectionJson(scope, endpoint)),
    removalPolicy,
  });
  acknowledgeNoRotation(secret);
  return secret;
}

/** Says to cdk-nag why the password of a cache does not rotate. */
export function acknowledgeNoRotation(secret: secretsmanager.Secret): void {
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'ECS reads the secret when a task starts: a password that rotates by itself would lock running tasks out',
  });
}

/** Hands a cache over to a process and opens the network between them. */
export function attachCache(cache: Construct, { endpoint, secret, securityGroup, ports, variablePrefix }: CacheAccess, process: IProcess): void {
  process.addVariable(DjangoVariable.REDIS_HOST, endpoint.host, variablePrefix);
  process.addVariable(DjangoVariable.REDIS_PORT, endpoint.port, variablePrefix);
  if (secret) {
    process.addSecretVariable(DjangoVariable.REDIS_PASSWORD, ecs.Secret.fromSecretsManager(secret, 'redis_password'), variablePrefix);
    process.addSecretVariable(DjangoVariable.REDIS_URL, ecs.Secret.fromSecretsManager(secret, 'redis_url'), variablePrefix);
    process.addSecretVariable(DjangoVariable.REDIS_BASE_URL, ecs.Secret.fromSecretsManager(secret, 'redis_base_url'), variablePrefix);
    process.addSecretVariable(DjangoVariable.REDIS_SECRET_JSON, ecs.Secret.fromSecretsManager(secret), variablePrefix);
  } else {
    process.addVariable(DjangoVariable.REDIS_URL, urlOf(endpoint), variablePrefix);
    process.addVariable(DjangoVariable.REDIS_BASE_URL, baseUrlOf(endpoint), variablePrefix);
    process.addVariable(DjangoVariable.REDIS_SECRET_JSON, connectionJson(cache, endpoint), variablePrefix);
  }
  if (securityGroup) {
    openNetwork(cache, securityGroup, ports, process);
  }
}

function openNetwork(cache: Construct, securityGroup: ec2.ISecurityGroup, ports: ec2.Port, process: IProcess): void {
  for (const group of process.connections.securityGroups) {
    // As a remote rule, so that a cache in another stack gets no reference back.
    securityGroup.addIngressRule(group, ports, describe('From', group), true);
    if (!group.allowAllOutbound) {
      group.addEgressRule(securityGroup, ports, describe('To', cache));
    }
  }
  process.startAfter(securityGroup);
}

function connectionJson(scope: Construct, endpoint: CacheEndpoint): string {
  return Stack.of(scope).toJsonString({
    redis_url: urlOf(endpoint),
    redis_base_url: baseUrlOf(endpoint),
    redis_host: endpoint.host,
    redis_port: endpoint.port,
    redis_password: endpoint.password?.unsafeUnwrap() ?? '',
  });
}

/**
 * The URL that redis-py, and with it Django, and Celery take as it is. Celery's result backend refuses one with TLS that does not say how
 * certificates are verified, and of the words for it `required` is the one that redis-py knows too.
 */
function urlOf(endpoint: CacheEndpoint): string {
  return `${baseUrlOf(endpoint)}/0${endpoint.tls ? '?ssl_cert_reqs=required' : ''}`;
}

/** The URL to which projects append a path of their own. */
function baseUrlOf({ host, port, tls, username = '', password }: CacheEndpoint): string {
  const user = password ? `${username}:${password.unsafeUnwrap()}@` : '';
  return `${tls ? 'rediss' : 'redis'}://${user}${host}:${port}`;
}
