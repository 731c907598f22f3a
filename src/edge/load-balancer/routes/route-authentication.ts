import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AuthenticateCognitoAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2-actions';
import { AuthenticationOptions, CognitoAuthenticationOptions, OidcAuthenticationOptions } from './route-authentication-props';
import { COGNITO_RULES, OIDC_RULES } from './route-authentication-rules';
import { withoutNulls } from '../../../private/options';
import { joined, Rule, show } from '../../../private/validation';

/**
 * Sign-in in front of a route, which the load balancer does by itself: a request without a session is sent to the identity provider and does not
 * reach the application. Health checks go on without. The application finds who it is in the header `x-amzn-oidc-data`, whose signature it must
 * verify, since clients can send such a header on routes without a sign-in.
 *
 * The callback address of the client is `https://<name of the site>/oauth2/idpresponse`, for each name.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
 *
 * @example
 *
 * declare const alb: WafProtectedAlb;
 * declare const targets: elbv2.ApplicationTargetGroup;
 * declare const userPool: cognito.UserPool;
 * declare const userPoolClient: cognito.UserPoolClient; // With a secret.
 * declare const userPoolDomain: cognito.UserPoolDomain;
 * alb.addTargetGroup(targets, {
 *   paths: ['/admin/*'],
 *   authentication: RouteAuthentication.cognito({ userPool, userPoolClient, userPoolDomain }),
 * });
 * alb.addTargetGroup(targets);
 */
export class RouteAuthentication {
  /**
   * Sign-in with a user pool of Amazon Cognito.
   * @param options pool, client and domain
   */
  public static cognito(options: CognitoAuthenticationOptions): RouteAuthentication {
    const given = withoutNulls(options ?? {} as CognitoAuthenticationOptions);
    const { userPool, userPoolClient, userPoolDomain } = given;
    return new RouteAuthentication('cognito', problemOf(COGNITO_RULES, given), (next) => new AuthenticateCognitoAction({
      userPool, userPoolClient, userPoolDomain, next, ...common(given),
    }));
  }

  /**
   * Sign-in with any identity provider that speaks OpenID Connect.
   * @param options addresses of the provider, and the client there
   */
  public static oidc(options: OidcAuthenticationOptions): RouteAuthentication {
    const given = withoutNulls(options ?? {} as OidcAuthenticationOptions);
    const { issuer, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, clientId, clientSecret } = given;
    return new RouteAuthentication('oidc', problemOf(OIDC_RULES, given), (next) => elbv2.ListenerAction.authenticateOidc({
      issuer, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, clientId, clientSecret: clientSecret.secretValue, next, ...common(given),
    }));
  }

  private constructor(
    private readonly factory: string,
    private readonly problem: string | undefined,
    private readonly before: (next: elbv2.ListenerAction) => elbv2.ListenerAction,
  ) {}

  /**
   * Why this cannot be done, if it cannot.
   * @internal
   */
  public _problem(): string | undefined {
    return this.problem && this.problem.replace(/^(- )?'/gm, `$1'authentication' of RouteAuthentication.${this.factory}(): '`);
  }

  /**
   * The action after a sign-in as one with it.
   * @internal
   */
  public _before(next: elbv2.ListenerAction): elbv2.ListenerAction {
    return this.before(next);
  }
}

function problemOf<P>(rules: Rule<P>[], options: P): string | undefined {
  return typeof options === 'object' ? joined(rules.map((rule) => rule(options))) : `'options' must be an object, got ${show(options)}`;
}

function common({ scope, sessionTimeout, sessionCookieName, unauthenticated }: AuthenticationOptions) {
  return { scope, sessionTimeout, sessionCookieName, onUnauthenticatedRequest: unauthenticated };
}
