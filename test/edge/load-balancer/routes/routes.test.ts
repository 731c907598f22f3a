import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { App, Stack } from 'aws-cdk-lib/core';
import { IRoutedService } from '../../../../src/config/routed-service';
import { RouteOptions } from '../../../../src/edge/load-balancer/routes/route-props';
import { WafProtectedAlb } from '../../../../src/edge/load-balancer/waf-protected-alb';
import { givenVpc, messageOf, TOKEN } from '../../../helpers';

function newAlb(app = new App()) {
  const stack = new Stack(app, 'Edge');
  const vpc = givenVpc(stack);
  const alb = new WafProtectedAlb(stack, 'Alb', { vpc });
  const targets = (id: string, scope: Stack = stack) => new elbv2.ApplicationTargetGroup(scope, id, {
    vpc: scope === stack ? vpc : givenVpc(scope), port: 80, targetType: elbv2.TargetType.IP,
  });
  return { stack, vpc, alb, targets };
}

/** A service that moves its requests, and remembers its rules. */
function movingService(targets: (id: string) => elbv2.ApplicationTargetGroup, testHeader?: string) {
  const rules: (elbv2.ApplicationListenerRule | undefined)[] = [];
  const service: IRoutedService = {
    targetGroup: targets('Blue'), alternateTargetGroup: targets('Green'), testHeader, routedBy: (...given) => rules.push(...given),
  };
  return { service, rules };
}

/** Paths by priority, first ones first. */
function rulesOf(stack: Stack): { priority: number; paths: string[] }[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::ElasticLoadBalancingV2::ListenerRule'))
    .map(({ Properties }) => ({ priority: Properties.Priority, paths: Properties.Conditions[0].PathPatternConfig.Values }))
    .sort((first, second) => first.priority - second.priority);
}

describe('routes', () => {
  test('send paths to one service and everything else to another, whichever comes first', () => {
    const shape = (frontFirst: boolean) => {
      const { stack, alb, targets } = newAlb();
      const [web, front] = [targets('Web'), targets('Front')];
      const steps = [() => alb.addTargetGroup(web, { paths: ['/api/*', '/admin/*'] }), () => alb.addTargetGroup(front)];
      (frontFirst ? steps.reverse() : steps).forEach((step) => step());
      Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
        Actions: [{ Type: 'forward', TargetGroupArn: stack.resolve(web.targetGroupArn) }],
      });
      Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
        DefaultActions: [{ Type: 'forward', TargetGroupArn: stack.resolve(front.targetGroupArn) }],
      });
      return rulesOf(stack);
    };
    expect(shape(true)).toEqual([{ priority: expect.any(Number), paths: ['/admin/*', '/api/*'] }]);
    expect(shape(false)).toEqual(shape(true));
  });

  test('come in the order of what their paths say, and one more changes no other', () => {
    const priorities = (...paths: string[]) => {
      const { stack, alb, targets } = newAlb();
      paths.forEach((path, index) => alb.addTargetGroup(targets(`Targets${index}`), { paths: [path] }));
      return Object.fromEntries(rulesOf(stack).map(({ priority, paths: [path] }) => [path, priority]));
    };
    const few = priorities('/api/*', '/api/v2/*');
    const many = priorities('/shop/*', '/api/v2/*', '/api/v2/health', '/*', '/api/*');
    expect(many).toMatchObject(few);
    expect(Object.keys(many)).toEqual(expect.arrayContaining(['/api/v2/health', '/api/v2/*', '/shop/*', '/api/*', '/*']));
    const order = Object.entries(many).sort(([, first], [, second]) => first - second).map(([path]) => path);
    expect(order).toEqual(['/api/v2/health', '/api/v2/*', '/shop/*', '/api/*', '/*']);
  });

  test('of many paths take several rules, each with what AWS allows in one', () => {
    const { stack, alb, targets } = newAlb();
    const web = targets('Web');
    alb.addTargetGroup(web, { paths: ['/a/*', '/b/*', '/c/*', '/d/*', '/e/*', '/f/*', '/g*/?*/h*/i*'] });
    expect(rulesOf(stack).map(({ paths }) => paths.length)).toEqual([5, 1, 1]);
    expect(rulesOf(stack).flatMap(({ paths }) => paths).sort()).toEqual(['/a/*', '/b/*', '/c/*', '/d/*', '/e/*', '/f/*', '/g*/?*/h*/i*']);
    expect(web.node.children.map(({ node }) => node.id)).toEqual(expect.arrayContaining(['ListenerRule', 'ListenerRule2', 'ListenerRule3']));
  });

  test('of another stack are rules there, so that the stacks do not need each other', () => {
    const app = new App();
    const { stack, alb, targets } = newAlb(app);
    const other = new Stack(app, 'Other');
    alb.addTargetGroup(targets('Web', other), { paths: ['/api/*'] });
    alb.addTargetGroup(targets('Front'));
    expect(rulesOf(other)).toHaveLength(1);
    expect(rulesOf(stack)).toHaveLength(0);
    expect(stack.dependencies).toEqual([]);
  });

  test('let the load balancer reach their tasks', () => {
    const { stack, vpc, alb, targets } = newAlb();
    const group = new ec2.SecurityGroup(stack, 'Tasks', { vpc, allowAllOutbound: false });
    const web = targets('Web');
    web.registerConnectable(group, ec2.Port.tcp(8000));
    alb.addTargetGroup(web, { paths: ['/api/*'] });
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: stack.resolve(group.securityGroupId), FromPort: 8000 });
  });

  test('take a priority of yours', () => {
    const { stack, alb, targets } = newAlb();
    alb.addTargetGroup(targets('Web'), { paths: ['/api/*'], priority: 7 });
    expect(rulesOf(stack)).toEqual([{ priority: 7, paths: ['/api/*'] }]);
  });

  test('of a service that moves its requests forward to both target groups, and the service learns its rules', () => {
    const { stack, alb, targets } = newAlb();
    const { service, rules } = movingService(targets, 'X-Preview');
    alb.addService(service, { paths: ['/api/*', '/admin/*'] });
    const [test, all] = rulesOf(stack);
    expect(test.paths).toEqual(all.paths);
    expect(test.priority).toBe(all.priority - 1);
    expect(rules.map((rule) => rule!.node.path)).toEqual(['Edge/Blue/ListenerRule', 'Edge/Green/ListenerRule']);
  });

  test('of a service that does not are as those of its target group', () => {
    const { stack, alb, targets } = newAlb();
    alb.addService({ targetGroup: targets('Web'), routedBy: () => expect(true).toBe(false) });
    expect(rulesOf(stack)).toEqual([]);
  });
});

describe('a route is refused with', () => {
  test.each<[string, RouteOptions | any, string[]]>([
    ['no paths', { paths: [] }, ["'paths' must not be empty: leave it out to send every request there that no other route takes"]],
    ['one text', { paths: '/api/*' }, ["'paths' must be a list of strings, got \"/api/*\": write [\"/api/*\"]"]],
    ['a path without a slash', { paths: ['api'] }, ["'paths' must begin with '/' and have 128 characters at most, of letters, digits and -_.$/~\"'@:+&*?, e.g. \"/api/*\", got \"api\""]],
    ['a URL', { paths: ['https://shop.example.com/up*'] },
      ["'paths' must begin with '/' and have 128 characters at most, of letters, digits and -_.$/~\"'@:+&*?, e.g. \"/up*\", got \"https://shop.example.com/up*\""]],
    ['a token', { paths: [TOKEN.string()] }, ["'paths' must be known at synthesis, because the order of the rules is computed from them: give plain strings, not tokens"]],
    ['many wildcards', { paths: ['/*a*b*c*d*e*f*'] }, ["'paths' must have 5 wildcards each at most, got \"/*a*b*c*d*e*f*\""]],
    ['a path twice', { paths: ['/a', '/b', '/a'] }, ["'paths' must not name a path twice, got \"/a\""]],
    ['the last priority', { paths: ['/a'], priority: 50_000 }, ["'priority' must be a whole number between 1 and 49999, got 50000"]],
    ['a priority for everything', { priority: 5 }, ["'priority' must be left out without 'paths': what no other route takes comes last"]],
    ['a priority for many paths', { paths: ['/a', '/b', '/c', '/d', '/e', '/f'], priority: 5 },
      ["'priority' must be left out: 6 paths take 2 rules (one holds 5 values and 5 wildcards)"]],
  ])('%s', (_, route, reasons) => {
    const { alb, targets } = newAlb();
    expect(messageOf(() => alb.addTargetGroup(targets('Web'), route))).toBe(["WafProtectedAlb at 'Edge/Alb' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n'));
  });

  test.each<[string, RouteOptions, RouteOptions, string]>([
    ['everything twice', {}, {}, "every request that no other route takes goes to 'Edge/First' already: give 'paths' for 'Edge/Second'"],
    ['a path of another', { paths: ['/a', '/b'] }, { paths: ['/b', '/c'] }, "the path \"/b\" goes to 'Edge/First' already: remove it from one of both"],
    ['a priority of another', { paths: ['/a'], priority: 9 }, { paths: ['/b'], priority: 9 }, "'priority' 9 is that of the rule to 'Edge/First': choose another, or leave it out"],
    ['a path that an earlier rule takes', { paths: ['/shop/checkout/*', '/a/*'] }, { paths: ['/a/b/*'] },
      "the path \"/a/b/*\" would never reach 'Edge/Second', because the rule to 'Edge/First' comes first and takes it too: " +
      "add the paths of 'Edge/First' by a call each, or give 'priority'"],
    ['a path that takes one of a later rule', { paths: ['/a/b/*'] }, { paths: ['/shop/checkout/*', '/a/*'] },
      "the path \"/a/b/*\" would never reach 'Edge/First', because the rule to 'Edge/Second' comes first and takes it too: " +
      "add the paths of 'Edge/Second' by a call each, or give 'priority'"],
  ])('%s', (_, first, second, reason) => {
    const { alb, targets } = newAlb();
    alb.addTargetGroup(targets('First'), first);
    expect(messageOf(() => alb.addTargetGroup(targets('Second'), second))).toBe(`WafProtectedAlb at 'Edge/Alb' cannot be defined:\n- ${reason}`);
  });

  test('more paths than the one rule of a service that moves its requests holds', () => {
    const { alb, targets } = newAlb();
    const paths = ['/a', '/b', '/c', '/d', '/e'];
    expect(messageOf(() => alb.addService(movingService(targets, 'X-Preview').service, { paths }))).toBe("WafProtectedAlb at 'Edge/Alb' cannot be defined:\n" +
      "- 'paths' must fit one rule, because the service moves its requests by the weights of one, and 5 paths take 2 rules (one holds 5 values and 5 wildcards): " +
      "shorten the list, e.g. to '/api/*'");
  });

  test.each([[[], 1], [[1], 2], [[1, 2], 3]])('with %j taken, %d as the priority of what also has a test header', (taken, priority) => {
    const { alb, targets } = newAlb();
    taken.forEach((other) => alb.addTargetGroup(targets(`Targets${other}`), { paths: [`/${other}`], priority: other }));
    expect(messageOf(() => alb.addService(movingService(targets, 'X-Preview').service, { paths: ['/a'], priority }))).toBe("WafProtectedAlb at 'Edge/Alb' cannot be defined:\n" +
      `- 'priority' must leave a free one before it for the rule of the test header, got ${priority}: choose a higher one, or leave it out`);
  });

  test('a second route of such a service', () => {
    const { alb, targets } = newAlb();
    const { service } = movingService(targets);
    alb.addService(service, { paths: ['/a'] });
    expect(messageOf(() => alb.addService(service, { paths: ['/b'] }))).toBe("WafProtectedAlb at 'Edge/Alb' cannot be defined:\n" +
      "- 'Edge/Blue' has a route already, and its service moves its requests by the weights of one rule: give all 'paths' at once");
  });

  test.each<[any, string]>([
    [undefined, "'addService' must be given an IRoutedService, got \"nothing\": e.g. a WebService"],
    ['web', "'addService' must be given an IRoutedService, got \"web\": e.g. a WebService"],
  ])('%p for a service', (service, reason) => {
    expect(messageOf(() => newAlb().alb.addService(service))).toBe(`WafProtectedAlb at 'Edge/Alb' cannot be defined:\n- ${reason}`);
  });

  test('a service for a target group', () => {
    expect(messageOf(() => newAlb().alb.addTargetGroup({} as any))).toBe("WafProtectedAlb at 'Edge/Alb' cannot be defined:\n" +
      "- 'addTargetGroup' must be given an elbv2.IApplicationTargetGroup, got {}: e.g. an elbv2.ApplicationTargetGroup");
  });
});
