import { Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { IRoutedService } from '../../../../src/config/routed-service';
import { AlbAccess } from '../../../../src/edge/load-balancer/alb-access';
import { RouteAuthentication } from '../../../../src/edge/load-balancer/routes/route-authentication';
import { CognitoAuthenticationOptions, OidcAuthenticationOptions } from '../../../../src/edge/load-balancer/routes/route-authentication-props';
import { WafProtectedAlb } from '../../../../src/edge/load-balancer/waf-protected-alb';
import { fromPython, givenVpc, messageOf, TOKEN } from '../../../helpers';

const CERTIFICATE_ARN = 'arn:aws:acm:eu-central-1:111111111111:certificate/1a2b3c4d';
const PROVIDER = {
  issuer: 'https://login.example.com',
  authorizationEndpoint: 'https://login.example.com/authorize',
  tokenEndpoint: 'https://login.example.com/token',
  userInfoEndpoint: 'https://login.example.com/userinfo',
  clientId: 'shop',
};

function newAlb({ https = true, isolated = false } = {}) {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const vpc = givenVpc(stack, isolated ? { privateSubnetIds: undefined, vpcCidrBlock: '10.0.0.0/16' } : {});
  const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE_ARN);
  const alb = new WafProtectedAlb(stack, 'Alb', {
    vpc, access: isolated ? AlbAccess.INTERNAL : undefined, domain: https ? { domainName: 'shop.example.com', certificate } : undefined,
  });
  const targets = (id: string, scope = stack) => new elbv2.ApplicationTargetGroup(scope, id, {
    vpc: scope === stack ? vpc : givenVpc(scope), port: 8000, targetType: elbv2.TargetType.IP,
  });
  return { app, stack, alb, targets };
}

function pool(stack: Stack): CognitoAuthenticationOptions {
  return {
    userPool: cognito.UserPool.fromUserPoolArn(stack, 'Users', 'arn:aws:cognito-idp:eu-central-1:111111111111:userpool/eu-central-1_a'),
    userPoolClient: cognito.UserPoolClient.fromUserPoolClientId(stack, 'Client', 'client'),
    userPoolDomain: cognito.UserPoolDomain.fromDomainName(stack, 'SignIn', 'shop'),
  };
}

function provider(stack: Stack): OidcAuthenticationOptions {
  return { ...PROVIDER, clientSecret: secretsmanager.Secret.fromSecretNameV2(stack, 'ClientSecret', 'shop/oidc') };
}

function rules(stack: Stack) {
  return Object.values(Template.fromStack(stack).findResources('AWS::ElasticLoadBalancingV2::ListenerRule'))
    .map(({ Properties }) => Properties).sort((one, other) => one.Priority - other.Priority);
}

describe('a sign-in', () => {
  test('with Cognito stands in front of some paths of a target group, whose others go without', () => {
    const { stack, alb, targets } = newAlb();
    const web = targets('Web');
    alb.addTargetGroup(web, { paths: ['/admin/*'], authentication: RouteAuthentication.cognito(fromPython(pool(stack), 'scope', 'sessionTimeout', 'unauthenticated')) });
    alb.addTargetGroup(web);

    expect(rules(stack)).toEqual([expect.objectContaining({
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/admin/*'] } }],
      Actions: [
        {
          Type: 'authenticate-cognito',
          Order: 1,
          AuthenticateCognitoConfig: {
            UserPoolArn: expect.anything(), UserPoolClientId: 'client', UserPoolDomain: 'shop',
          },
        },
        { Type: 'forward', Order: 2, TargetGroupArn: stack.resolve(web.targetGroupArn) },
      ],
    })]);
    Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443, DefaultActions: [{ Type: 'forward', TargetGroupArn: stack.resolve(web.targetGroupArn) }],
    });
  });

  test('lets the load balancer reach the provider by HTTPS, which nothing else does', () => {
    const egress = (authentication: boolean) => {
      const { stack, alb, targets } = newAlb();
      alb.addTargetGroup(targets('Web'), authentication ? { authentication: RouteAuthentication.cognito(pool(stack)) } : {});
      return Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroup'))[0].Properties.SecurityGroupEgress;
    };
    expect(egress(true)).toEqual([expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' })]);
    expect(egress(false)).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
  });

  test('with another provider takes what it is told', () => {
    const { stack, alb, targets } = newAlb();
    alb.addTargetGroup(targets('Web'), {
      paths: ['/api/*'],
      authentication: RouteAuthentication.oidc({
        ...provider(stack), scope: 'openid email', sessionTimeout: Duration.hours(8), sessionCookieName: 'staff', unauthenticated: elbv2.UnauthenticatedAction.DENY,
      }),
    });
    expect(rules(stack)[0].Actions[0]).toEqual({
      Type: 'authenticate-oidc',
      Order: 1,
      AuthenticateOidcConfig: {
        Issuer: PROVIDER.issuer,
        AuthorizationEndpoint: PROVIDER.authorizationEndpoint,
        TokenEndpoint: PROVIDER.tokenEndpoint,
        UserInfoEndpoint: PROVIDER.userInfoEndpoint,
        ClientId: 'shop',
        ClientSecret: { 'Fn::Join': ['', expect.arrayContaining([expect.stringContaining('{{resolve:secretsmanager:')])] },
        Scope: 'openid email',
        SessionTimeout: 28800,
        SessionCookieName: 'staff',
        OnUnauthenticatedRequest: 'deny',
      },
    });
  });

  test('in front of everything leaves no way around: the listener itself answers 404', () => {
    const { stack, alb, targets } = newAlb();
    const web = targets('Web');
    alb.addTargetGroup(web, { authentication: RouteAuthentication.cognito(pool(stack)) });
    expect(rules(stack)).toEqual([expect.objectContaining({
      Priority: 50_000,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: [expect.objectContaining({ Type: 'authenticate-cognito' }), expect.objectContaining({ Type: 'forward' })],
    })]);
    Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443, DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    });
  });

  test('works for a target group of another stack', () => {
    const { app, stack, alb, targets } = newAlb();
    const other = new Stack(app, 'Other');
    alb.addTargetGroup(targets('Web', other), { paths: ['/admin/*'], authentication: RouteAuthentication.cognito(pool(stack)) });
    expect(rules(other)[0].Actions).toHaveLength(2);
    expect(rules(stack)).toEqual([]);
    expect(stack.dependencies).toEqual([]);
  });

  test('that is null is none, as from JSON', () => {
    const { stack, alb, targets } = newAlb({ https: false });
    alb.addTargetGroup(targets('Web'), { paths: null, authentication: null } as any);
    expect(rules(stack)).toEqual([]);
  });

  test('may know its names at deployment only', () => {
    const { stack, alb, targets } = newAlb();
    const names = Object.fromEntries(Object.keys(PROVIDER).map((name) => [name, TOKEN.string()]));
    alb.addTargetGroup(targets('Web'), { paths: ['/api/*'], authentication: RouteAuthentication.oidc({ ...provider(stack), ...names }) });
    expect(rules(stack)[0].Actions[0].AuthenticateOidcConfig.Issuer).toBe('later');
  });
});

describe('a sign-in is refused', () => {
  function refused(define: (given: ReturnType<typeof newAlb>) => void, given = newAlb()): string {
    return messageOf(() => define(given)).replace("WafProtectedAlb at 'Stack/Alb' cannot be defined:\n- ", '');
  }

  test('without HTTPS', () => {
    expect(refused(({ stack, alb, targets }) => alb.addTargetGroup(targets('Web'), { authentication: RouteAuthentication.cognito(pool(stack)) }), newAlb({ https: false })))
      .toBe("'authentication' must be left out without HTTPS, by which alone load balancers let users sign in: give the load balancer a 'domain'");
  });

  test('where the load balancer does not reach the provider', () => {
    expect(refused(({ stack, alb, targets }) => alb.addTargetGroup(targets('Web'), { authentication: RouteAuthentication.cognito(pool(stack)) }), newAlb({ isolated: true })))
      .toBe("'authentication' must be left out, because the load balancer stands in isolated subnets and does not reach the identity provider: "
        + 'add private subnets with egress to the VPC');
  });

  test('for a service that moves its requests between target groups', () => {
    const moving = ({ targets }: ReturnType<typeof newAlb>): IRoutedService =>
      ({ targetGroup: targets('Blue'), alternateTargetGroup: targets('Green'), testHeader: undefined, routedBy: () => undefined });
    expect(refused((given) => given.alb.addService(moving(given), { authentication: RouteAuthentication.cognito(pool(given.stack)) })))
      .toBe("'authentication' must be left out for 'Stack/Blue', whose service moves its requests between two target groups: "
        + 'choose a rolling deployment, or sign users in by the application');
  });

  test('where a rule without one comes before it', () => {
    expect(refused(({ stack, alb, targets }) => {
      const web = targets('Web');
      alb.addTargetGroup(web, { paths: ['/api/*'], priority: 5 });
      alb.addTargetGroup(web, { paths: ['/api/staff/*'], authentication: RouteAuthentication.cognito(pool(stack)) });
    })).toBe("the path \"/api/staff/*\" would never reach 'Stack/Web', because the rule to 'Stack/Web' comes first and takes it too: "
      + "add the paths of 'Stack/Web' by a call each, or give 'priority'");
  });

  test('where it is something else', () => {
    expect(refused(({ alb, targets }) => alb.addTargetGroup(targets('Web'), { authentication: 'cognito' as any })))
      .toBe("'authentication' must be a RouteAuthentication, got \"cognito\": use RouteAuthentication.cognito({ ... }) or .oidc({ ... })");
  });

  test.each<[string, (stack: Stack) => RouteAuthentication, string[]]>([
    ['Cognito without anything', () => RouteAuthentication.cognito(undefined as any), [
      "'userPool' must be given: use cognito.UserPool.fromUserPoolId(this, 'Users', 'eu-west-1_…')",
      "'userPoolClient' must be given: use cognito.UserPoolClient.fromUserPoolClientId(this, 'Client', '…')",
      "'userPoolDomain' must be given: use cognito.UserPoolDomain.fromDomainName(this, 'SignIn', 'shop')",
    ]],
    ['a client of Cognito that has no secret and leads elsewhere', (stack) => RouteAuthentication.cognito({
      ...pool(stack), userPoolClient: new cognito.UserPool(stack, 'Own').addClient('Client'),
    }), [
      "'userPoolClient' must have a secret, which load balancers need, but 'Stack/Own/Client' has none: give it generateSecret: true, which replaces it",
      "'userPoolClient' must send users back to https://<name of the site>/oauth2/idpresponse, got [\"https://example.com\"] in 'Stack/Own/Client': "
        + 'give that address in oAuth.callbackUrls',
    ]],
    ['Cognito with text for options', () => RouteAuthentication.cognito('pool' as any), ["'options' must be an object, got \"pool\""]],
    ['Cognito with odd settings', (stack) => RouteAuthentication.cognito({
      ...pool(stack), sessionTimeout: Duration.days(8), sessionCookieName: 'my cookie', scope: ' ', unauthenticated: 'forbid' as any,
    }), [
      "'unauthenticated' must be one of UnauthenticatedAction.DENY, UnauthenticatedAction.ALLOW, UnauthenticatedAction.AUTHENTICATE, got \"forbid\"",
      "'sessionTimeout' must be between 1 second and 7 days, got 8 days",
      "'sessionCookieName' must be the name of a cookie, without spaces, got \"my cookie\"",
      "'scope' must not be empty, got \" \"",
    ]],
  ])('with %s', (_, authentication, reasons) => {
    const factory = "'authentication' of RouteAuthentication.cognito(): ";
    expect(refused(({ stack, alb, targets }) => alb.addTargetGroup(targets('Web'), { authentication: authentication(stack) })))
      .toBe(reasons.map((reason) => `${factory}${reason}`).join('\n- '));
  });

  test('with a provider that is not described', () => {
    const factory = "'authentication' of RouteAuthentication.oidc(): ";
    const given = { issuer: 'login.example.com', authorizationEndpoint: 'http://login.example.com', tokenEndpoint: '', clientId: '', clientSecret: 'geheim' };
    expect(refused(({ alb, targets }) => alb.addTargetGroup(targets('Web'), { authentication: RouteAuthentication.oidc(given as any) }))).toBe([
      "'clientSecret' must be a secretsmanager.ISecret, never the secret itself, which would stand in the template: "
        + "store it in Secrets Manager and use secretsmanager.Secret.fromSecretNameV2(this, 'ClientSecret', 'shop/oidc')",
      "'issuer' must be an address that begins with \"https://\", got \"login.example.com\"",
      "'authorizationEndpoint' must be an address that begins with \"https://\", got \"http://login.example.com\"",
      "'tokenEndpoint' must be an address that begins with \"https://\", got \"\"",
      "'userInfoEndpoint' must be an address that begins with \"https://\", got undefined",
      "'clientId' must be the id that the provider gave the client, got \"\"",
    ].map((reason) => `${factory}${reason}`).join('\n- '));
  });
});
