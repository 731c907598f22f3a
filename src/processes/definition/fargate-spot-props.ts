/**
 * Mix of Fargate and Fargate Spot, which costs about 70 % less and may end a task with two minutes' notice. Spot runs x86 and ARM.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
 */
export interface FargateSpotOptions {
  /**
   * Tasks that always run on demand, before the others are shared out; 0 to 5000. With 0 the service may stand still where AWS has no
   * Spot capacity.
   * @default 1
   */
  readonly onDemandBase?: number;

  /**
   * Share of the further tasks that runs on Spot, in percent, 1 to 100.
   * @default 50
   */
  readonly spotPercent?: number;
}
