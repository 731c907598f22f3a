import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Token, Validations } from 'aws-cdk-lib/core';
import { show } from '../private/validation';

/** Options of a NAT instance. */
export interface NatInstanceOptions {
  /**
   * Instance type. Amazon Linux needs 1 GiB of memory to install what NAT takes, so a `nano` only goes with a
   * `machineImage` that has it on board.
   * @default 't4g.micro'
   */
  readonly instanceType?: string;

  /**
   * Image of the instance: Amazon Linux 2023, or one that understands its commands and has the root device
   * `/dev/xvda`. **WARNING**: a change replaces the instance.
   * @default - the newest Amazon Linux 2023: a deployment after a new release replaces the instance
   */
  readonly machineImage?: ec2.IMachineImage;
}

/** What an egress asks of the VPC. */
interface EgressPlan {
  /** Number of NAT gateways or instances. */
  readonly nats: number;
  /** What makes them, unless they are gateways. */
  readonly provider?: ec2.NatProvider;
  /** Whether tasks stand in the public subnets, with public IP addresses of their own. */
  readonly publicTasks: boolean;
  /** What remains to be done when the VPC stands. */
  complete(cidr: string): void;
}

/**
 * Way from the tasks to the internet: for pulling images, reading secrets, writing logs and calling other services.
 *
 * Prices are those of us-east-1 for a month of 730 hours, without tax.
 *
 * | egress | per month | per GB | when an availability zone fails |
 * |---|---|---|---|
 * | `natGateways(1)` | 36.50 USD | 0.045 USD | tasks in the other zones lose the internet if it held the gateway |
 * | `natGateways(2)` | 73.00 USD | 0.045 USD | nothing happens in the other zone |
 * | `natInstance()` | 10.42 USD | - | as with one gateway |
 * | `publicIp()` | 3.65 USD for each running task | - | nothing happens in the other zone |
 *
 * @example
 *
 * new Network(this, 'Network', { egress: Egress.natGateways(2) });
 */
export abstract class Egress {
  /**
   * NAT gateways that AWS runs. Each costs 36.50 USD a month (32.85 for the gateway, 3.65 for its address) and
   * 0.045 USD per GB; the S3 gateway endpoint keeps S3 and the layers of images in ECR out of that.
   *
   * One gateway serves all zones; a second doubles the price. Give one for each zone where calls to the internet must survive
   * the failure of a zone, as `DeploymentProfile.PRODUCTION` does.
   *
   * @param count number of gateways, at most one for each availability zone; 1 if not given
   */
  public static natGateways(count?: number): Egress {
    return new NatGatewayEgress(count ?? 1);
  }

  /**
   * An EC2 instance that does NAT, reached by Session Manager and not by SSH: 10.42 USD a month (6.13 for a
   * `t4g.micro`, 0.64 for its disk, 3.65 for its address), and nothing per GB but EC2's own data transfer.
   *
   * It is one instance in one zone, and its network is as fast as its type. EC2 recovers it from a failed host. CloudFormation
   * waits until it forwards packets before tasks use it, at a replacement too. For development and small sites.
   *
   * @param options options of the instance
   */
  public static natInstance(options?: NatInstanceOptions): Egress {
    return new NatInstanceEgress(options ?? {});
  }

  /**
   * No NAT: tasks stand in the public subnets with public IP addresses, 3.65 USD a month for each running task.
   *
   * Their security group still admits the load balancer only. The private subnets are left out but keep their place in the
   * address range, so that changing to NAT later moves no database.
   */
  public static publicIp(): Egress {
    return new PublicIpEgress();
  }

  /**
   * What is wrong with this egress in a VPC with so many availability zones, if anything.
   * @internal
   */
  public abstract _problem(zones: number): string | undefined;

  /**
   * What this egress asks of a VPC. Each call gives a plan for one VPC.
   * @internal
   */
  public abstract _plan(): EgressPlan;
}

class NatGatewayEgress extends Egress {
  public constructor(private readonly count: number) {
    super();
  }

  public _problem(zones: number): string | undefined {
    if (Token.isUnresolved(this.count)) {
      return '\'egress\' must have a number of NAT gateways that is known at synth: so many subnets get one';
    }
    return Number.isInteger(this.count) && this.count >= 1 && this.count <= zones
      ? undefined
      : `'egress' must have between 1 and ${zones} NAT gateways, one for each availability zone at most, got ${show(this.count)}: ` +
        'for none at all give Egress.publicIp()';
  }

  public _plan(): EgressPlan {
    return { nats: this.count, publicTasks: false, complete: () => undefined };
  }
}

class PublicIpEgress extends Egress {
  public _problem(): string | undefined {
    return undefined;
  }

  public _plan(): EgressPlan {
    return { nats: 0, publicTasks: true, complete: () => undefined };
  }
}

class NatInstanceEgress extends Egress {
  public constructor(private readonly options: NatInstanceOptions) {
    super();
  }

  public _problem(): string | undefined {
    const { instanceType, machineImage } = this.options;
    if (instanceType === undefined) {
      return undefined;
    }
    if (Token.isUnresolved(instanceType) || !/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(instanceType)) {
      return `'egress' must have an 'instanceType' of a class and a size like 't4g.micro', got ${show(instanceType)}`;
    }
    return instanceType.endsWith('.nano') && !machineImage
      ? `'egress' must have an 'instanceType' with 1 GiB of memory or more, got ${show(instanceType)}: ` +
        'Amazon Linux runs out of memory while it installs the packages; use \'t4g.micro\', or a \'machineImage\' that has them on board'
      : undefined;
  }

  public _plan(): EgressPlan {
    const userData = ec2.UserData.forLinux();
    // A command that fails must fail the instance: a NAT that forwards nothing looks healthy to EC2.
    userData.addCommands('set -e', ...ec2.NatInstanceProviderV2.DEFAULT_USER_DATA_COMMANDS);
    const provider = ec2.NatProvider.instanceV2({
      instanceType: new ec2.InstanceType(this.options.instanceType ?? 't4g.micro'),
      machineImage: this.options.machineImage,
      associatePublicIpAddress: true,
      defaultAllowedTraffic: ec2.NatTrafficDirection.OUTBOUND_ONLY,
      userData,
    });
    return {
      nats: 1,
      provider,
      publicTasks: false,
      complete: (cidr) => {
        provider.connections.allowFrom(ec2.Peer.ipv4(cidr), ec2.Port.allTraffic(), 'Traffic of the VPC');
        provider.gatewayInstances.forEach((instance) => {
          userData.addSignalOnExitCommand(instance);
          harden(instance);
        });
      },
    };
  }
}

/** What the NAT provider of CDK leaves open. */
function harden(instance: ec2.Instance): void {
  const resource = instance.instance;
  resource.metadataOptions = { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 };
  resource.blockDeviceMappings = [{ deviceName: '/dev/xvda', ebs: { encrypted: true, volumeType: 'gp3', deleteOnTermination: true } }];
  // Routes follow the instance: none points to one that does not forward yet.
  resource.cfnOptions.creationPolicy = { resourceSignal: { count: 1, timeout: 'PT10M' } };

  // The managed policy for this would also let the instance read every parameter of the account.
  instance.addToRolePolicy(new iam.PolicyStatement({
    actions: [
      'ssm:UpdateInstanceInformation',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ],
    resources: ['*'],
  }));
  Validations.of(instance).acknowledge(
    { id: 'AwsSolutions-IAM5[Resource::*]', reason: 'Session Manager: these five actions have no resources to name' },
    { id: 'AwsSolutions-EC28', reason: 'The free five-minute metrics do for an instance that forwards packets' },
    { id: 'AwsSolutions-EC29', reason: 'The instance holds no data, and CloudFormation must be able to replace it' },
  );
}
