import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Duration } from 'aws-cdk-lib/core';

/** Settings of a sign-in, whoever the identity provider is. */
export interface AuthenticationOptions {
  /**
   * What the load balancer asks the identity provider for, separated by spaces, e.g. `openid email`.
   * @default 'openid'
   */
  readonly scope?: string;

  /**
   * Time after which users sign in anew, 1 second to 7 days.
   * @default Duration.days(7)
   */
  readonly sessionTimeout?: Duration;

  /**
   * Name of the cookie with the session. Routes with different providers need different names.
   * @default 'AWSELBAuthSessionCookie'
   */
  readonly sessionCookieName?: string;

  /**
   * What happens to requests without a session: sent to the provider, refused with the status 401 (for paths that scripts call), or let through.
   * @default elbv2.UnauthenticatedAction.AUTHENTICATE
   */
  readonly unauthenticated?: elbv2.UnauthenticatedAction;
}

/** Sign-in with a user pool of Amazon Cognito. */
export interface CognitoAuthenticationOptions extends AuthenticationOptions {
  /** User pool whose users may come in. Everybody who can sign up in it may, so close its sign-up where that matters. */
  readonly userPool: cognito.IUserPool;

  /** Client of the pool: with a secret, the flow `authorizationCodeGrant`, and the callback addresses `https://<name>/oauth2/idpresponse`. */
  readonly userPoolClient: cognito.IUserPoolClient;

  /** Domain of the pool's sign-in pages. */
  readonly userPoolDomain: cognito.IUserPoolDomain;
}

/** Sign-in with an identity provider that speaks OpenID Connect. */
export interface OidcAuthenticationOptions extends AuthenticationOptions {
  /** Name of the provider as its tokens have it: an address with `https://`. */
  readonly issuer: string;

  /** Address of the authorization endpoint, with `https://`. */
  readonly authorizationEndpoint: string;

  /** Address of the token endpoint, with `https://`. The load balancer must reach it by IPv4. */
  readonly tokenEndpoint: string;

  /** Address of the user info endpoint, with `https://`. The load balancer must reach it by IPv4. */
  readonly userInfoEndpoint: string;

  /** Id of the client that is registered with the provider. */
  readonly clientId: string;

  /** Secret of the client: the whole value of the secret. CloudFormation reads it when it makes or changes the rule. */
  readonly clientSecret: secretsmanager.ISecret;
}
