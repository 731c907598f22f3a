import { Duration, Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { DjangoBeatOptions, DjangoContainerOptions, DjangoServiceOptions, DjangoWorkerOptions } from './django-process-props';
import { defaultsOf, ProfileDefaults } from './profile-defaults';
import { warnAboutSettings } from './settings-module';
import { stopTimeoutFor } from './web-defaults';
import { ProcessDuty } from '../config/process';
import { INetwork } from '../network/vpc-network';
import { fargateMemories } from '../private/fargate-size';
import { given } from '../private/options';
import { isKnown } from '../private/validation';
import { EntryPoint } from '../processes/definition/entry-point';
import { ProcessDefinition } from '../processes/definition/process-definition';
import { releaseEntryPoint } from '../processes/release/release-command';
import { WebServer } from '../processes/web/web-server';
import { CeleryCommand } from '../processes/workers/celery-command';

/** Celery's tasks get the longest time there is to end. */
const WORKER_STOP_TIMEOUT = Duration.seconds(120);
/** Beat does nothing but wait and send. */
export const BEAT_CPU = 256;
/** What servers of other images mostly listen on. */
const STRANGER_PORT = 80;
/** ECS starts the next one while the last one still stops. */
const BEAT_STOP_TIMEOUT = Duration.seconds(10);

/** The process of the application: what the web service runs. */
export function createApplication(scope: Construct, props: DjangoOnFargateProps, network: INetwork): ProcessDefinition {
  const application = new ProcessDefinition(scope, 'Application', {
    ...processProps(props, props.web),
    vpc: network.vpc,
    entryPoint: props.web?.entryPoint ?? EntryPoint.allowTaskAddress(props.pythonExecutable),
    command: props.web?.command ?? serverCommand(props, props.web?.server),
    containerPort: props.web?.containerPort ?? 8000,
    stopTimeout: stopTimeoutFor(props.web?.requestTimeout),
  });
  warnAboutSettings(scope, props.image, settingsOf(props));
  return application;
}

/** The process of the release. It shares network and log group with the application, and has rights that the application must not have. */
export function createReleaseProcess(scope: Construct, props: DjangoOnFargateProps, application: ProcessDefinition): ProcessDefinition {
  const { vpc, securityGroup, logGroup } = application;
  // An entry point of the user's may find programs elsewhere.
  const [server] = !props.web?.entryPoint && isKnown(application._command) ? application._command : [];
  return new ProcessDefinition(scope, 'ReleaseProcess', {
    ...processProps(props, { ...props.web, containerHealthCheck: undefined }),
    vpc,
    securityGroup,
    logGroup,
    duty: ProcessDuty.RELEASE,
    entryPoint: EntryPoint.of(...releaseEntryPoint(props.pythonExecutable, props.convention, server)),
  });
}

/** The process of a worker. */
export function createWorkerProcess(
  scope: Construct, props: DjangoOnFargateProps, options: DjangoWorkerOptions, application: ProcessDefinition,
): ProcessDefinition {
  const { cpu } = processProps(props, options);
  return new ProcessDefinition(scope, 'Process', {
    ...applicationProps(props, options, application),
    containerName: 'worker',
    entryPoint: EntryPoint.none(),
    command: options.command ?? CeleryCommand.worker(props.project!, { cpu, ...given(options.celery) }),
    stopTimeout: options.stopTimeout ?? WORKER_STOP_TIMEOUT,
  });
}

/** The process of beat. */
export function createBeatProcess(
  scope: Construct, props: DjangoOnFargateProps, options: DjangoBeatOptions, application: ProcessDefinition,
): ProcessDefinition {
  return new ProcessDefinition(scope, 'Process', {
    ...applicationProps(props, { cpu: BEAT_CPU, ...given(options) }, application),
    containerName: 'beat',
    entryPoint: EntryPoint.none(),
    command: options.command ?? CeleryCommand.beat(props.project!, options.celery),
    stopTimeout: BEAT_STOP_TIMEOUT,
  });
}

/** The process of a further service: the project's own, or one that has nothing to do with the project but the load balancer. */
export function createServiceProcess(
  scope: Construct, props: DjangoOnFargateProps, options: DjangoServiceOptions, application: ProcessDefinition,
): ProcessDefinition {
  const { image, command, server, requestTimeout, backingServices, convention = props.convention } = options;
  if (!image) {
    return new ProcessDefinition(scope, 'Process', {
      ...applicationProps(props, options, application),
      entryPoint: EntryPoint.allowTaskAddress(props.pythonExecutable),
      command: command ?? serverCommand(props, server),
      containerPort: options.containerPort ?? 8000,
      stopTimeout: stopTimeoutFor(requestTimeout),
    });
  }
  const { environment: _environment, secrets: _secrets, convention: _convention, readonlyRootFilesystem: _readonly, ...own } = processProps(props, options);
  const process = new ProcessDefinition(scope, 'Process', {
    ...own,
    vpc: application.vpc,
    image,
    convention,
    environment: options.environment,
    secrets: options.secrets,
    containerName: 'server',
    entryPoint: EntryPoint.ofImage(),
    command,
    containerPort: options.containerPort ?? STRANGER_PORT,
    stopTimeout: stopTimeoutFor(requestTimeout),
  });
  backingServices?.forEach((backingService) => backingService.attachTo(process));
  if (options.containerPort === undefined) {
    // nginx and most others listen there, and begin as root for that.
    Annotations.of(process).acknowledgeWarning('cdk-django-on-fargate:privileged-port', 'The default for an image of others');
  }
  return process;
}

/** The command of the server; a project of another framework has no default, which a rule demands. */
export function serverCommand(
  { project, wsgiApplication, asgiApplication }: DjangoOnFargateProps, server: WebServer = WebServer.gunicorn(),
): string[] | undefined {
  return server._defaultCommand(project, { wsgiApplication, asgiApplication });
}

/** What further processes of the project have: all that the application has, and its roles. */
function applicationProps(props: DjangoOnFargateProps, options: DjangoContainerOptions, application: ProcessDefinition) {
  const { vpc, securityGroup, logGroup, taskRole, executionRole } = application;
  return { ...processProps(props, options), vpc, securityGroup, logGroup, taskRole, executionRole };
}

/** What every process of the project has. */
function processProps(props: DjangoOnFargateProps, options: DjangoContainerOptions = {}) {
  const defaults = defaultsOf(props);
  const settings = settingsOf(props);
  return {
    image: props.image,
    ...sizeOf(options, defaults),
    ephemeralStorageGiB: options.ephemeralStorageGiB,
    cpuArchitecture: props.cpuArchitecture,
    convention: props.convention,
    environment: { ...settings && { DJANGO_SETTINGS_MODULE: settings }, ...props.environment, ...options.environment },
    secrets: { ...props.secrets, ...options.secrets },
    healthCheck: options.containerHealthCheck,
    readonlyRootFilesystem: props.readonlyRootFilesystem,
    logRetention: defaults.logRetention,
    removalPolicy: defaults.removalPolicy,
  };
}

function settingsOf({ settingsModule, project }: DjangoOnFargateProps): string | undefined {
  return settingsModule ?? (project && `${project}.settings`);
}

function sizeOf(options: DjangoContainerOptions, defaults: ProfileDefaults): { cpu: number; memoryLimitMiB: number } {
  const cpu = options.cpu ?? defaults.cpu;
  return { cpu, memoryLimitMiB: options.memoryLimitMiB ?? fargateMemories(cpu)[0] ?? defaults.memoryLimitMiB };
}
