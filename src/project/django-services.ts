import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Attachments } from './django-attachments';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { DjangoBeatOptions, DjangoServiceOptions, DjangoWorkerOptions } from './django-process-props';
import { djangoBeatRules, djangoServiceRules, djangoWorkerRules } from './django-process-rules';
import { BEAT_CPU, createBeatProcess, createServiceProcess, createWorkerProcess, serverCommand } from './django-processes';
import { isSameOrigin } from './django-spa';
import { warnAboutMissingBroker } from './missing-broker';
import { ProfileDefaults } from './profile-defaults';
import { RegularRollouts } from './regular-rollouts';
import { warnAboutStaticPath } from './static-path';
import { defaultCapacity } from './web-defaults';
import { WafProtectedAlb } from '../edge/load-balancer/waf-protected-alb';
import { SpaDistribution } from '../edge/spa/spa-distribution';
import { INetwork } from '../network/vpc-network';
import { given } from '../private/options';
import { definitionError, show, validateProps } from '../private/validation';
import { ProcessDefinition } from '../processes/definition/process-definition';
import { Release } from '../processes/release/release';
import { WebServer } from '../processes/web/web-server';
import { WebService } from '../processes/web/web-service';
import { Beat } from '../processes/workers/beat';
import { Worker } from '../processes/workers/worker';

/** What the services of a project have in common. */
export interface ServiceContext {
  readonly props: DjangoOnFargateProps;
  readonly defaults: ProfileDefaults;
  readonly network: INetwork;
  readonly cluster: ecs.ICluster;
  readonly application: ProcessDefinition;
  readonly release: Release;
  readonly loadBalancer: WafProtectedAlb;
  readonly spa?: SpaDistribution;
  readonly attachments: Attachments;
}

/** Makes the services of a project: where they run, what they wait for and what replaces their tasks is the same for all. */
export class DjangoServices {
  private readonly rollouts = new RegularRollouts();

  public constructor(private readonly owner: Construct, private readonly context: ServiceContext) {}

  /** Credentials that rotate: tasks of every service are replaced from time to time. */
  public addRotation(time: Duration): void {
    this.rollouts.addRotation(time);
  }

  public createWebService(): WebService {
    const { props, defaults, application, loadBalancer } = this.context;
    const { command, entryPoint, containerPort, cpu, memoryLimitMiB, ephemeralStorageGiB, containerHealthCheck, paths, cluster, ...service } = props.web ?? {};
    const web = new WebService(this.owner, 'Web', {
      ...this.placement(service.fargateSpot),
      process: application,
      ...defaultCapacity(service, defaults),
      loadBalancerIdleTimeout: loadBalancer.idleTimeout,
      ...given(service),
    });
    loadBalancer.addService(web, { paths });
    warnAboutStaticPath(web, props);
    this.rollOut(this.owner, web.service);
    return web;
  }

  public addWorker(id: string, options: DjangoWorkerOptions): Worker {
    const { props, defaults, application, attachments } = this.context;
    const scope = this.scopeOf(id, options);
    options = validateProps(scope, 'Worker', options, djangoWorkerRules(defaults.cpu));
    this.refuseMissingCommand(id, options);
    const { command, celery, stopTimeout, cpu, memoryLimitMiB, ephemeralStorageGiB, environment, secrets, containerHealthCheck, ...own } = options;
    const process = createWorkerProcess(scope, props, options, application);
    attachments.addProcess(process);
    if (!command) {
      warnAboutMissingBroker(scope, process);
    }
    const worker = new Worker(scope, 'Worker', { ...this.placement(own.fargateSpot), process, ...given(own) });
    this.rollOut(scope, worker.service);
    return worker;
  }

  public addBeat(id: string, options: DjangoBeatOptions): Beat {
    const { props, application, attachments } = this.context;
    const scope = this.scopeOf(id, options);
    options = validateProps(scope, 'Beat', options, djangoBeatRules(BEAT_CPU));
    this.refuseMissingCommand(id, options);
    const { command, celery, cpu, memoryLimitMiB, ephemeralStorageGiB, environment, secrets, containerHealthCheck, ...own } = options;
    const process = createBeatProcess(scope, props, options, application);
    attachments.addProcess(process);
    if (!command) {
      warnAboutMissingBroker(scope, process);
    }
    const beat = new Beat(scope, 'Beat', { ...this.placement(), process, ...given(own) });
    this.rollOut(scope, beat.service);
    return beat;
  }

  public addService(id: string, options: DjangoServiceOptions): WebService {
    const { props, defaults, application, attachments, loadBalancer, spa } = this.context;
    const scope = this.scopeOf(id, options);
    options = validateProps(scope, 'WebService', options, djangoServiceRules(defaults.cpu));
    this.refuseMissingServer(id, options);
    this.refuseMissingPaths(id, options);
    const {
      image, backingServices, convention, paths, command, containerPort, cpu, memoryLimitMiB, ephemeralStorageGiB, environment, secrets,
      containerHealthCheck, ...own
    } = options;
    const process = createServiceProcess(scope, props, options, application);
    const service = new WebService(scope, 'Web', {
      ...this.placement(own.fargateSpot),
      process,
      ...image && { server: WebServer.other(), healthCheckPath: '/' },
      ...defaultCapacity(own, defaults),
      loadBalancerIdleTimeout: loadBalancer.idleTimeout,
      ...given(own),
    });
    loadBalancer.addService(service, { paths });
    if (paths && isSameOrigin(props)) {
      spa!.addBackendPaths(paths);
    }
    if (!image) {
      attachments.addProcess(process);
    }
    if (!image || backingServices?.length) {
      this.rollOut(scope, service.service);
    }
    return service;
  }

  /** Where a service runs. A cluster of the user's has the capacity providers that they gave it. */
  private placement(spot?: unknown) {
    const { props, defaults, network, cluster } = this.context;
    if (spot && !props.web?.cluster) {
      (cluster as ecs.Cluster).enableFargateCapacityProviders();
    }
    return {
      cluster,
      taskSubnets: network.taskSubnets,
      assignPublicIp: network.assignPublicIp,
      // ECS Exec writes to the root file system.
      enableExecuteCommand: defaults.enableExecuteCommand && !props.readonlyRootFilesystem,
    };
  }

  /** A service of the project is updated after the release; where credentials rotate, its tasks are replaced from time to time. */
  private rollOut(scope: Construct, service: ecs.FargateService): void {
    service.node.defaultChild!.node.addDependency(this.context.release);
    this.rollouts.addService(scope, service);
  }

  /** What belongs to something that was added. */
  private scopeOf(id: string, options: unknown): Construct {
    refuseTaken(this.owner, id);
    if (typeof options !== 'object' || options === null || Array.isArray(options)) {
      throw new Error(definitionError(this.owner, 'DjangoOnFargate', [`the options of ${show(id)} must be an object, got ${show(options)}`]));
    }
    return new Construct(this.owner, id);
  }

  private refuseMissingServer(id: string, { image, command, server }: DjangoServiceOptions): void {
    if (!image && !command && !serverCommand(this.context.props, server)) {
      throw new Error(definitionError(this.owner, 'DjangoOnFargate', [`'command' of ${show(id)} must be given: nobody knows what starts its server`]));
    }
  }

  private refuseMissingPaths(id: string, { paths }: DjangoServiceOptions): void {
    if (!paths && !this.context.props.web?.paths) {
      throw new Error(definitionError(this.owner, 'DjangoOnFargate', [
        `'paths' of ${show(id)} must be given, e.g. ['/docs/*'], because the web service gets every path that no other has; ` +
        `or give 'web.paths', e.g. ['/api/*', '/admin/*', '/static/*'], and ${show(id)} gets the rest`,
      ]));
    }
  }

  private refuseMissingCommand(id: string, { command }: { readonly command?: string[] }): void {
    if (!command && !this.context.props.project) {
      throw new Error(definitionError(this.owner, 'DjangoOnFargate', [`'command' of ${show(id)} must be given: without 'project' nobody knows a Celery app`]));
    }
  }
}

/** An id that is taken, or none, would be refused by CDK, without saying what to do. */
export function refuseTaken(scope: Construct, id: string): void {
  if (typeof id !== 'string' || !/^[^/]+$/.test(id) || Token.isUnresolved(id)) {
    throw new Error(definitionError(scope, 'DjangoOnFargate', [`the id must be plain text without '/', got ${show(id)}: give what you add one, e.g. 'Nightly'`]));
  }
  if (scope.node.tryFindChild(id)) {
    throw new Error(definitionError(scope, 'DjangoOnFargate', [`the id ${show(id)} is taken already: give what you add another one`]));
  }
}
