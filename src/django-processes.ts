import { Construct } from 'constructs';
import { DeploymentProfile } from './config/deployment-profile';
import { ProcessDuty } from './config/process';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { INetwork } from './network/vpc-network';
import { fargateMemories } from './private/fargate-size';
import { EntryPoint } from './processes/entry-point';
import { ProcessDefinition } from './processes/process-definition';
import { PROFILE_DEFAULTS } from './profile-defaults';
import { stopTimeoutSeconds } from './web-defaults';

/** The process of the application: what the web service runs. */
export function createApplication(scope: Construct, props: DjangoOnFargateProps, network: INetwork): ProcessDefinition {
  return new ProcessDefinition(scope, 'Application', {
    ...processProps(props, network),
    entryPoint: EntryPoint.allowTaskAddress(props.pythonExecutable),
    command: props.web?.command ?? ['gunicorn', props.wsgiApplication ?? `${props.project}.wsgi:application`],
    containerPort: props.web?.containerPort ?? 8000,
    stopTimeoutSeconds: stopTimeoutSeconds(props.web?.requestTimeout),
  });
}

/** The process of the release. It shares network and log group with the application. */
export function createReleaseProcess(scope: Construct, props: DjangoOnFargateProps, application: ProcessDefinition): ProcessDefinition {
  return new ProcessDefinition(scope, 'ReleaseProcess', {
    ...processProps(props, application),
    duty: ProcessDuty.RELEASE,
    entryPoint: EntryPoint.releaseCommands(props.pythonExecutable),
    securityGroup: application.securityGroup,
    logGroup: application.logGroup,
  });
}

/** What every process of the project has. */
function processProps(props: DjangoOnFargateProps, { vpc }: Pick<INetwork, 'vpc'>) {
  const defaults = PROFILE_DEFAULTS[props.profile ?? DeploymentProfile.PRODUCTION];
  const cpu = props.web?.cpu ?? defaults.cpu;
  return {
    vpc,
    image: props.image,
    cpu,
    memoryLimitMiB: props.web?.memoryLimitMiB ?? fargateMemories(cpu)[0] ?? defaults.memoryLimitMiB,
    ephemeralStorageGiB: props.web?.ephemeralStorageGiB,
    cpuArchitecture: props.cpuArchitecture,
    convention: props.convention,
    environment: { DJANGO_SETTINGS_MODULE: props.settingsModule ?? `${props.project}.settings`, ...props.environment },
    secrets: props.secrets,
    logRetention: defaults.logRetention,
    removalPolicy: defaults.removalPolicy,
  };
}
