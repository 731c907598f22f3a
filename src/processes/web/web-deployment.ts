import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration } from 'aws-cdk-lib/core';
import { nestedRules } from '../../private/nested-rules';
import { durationBetween, integerBetween, isDuration, isKnown, joined, knownAtSynthesis, matches, Rule, show } from '../../private/validation';

/** Options of a blue/green deployment. */
export interface BlueGreenOptions {
  /**
   * Time for which the former tasks keep running after all requests went over to the new ones, so that the way back takes seconds; in whole
   * minutes, at most 24 hours. The deployment takes that much longer.
   * @default Duration.minutes(5)
   */
  readonly bakeTime?: Duration;

  /**
   * Name of a request header, e.g. `X-Preview`: requests that have it, whatever its value, reach the new tasks before all others do.
   * Whoever knows the name sees the new version. Give ECS the time by a hook at `POST_TEST_TRAFFIC_SHIFT` with `web.service.addLifecycleHook`.
   * @default - nobody sees the new version before the shift
   */
  readonly testHeader?: string;
}

/** Options of a linear deployment. */
export interface LinearOptions extends BlueGreenOptions {
  /**
   * Share of the requests that goes over in each step, in percent, 3 to 100.
   * @default 10
   */
  readonly stepPercent?: number;

  /**
   * Time between two steps, in whole minutes, at most 24 hours.
   * @default Duration.minutes(6)
   */
  readonly stepBakeTime?: Duration;
}

/** Options of a canary deployment. */
export interface CanaryOptions extends BlueGreenOptions {
  /**
   * Share of the requests that goes over first, in percent, 1 to 100.
   * @default 5
   */
  readonly stepPercent?: number;

  /**
   * Time until all others follow, in whole minutes, at most 24 hours.
   * @default Duration.minutes(10)
   */
  readonly stepBakeTime?: Duration;
}

type Options = BlueGreenOptions & { readonly stepPercent?: number; readonly stepBakeTime?: Duration };

const DEFAULT_BAKE_TIME = Duration.minutes(5);

/**
 * Way in which a web service goes over to a new version. ECS does it natively, without CodeDeploy.
 *
 * All but `rolling()` start as many new tasks as there are old ones, and send the requests over by the weights of a listener rule between
 * two target groups; give the service to its load balancer by `addService`. Both versions serve meanwhile, as in a rolling deployment.
 *
 * **WARNING**: the weights belong to ECS from then on. A change of the service's paths writes the rule anew and sends all requests to the
 * first target group, which may be the empty one of both until the next deployment: change paths at a quiet hour, and deploy a new version
 * right after it. A deployment of anything else leaves the rule alone. Likewise before you go back to `rolling()`: where the requests go to the second
 * target group, which each deployment may change, deploy once more, else there is nobody to answer until the rule is gone.
 *
 * Makes a target group, a rule, a role and, unless `rollbackErrorPercent` is 0, an alarm more. For the time of a deployment, the tasks cost double.
 *
 * @example
 *
 * WebDeployment.canary({ stepPercent: 10, stepBakeTime: Duration.minutes(15) });
 */
export class WebDeployment {
  /** Replaces tasks bit by bit: needs nothing else and is the fastest. */
  public static rolling(): WebDeployment {
    return new WebDeployment(ecs.DeploymentStrategy.ROLLING, {}, []);
  }

  /**
   * Sends all requests to the new tasks at once.
   * @param options time to bake, test header
   */
  public static blueGreen(options: BlueGreenOptions = {}): WebDeployment {
    return new WebDeployment(ecs.DeploymentStrategy.BLUE_GREEN, options, SHIFT_RULES);
  }

  /**
   * Sends the requests to the new tasks in equal steps.
   * @param options size of the steps, time between them, time to bake
   */
  public static linear(options: LinearOptions = {}): WebDeployment {
    return new WebDeployment(ecs.DeploymentStrategy.LINEAR, options, [
      integerBetween('stepPercent', 3, 100, 'percent'), ...STEP_RULES, endsInTime((percent = 10) => Math.ceil(100 / percent) - 1, Duration.minutes(6)),
    ]);
  }

  /**
   * Sends a few requests to the new tasks, and later all others.
   * @param options size of the first step, time until the second, time to bake
   */
  public static canary(options: CanaryOptions = {}): WebDeployment {
    return new WebDeployment(ecs.DeploymentStrategy.CANARY, options, [
      integerBetween('stepPercent', 1, 100, 'percent'), ...STEP_RULES, endsInTime(() => 1, Duration.minutes(10)),
    ]);
  }

  private constructor(private readonly strategy: ecs.DeploymentStrategy, private readonly options: Options, private readonly rules: Rule<Options>[]) {}

  /**
   * What is wrong with the options, each sentence beginning with the option as `'deployment.<option>'`.
   * @internal
   */
  public _problem(): string | undefined {
    return joined(nestedRules<{ deployment: Options }, 'deployment'>('deployment', this.rules).map((rule) => rule({ deployment: this.options })));
  }

  /**
   * Whether requests go over between two target groups.
   * @internal
   */
  public get _shiftsTraffic(): boolean {
    return this.strategy !== ecs.DeploymentStrategy.ROLLING;
  }

  /**
   * Header of the requests that reach the new tasks first.
   * @internal
   */
  public get _testHeader(): string | undefined {
    return this.options?.testHeader;
  }

  /**
   * What the service is told; nothing for a rolling deployment, which is ECS's own default.
   * @internal
   */
  public _serviceProps(): Pick<ecs.FargateServiceProps, 'deploymentStrategy' | 'bakeTime' | 'linearConfiguration' | 'canaryConfiguration'> {
    if (!this._shiftsTraffic) {
      return {};
    }
    const { bakeTime, stepPercent, stepBakeTime } = this.options ?? {};
    const shared = { deploymentStrategy: this.strategy, bakeTime: bakeTime ?? DEFAULT_BAKE_TIME };
    switch (this.strategy) {
      case ecs.DeploymentStrategy.LINEAR:
        return { ...shared, linearConfiguration: { stepPercent: stepPercent ?? 10, stepBakeTime: stepBakeTime ?? Duration.minutes(6) } };
      case ecs.DeploymentStrategy.CANARY:
        return { ...shared, canaryConfiguration: { stepPercent: stepPercent ?? 5, stepBakeTime: stepBakeTime ?? Duration.minutes(10) } };
      default:
        return shared;
    }
  }
}

const SHIFT_RULES: Rule<Options>[] = [
  ...minutes('bakeTime'),
  matches('testHeader', /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$/, "be the name of a header, 40 characters at most, e.g. 'X-Preview'"),
];
const STEP_RULES: Rule<Options>[] = [...minutes('stepBakeTime'), ...SHIFT_RULES];

function minutes(prop: 'bakeTime' | 'stepBakeTime'): Rule<Options>[] {
  return [
    durationBetween(prop, Duration.minutes(0), Duration.days(1)),
    ({ [prop]: time }) => isKnown(time) && isDuration(time) && time.toMilliseconds() % 60_000 !== 0 ? `'${prop}' must be in whole minutes, got ${show(time)}` : undefined,
    knownAtSynthesis(prop, 'how long a deployment takes is'),
  ];
}

/**
 * CloudFormation refuses a deployment that takes longer than 33 hours, since its own operations end after 36.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-linearconfiguration.html
 */
function endsInTime(stepsOf: (stepPercent?: number) => number, defaultStep: Duration): Rule<Options> {
  return ({ bakeTime = DEFAULT_BAKE_TIME, stepBakeTime = defaultStep, stepPercent }) => {
    if (![bakeTime, stepBakeTime].every((time) => isDuration(time) && isKnown(time)) || (stepPercent !== undefined && !isKnown(stepPercent))) {
      return undefined;
    }
    const hours = (bakeTime.toMilliseconds() + stepsOf(stepPercent) * stepBakeTime.toMilliseconds()) / 3_600_000;
    return hours > 33 ? `'stepBakeTime' must be shorter: with all steps and 'bakeTime' the deployment takes ${Math.ceil(hours)} hours, CloudFormation accepts 33` : undefined;
  };
}
