import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { CLUSTER, isOf, LOAD_BALANCER, VPC } from '../private/shapes';
import { Rule } from '../private/validation';
import { areDifferentVpcs, nameOfVpc, UNKNOWN_VPC, vpcOf } from '../private/vpc';

/** What the user has already and stands in a VPC; `expression` is how their code names that. */
interface Resident {
  readonly prop: string;
  readonly expression: string;
  vpcOf(props: DjangoOnFargateProps): unknown;
}

const RESIDENTS: Resident[] = [
  { prop: 'database.existing', expression: 'database.vpc', vpcOf: ({ database }) => (database?.existing as { readonly vpc?: unknown } | undefined)?.vpc },
  {
    prop: 'loadBalancer.existing',
    expression: 'loadBalancer.loadBalancer.vpc',
    vpcOf: ({ loadBalancer }) => isOf(LOAD_BALANCER, loadBalancer?.existing) ? loadBalancer?.existing?.loadBalancer.vpc : undefined,
  },
  { prop: 'web.cluster', expression: 'cluster.vpc', vpcOf: ({ web }) => web?.cluster && vpcOf(web.cluster) },
];

/** What the user has already must be in one VPC with everything that is made. What is no VPC is for other rules, or the user's own matter. */
export const ONE_VPC_RULES: Rule<DjangoOnFargateProps>[] = [
  ...RESIDENTS.map((resident): Rule<DjangoOnFargateProps> => (props) => {
    const [vpc, network] = [resident.vpcOf(props), props.network?.vpc];
    if (!isVpc(vpc) || (network && (!isVpc(network) || !areDifferentVpcs(vpc, network)))) {
      return undefined;
    }
    return `'${resident.prop}' is in the VPC ${nameOfVpc(vpc)}, ` +
      `${network ? `but 'network.vpc' is ${nameOfVpc(network)}` : 'but without \'network.vpc\' a new VPC is made'}: give network: { vpc: ${resident.expression} }`;
  }),
  ({ web }) => isOf(CLUSTER, web?.cluster) && !vpcOf(web!.cluster!) ? `'web.cluster' ${UNKNOWN_VPC}` : undefined,
];

function isVpc(value: unknown): value is ec2.IVpc {
  return isOf(VPC, value);
}
