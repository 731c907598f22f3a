import type { CfnUserPoolClient, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { UnauthenticatedAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import { AuthenticationOptions, CognitoAuthenticationOptions, OidcAuthenticationOptions } from './route-authentication-props';
import { isOf, Kind, memberOf, requiredKind, SECRET, Shape, shaped } from '../../../private/shapes';
import { durationBetween, isKnown, matches, Rule, show, wholeUnits } from '../../../private/validation';

/** Where identity providers send users back to. The load balancer answers it itself. */
export const AUTHENTICATION_CALLBACK = '/oauth2/idpresponse';

const USER_POOL: Kind = { name: 'a cognito.IUserPool', member: 'userPoolId', hint: "use cognito.UserPool.fromUserPoolId(this, 'Users', 'eu-west-1_…')" };
const CLIENT: Kind = {
  name: 'a cognito.IUserPoolClient', member: 'userPoolClientId', hint: "use cognito.UserPoolClient.fromUserPoolClientId(this, 'Client', '…')",
};
const DOMAIN: Kind = {
  name: 'a cognito.IUserPoolDomain', member: 'domainName', hint: "use cognito.UserPoolDomain.fromDomainName(this, 'SignIn', 'shop')",
};

const COMMON_RULES: Rule<AuthenticationOptions>[] = [
  durationBetween('sessionTimeout', Duration.seconds(1), Duration.days(7)),
  wholeUnits('sessionTimeout', 'seconds'),
  matches('sessionCookieName', /^[\w!#$%&'*+.^`|~-]{1,64}$/, 'be the name of a cookie, without spaces'),
  matches('scope', /\S/, 'not be empty'),
];

/** What stands there instead is not shown, since it may be the secret. */
const secretByReference: Shape = (value) => isOf(SECRET, value)
  ? undefined
  : 'a secretsmanager.ISecret, never the secret itself, which would stand in the template: '
    + "store it in Secrets Manager and use secretsmanager.Secret.fromSecretNameV2(this, 'ClientSecret', 'shop/oidc')";

const UNAUTHENTICATED = { unauthenticated: memberOf('UnauthenticatedAction', UnauthenticatedAction) };

/** What holds for a sign-in with Cognito. */
export const COGNITO_RULES = shaped<CognitoAuthenticationOptions>({
  ...UNAUTHENTICATED, userPool: requiredKind(USER_POOL), userPoolClient: requiredKind(CLIENT), userPoolDomain: requiredKind(DOMAIN),
}, [
  ({ userPoolClient }) => {
    const client = definitionOf(userPoolClient);
    return client && !client.generateSecret
      ? `'userPoolClient' must have a secret, which load balancers need, but '${userPoolClient.node.path}' has none: give it generateSecret: true, which replaces it`
      : undefined;
  },
  ({ userPoolClient }) => {
    const addresses = definitionOf(userPoolClient)?.callbackUrLs;
    return isKnown(addresses) && addresses.every((text) => isKnown(text) && !text.endsWith(AUTHENTICATION_CALLBACK))
      ? `'userPoolClient' must send users back to https://<name of the site>${AUTHENTICATION_CALLBACK}, got ${show(addresses)} in '${userPoolClient.node.path}': `
        + 'give that address in oAuth.callbackUrls'
      : undefined;
  },
  ...COMMON_RULES,
]);

/** What holds for a sign-in by OpenID Connect. */
export const OIDC_RULES = shaped<OidcAuthenticationOptions>({ ...UNAUTHENTICATED, clientSecret: secretByReference }, [
  address('issuer'), address('authorizationEndpoint'), address('tokenEndpoint'), address('userInfoEndpoint'),
  ({ clientId }) => typeof clientId === 'string' && clientId !== '' ? undefined : `'clientId' must be the id that the provider gave the client, got ${show(clientId)}`,
  ...COMMON_RULES,
]);

/** What CloudFormation makes of a client, where it is made here. */
function definitionOf({ node }: IUserPoolClient): CfnUserPoolClient | undefined {
  const definition = node?.defaultChild as CfnUserPoolClient | undefined;
  return definition?.cfnResourceType === 'AWS::Cognito::UserPoolClient' ? definition : undefined;
}

/** Why nobody can sign in at the load balancer, if nobody can. */
export function noAuthentication(servesHttps: boolean, subnetType: SubnetType): string | undefined {
  if (!servesHttps) {
    return '\'authentication\' must be left out without HTTPS, by which alone load balancers let users sign in: give the load balancer a \'domain\'';
  }
  return subnetType === SubnetType.PRIVATE_ISOLATED
    ? '\'authentication\' must be left out, because the load balancer stands in isolated subnets and does not reach the identity provider: '
      + 'add private subnets with egress to the VPC'
    : undefined;
}

function address(prop: 'issuer' | 'authorizationEndpoint' | 'tokenEndpoint' | 'userInfoEndpoint'): Rule<OidcAuthenticationOptions> {
  return ({ [prop]: value }) => typeof value === 'string' && (!isKnown(value) || /^https:\/\/[^\s/]+/.test(value))
    ? undefined
    : `'${prop}' must be an address that begins with "https://", got ${show(value)}`;
}
