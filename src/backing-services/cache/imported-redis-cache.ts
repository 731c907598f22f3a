import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { RemovalPolicy, Tokenization } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { attachCache, CacheAccess, createConnectionSecret } from './cache-connection';
import { RedisCacheAttributes } from './redis-cache-props';
import { REDIS_CACHE_ATTRIBUTES_RULES } from './redis-cache-rules';
import { IBackingService } from '../../config/backing-service';
import { IProcess } from '../../config/process';
import { withoutNulls } from '../../private/options';
import { validateProps } from '../../private/validation';

const DEFAULT_PORT = 6379;

/** A cache that was there before. */
export class ImportedRedisCache extends Construct implements IBackingService {
  private readonly access: CacheAccess;

  public constructor(scope: Construct, id: string, attributes: RedisCacheAttributes) {
    super(scope, id);
    validateProps(this, 'RedisCache', attributes, REDIS_CACHE_ATTRIBUTES_RULES);

    attributes = withoutNulls(attributes);
    const { host, port = DEFAULT_PORT, secret, securityGroup, username, variablePrefix } = attributes;
    const endpoint = {
      host,
      port: Tokenization.stringifyNumber(port),
      tls: attributes.tls ?? true,
      username,
      password: secret?.secretValueFromJson(attributes.passwordKey ?? 'password'),
    };
    this.access = {
      endpoint,
      // It holds nothing that is not in the given secret.
      secret: secret && createConnectionSecret(this, endpoint, RemovalPolicy.DESTROY),
      securityGroup,
      ports: ec2.Port.tcp(port),
      variablePrefix,
    };
  }

  public attachTo(process: IProcess): void {
    attachCache(this, this.access, process);
  }
}
