import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Stack } from 'aws-cdk-lib/core';
import { DefaultAction } from './default-action';
import { bySpecificity, covers, priorityOf } from './path-pattern';
import { RouteAuthentication } from './route-authentication';
import { RouteOptions } from './route-props';
import { inRules, ROUTE_RULES } from './route-rules';
import { IRoutedService } from '../../../config/routed-service';
import { joined, show } from '../../../private/validation';

/** The last priority there is, so that every rule for certain paths comes before it. */
const CATCH_ALL_PRIORITY = 50_000;
const EVERYTHING = '/*';

/** Where requests go: a target group, or the two of a service that moves requests between them. */
export interface Destination extends Partial<Pick<IRoutedService, 'alternateTargetGroup' | 'testHeader' | 'routedBy'>> {
  readonly targetGroup: elbv2.IApplicationTargetGroup;
}

export interface RoutesSettings {
  readonly listener: elbv2.ApplicationListener;
  readonly defaultAction: DefaultAction;

  /**
   * Why the load balancer cannot let users sign in.
   * @default - it can
   */
  readonly noAuthentication?: string;
}

interface PlannedRule {
  readonly targetGroup: elbv2.IApplicationTargetGroup;
  readonly patterns: string[];
  readonly priority: number;
  readonly authentication?: RouteAuthentication;
}

/** Rules of a listener, by which requests reach target groups. A rule is made beside its target group, so that no stack needs the other one back. */
export class Routes {
  private readonly rules: PlannedRule[] = [];
  private everythingElse?: elbv2.IApplicationTargetGroup;

  public constructor(private readonly settings: RoutesSettings) {}

  /** Why a route cannot be added. */
  public problem(destination: Destination, options: RouteOptions): string | undefined {
    const broken = joined(ROUTE_RULES.map((rule) => rule(options)));
    if (broken !== undefined) {
      return broken;
    }
    if (options.authentication && this.settings.noAuthentication) {
      return this.settings.noAuthentication;
    }
    const { targetGroup } = destination;
    if (destination.alternateTargetGroup && options.authentication) {
      return `'authentication' must be left out for '${targetGroup.node.path}', whose service moves its requests between two target groups: `
        + 'choose a rolling deployment, or sign users in by the application';
    }
    if (destination.alternateTargetGroup && this.rules.some((rule) => rule.targetGroup === targetGroup)) {
      return `'${targetGroup.node.path}' has a route already, and its service moves its requests by the weights of one rule: give all 'paths' at once`;
    }
    if (!options.paths) {
      return this.everythingElse && `every request that no other route takes goes to '${this.everythingElse.node.path}' already: give 'paths' for '${targetGroup.node.path}'`;
    }
    const planned = this.plan(destination, options.paths, options);
    const ownOrder = planned.length > 1
      ? `${options.paths.length} paths take ${planned.length} rules (one holds 5 values and 5 wildcards)`
      : undefined;
    return joined([
      ...options.paths.map((path) => this.takenPath(path)),
      options.priority === undefined ? undefined : this.takenPriority(options.priority),
      options.priority !== undefined && destination.testHeader !== undefined && this.freeBefore(options.priority) < 1
        ? `'priority' must leave a free one before it for the rule of the test header, got ${options.priority}: choose a higher one, or leave it out`
        : undefined,
      ownOrder && options.priority !== undefined ? `'priority' must be left out: ${ownOrder}` : undefined,
      ownOrder && destination.alternateTargetGroup
        ? `'paths' must fit one rule, because the service moves its requests by the weights of one, and ${ownOrder}: shorten the list, e.g. to '/api/*'`
        : undefined,
      ...planned.map((rule) => this.shadow(rule)),
    ]);
  }

  /** Sends requests to a destination. */
  public add(destination: Destination, options: RouteOptions): void {
    const { paths, authentication } = options;
    if (paths) {
      this.plan(destination, paths, options).forEach((rule) => this.addRule(destination, rule));
      return;
    }
    const { targetGroup, alternateTargetGroup } = destination;
    this.everythingElse = targetGroup;
    const { listener, defaultAction } = this.settings;
    // From another stack, the default action would make this stack depend on that one, which depends on this one.
    const byDefault = Stack.of(targetGroup) === Stack.of(listener) && !authentication;
    if (byDefault) {
      defaultAction.forwardTo(targetGroup, listener);
    }
    if (!byDefault || alternateTargetGroup) {
      this.addRule(destination, { targetGroup, patterns: [EVERYTHING], priority: CATCH_ALL_PRIORITY, authentication });
    }
  }

  private addRule(destination: Destination, rule: PlannedRule): void {
    const { targetGroup, alternateTargetGroup, testHeader } = destination;
    this.rules.push(rule);
    const forward = alternateTargetGroup
      ? elbv2.ListenerAction.weightedForward([{ targetGroup, weight: 100 }, { targetGroup: alternateTargetGroup, weight: 0 }])
      : elbv2.ListenerAction.forward([targetGroup]);
    const made = this.makeRule(rule, rule.authentication?._before(forward) ?? forward);
    if (!alternateTargetGroup) {
      return;
    }
    destination.routedBy?.(made, testHeader === undefined ? undefined : this.makeTestRule(alternateTargetGroup, rule, testHeader));
  }

  /** The next rule before another, for requests with a header. */
  private makeTestRule(targetGroup: elbv2.IApplicationTargetGroup, { patterns, priority: behind }: PlannedRule, header: string): elbv2.ApplicationListenerRule {
    const rule = { targetGroup, patterns: [], priority: this.freeBefore(behind) };
    this.rules.push(rule);
    // It takes no path from anybody who has no header.
    return this.makeRule({ ...rule, patterns }, elbv2.ListenerAction.forward([targetGroup]), elbv2.ListenerCondition.httpHeader(header, ['*']));
  }

  private makeRule({ targetGroup, patterns, priority }: PlannedRule, action: elbv2.ListenerAction, ...conditions: elbv2.ListenerCondition[]) {
    const number = targetGroup.node.children.filter((child) => child instanceof elbv2.ApplicationListenerRule).length + 1;
    return new elbv2.ApplicationListenerRule(targetGroup, number === 1 ? 'ListenerRule' : `ListenerRule${number}`, {
      listener: this.settings.listener,
      priority,
      conditions: [elbv2.ListenerCondition.pathPatterns(patterns), ...conditions],
      action,
    });
  }

  /** The rules for paths, with what says most first. */
  private plan({ targetGroup, testHeader }: Destination, paths: string[], { priority, authentication }: RouteOptions): PlannedRule[] {
    const taken = this.taken();
    return inRules([...paths].sort(bySpecificity), testHeader === undefined ? 0 : 1).map((patterns) => {
      const chosen = priority ?? priorityOf(patterns[0], taken);
      taken.add(chosen);
      return { targetGroup, patterns, priority: chosen, authentication };
    });
  }

  /** The next priority before another that no rule has; less than 1 where there is none. */
  private freeBefore(priority: number): number {
    const taken = this.taken();
    let before = priority - 1;
    while (taken.has(before)) {
      before -= 1;
    }
    return before;
  }

  private taken(): Set<number> {
    return new Set(this.rules.map(({ priority }) => priority));
  }

  private takenPath(path: string): string | undefined {
    const rule = this.rules.find(({ patterns, priority }) => priority !== CATCH_ALL_PRIORITY && patterns.includes(path));
    return rule && `the path ${show(path)} goes to '${rule.targetGroup.node.path}' already: remove it from one of both`;
  }

  private takenPriority(priority: number): string | undefined {
    const rule = this.rules.find((other) => other.priority === priority);
    return rule && `'priority' ${priority} is that of the rule to '${rule.targetGroup.node.path}': choose another, or leave it out`;
  }

  /** A rule that comes first must not take all that a later one is for. */
  private shadow(added: PlannedRule): string | undefined {
    const others = this.rules.filter(({ targetGroup, authentication }) => targetGroup !== added.targetGroup || authentication !== added.authentication);
    return joined(others.map((other) => {
      const [first, second] = other.priority < added.priority ? [other, added] : [added, other];
      const lost = second.patterns.find((path) => first.patterns.some((pattern) => pattern !== path && covers(pattern, path)));
      return lost && `the path ${show(lost)} would never reach '${second.targetGroup.node.path}', because the rule to '${first.targetGroup.node.path}' ` +
        `comes first and takes it too: add the paths of '${first.targetGroup.node.path}' by a call each, or give 'priority'`;
    }));
  }
}
