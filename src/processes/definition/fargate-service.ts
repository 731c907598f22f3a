import * as ecs from 'aws-cdk-lib/aws-ecs';

/**
 * A service of CDK's, which does not look up whether its region has alarms that roll a deployment back.
 *
 * CDK does that to render "no alarms" where a feature flag is off, and loads its table of all regions for it: a tenth of the synth of a small app.
 * The method is private to CDK. Should it get another name, the table is loaded again, and that is all
 * (docs/decisions/0032-load-what-is-used.md).
 */
export class FargateService extends ecs.FargateService {}

Object.defineProperty(FargateService.prototype, 'deploymentAlarmsAvailableInRegion', { value: () => false });
