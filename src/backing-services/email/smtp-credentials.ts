import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { CustomResource, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { describe } from '../../private/description';
import { createPythonHandler } from '../../private/python-handler';

/** What SMTP credentials are made of. */
export interface SmtpCredentialsSettings {
  readonly host: string;
  readonly port: number;

  /** What the user may do. */
  readonly statements: iam.PolicyStatement[];

  /** Time between two rotations; absent without rotation. */
  readonly rotateAfter?: Duration;

  readonly logRetention: logs.RetentionDays;

  /** Of the log group; user, keys and secret always go. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * SMTP credentials of SES: a user of IAM whose access key a handler makes, turns into an SMTP password and writes into a secret, so
 * that neither ever passes through CloudFormation.
 */
export class SmtpCredentials extends Construct {
  public readonly user: iam.User;
  public readonly secret: secretsmanager.Secret;
  public readonly handler: lambda.Function;
  public readonly handlerLogs: logs.LogGroup;

  /** What exists once there are credentials in the secret with which one can send. */
  public readonly ready: CustomResource;

  public constructor(scope: Construct, id: string, settings: SmtpCredentialsSettings) {
    super(scope, id);

    this.user = new iam.User(this, 'User');
    const rights = new iam.Policy(this, 'UserRights', { users: [this.user], statements: settings.statements });
    this.secret = this.createSecret(settings.rotateAfter !== undefined);
    this.handlerLogs = new logs.LogGroup(this, 'HandlerLogs', { retention: settings.logRetention, removalPolicy: settings.removalPolicy });
    this.handler = createPythonHandler(this, {
      purpose: 'smtp-credentials',
      description: describe('Makes and rotates SMTP credentials:', this),
      role: this.createHandlerRole(settings.rotateAfter !== undefined),
      logGroup: this.handlerLogs,
      // A new key is tested at SES, which knows it after some minutes at worst.
      timeout: Duration.minutes(5),
      // For rotation, whose event names the secret only.
      environment: {
        USER_NAME: this.user.userName,
        SMTP_HOST: settings.host,
        SMTP_PORT: String(settings.port),
        REGION: Stack.of(this).region,
      },
    });
    this.ready = new CustomResource(this, 'Credentials', {
      resourceType: 'Custom::SesSmtpCredentials',
      serviceToken: this.handler.functionArn,
      // Longer than the handler has, which answers by itself that it ran out of time.
      serviceTimeout: Duration.minutes(7),
      properties: {
        ConstructPath: this.node.path,
        UserName: this.user.userName,
        SecretArn: this.secret.secretArn,
        Region: Stack.of(this).region,
        Host: settings.host,
        Port: String(settings.port),
      },
    });
    this.ready.node.addDependency(rights);
    if (settings.rotateAfter) {
      this.rotate(settings.rotateAfter);
    }
  }

  /** Goes with the stack: credentials of a user that is gone are of no use. */
  private createSecret(rotated: boolean): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, 'Secret', {
      description: describe('SMTP credentials of', this),
      // What stands in it until the handler writes. A change would make CloudFormation overwrite the credentials.
      generateSecretString: {},
      removalPolicy: RemovalPolicy.DESTROY,
    });
    if (!rotated) {
      Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: 'No rotation is asked for; \'rotation\' turns it on' });
    }
    return secret;
  }

  private createHandlerRole(rotates: boolean): iam.Role {
    return new iam.Role(this, 'HandlerRole', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Credentials: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:ListAccessKeys'],
              resources: [this.user.userArn],
            }),
            new iam.PolicyStatement({
              actions: [
                'secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue',
                ...rotates ? ['secretsmanager:UpdateSecretVersionStage'] : [],
              ],
              resources: [this.secret.secretArn],
            }),
            new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.handlerLogs.logGroupArn] }),
          ],
        }),
      },
    });
  }

  /** By hand: CDK's rotation lets any secret call the function and gives it more rights than it needs. */
  private rotate(after: Duration): void {
    const permission = new lambda.CfnPermission(this, 'RotationPermission', {
      action: 'lambda:InvokeFunction',
      functionName: this.handler.functionArn,
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: Stack.of(this).account,
      sourceArn: this.secret.secretArn,
    });
    const schedule = new secretsmanager.CfnRotationSchedule(this, 'Rotation', {
      secretId: this.secret.secretArn,
      rotationLambdaArn: this.handler.functionArn,
      rotationRules: { automaticallyAfterDays: after.toDays() },
      rotateImmediatelyOnUpdate: false,
    });
    schedule.node.addDependency(permission, this.ready);
  }
}
