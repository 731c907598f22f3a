import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Stack } from 'aws-cdk-lib/core';
import { capacityProviderStrategies } from '../../../src/processes/definition/fargate-spot';
import { FargateSpotOptions } from '../../../src/processes/definition/fargate-spot-props';
import { givenVpc, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';
import { define, serviceOf } from '../web/web-service-stack';

describe('Fargate Spot', () => {
  test.each<[FargateSpotOptions | undefined, object | undefined]>([
    [undefined, undefined],
    [{}, [{ capacityProvider: 'FARGATE', base: 1, weight: 1 }, { capacityProvider: 'FARGATE_SPOT', weight: 1 }]],
    [{ onDemandBase: 2, spotPercent: 75 }, [{ capacityProvider: 'FARGATE', base: 2, weight: 1 }, { capacityProvider: 'FARGATE_SPOT', weight: 3 }]],
    [{ spotPercent: 33 }, [{ capacityProvider: 'FARGATE', base: 1, weight: 67 }, { capacityProvider: 'FARGATE_SPOT', weight: 33 }]],
    [{ spotPercent: 100 }, [{ capacityProvider: 'FARGATE', base: 1, weight: 0 }, { capacityProvider: 'FARGATE_SPOT', weight: 1 }]],
    [{ onDemandBase: 0 }, [{ capacityProvider: 'FARGATE', base: 0, weight: 1 }, { capacityProvider: 'FARGATE_SPOT', weight: 1 }]],
    [{ onDemandBase: 0, spotPercent: 100 }, [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]],
  ])('with %j shares tasks out', (options, strategies) => {
    expect(capacityProviderStrategies(options)).toEqual(strategies);
  });

  test('takes the place of the launch type, which AWS allows beside it nowhere', () => {
    const { Properties: service } = serviceOf(define({ fargateSpot: { spotPercent: 80 } }).stack);
    expect(service).not.toHaveProperty('LaunchType');
    expect(service.CapacityProviderStrategy).toEqual([{ CapacityProvider: 'FARGATE', Base: 1, Weight: 1 }, { CapacityProvider: 'FARGATE_SPOT', Weight: 4 }]);
    expect(service.DeploymentConfiguration).toMatchObject({ DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MinimumHealthyPercent: 100 });
  });

  test('waits until the cluster has its capacity providers', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc: ec2.IVpc = givenVpc(stack);
    const cluster = new ecs.Cluster(stack, 'Own', { vpc, enableFargateCapacityProviders: true });
    const { web } = define({ cluster, fargateSpot: {} }, { stack, vpc });
    const before: string[] = serviceOf(stack).DependsOn;
    expect(before.filter((id) => id.startsWith('Own'))).toHaveLength(2);
    expect(warningsOf(web)).toEqual({});
  });

  test.each<[any, string]>([
    [{ onDemandBase: -1 }, "'fargateSpot.onDemandBase' must be a whole number between 0 and 5000, got -1"],
    [{ spotPercent: 0 }, "'fargateSpot.spotPercent' must be a whole number between 1 and 100 percent, got 0"],
    [{ spotPercent: TOKEN.number() }, "'fargateSpot.spotPercent' must be known at synthesis, because the weights of Fargate and Fargate Spot are computed from it: " +
      'give it as a plain value, not as a token'],
    [true, "'fargateSpot' must be an object with options, got true"],
  ])('refuses %j', (fargateSpot, reason) => {
    expect(messageOf(() => define({ fargateSpot }))).toBe(`WebService at 'Stack/Web' cannot be defined:\n- ${reason}`);
  });

  test('warns where nothing runs on demand', () => {
    expect(warningsOf(define({ fargateSpot: { onDemandBase: 0 } }, { stack: newStack() }).web)).toEqual({
      'spot-only': "'fargateSpot.onDemandBase' is 0: where AWS has no Spot capacity, no task may run at all. Keep at least 1 on demand.",
    });
  });
});
