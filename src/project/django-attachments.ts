import { Construct } from 'constructs';
import { IBackingService } from '../config/backing-service';
import { DjangoVariable } from '../config/django-variable';
import { EnvironmentSecret } from '../config/environment-secret';
import { pythonBoolean } from '../private/python-boolean';
import { an, BACKING_SERVICE } from '../private/shapes';
import { definitionError, show } from '../private/validation';
import { ProcessDefinition } from '../processes/definition/process-definition';

/** What the project must know of the site that it serves. */
export interface Site {
  readonly hostNames: string[];
  readonly origins: string[];
  readonly servesHttps: boolean;

  /** Address at which visitors reach Django. */
  readonly url: string;

  /** Header that says `https` as Django names it, where it is not the usual one. */
  readonly secureProxySslHeader?: string;

  /** Address of the single-page app, where there is one. */
  readonly frontendUrl?: string;

  /** Origins of the single-page app. */
  readonly corsAllowedOrigins?: string[];
}

/** The backing services and the processes of a project: each is attached to each, in whatever order they come. */
export class Attachments {
  private readonly backingServices: IBackingService[] = [];
  private readonly processes: ProcessDefinition[] = [];
  /** What was added to every process by name, for those that come. */
  private readonly additions: ((process: ProcessDefinition) => void)[] = [];

  public constructor(private readonly owner: Construct, private readonly site: Site) {}

  public addBackingService(backingService: IBackingService): void {
    const problem = an(BACKING_SERVICE)(backingService ?? 'nothing');
    if (problem) {
      throw new Error(definitionError(this.owner, 'DjangoOnFargate', [`'backingService' must be ${problem}`]));
    }
    this.backingServices.push(backingService);
    this.processes.forEach((process) => backingService.attachTo(process));
  }

  public addProcess(process: ProcessDefinition): void {
    this.processes.push(process);
    this.backingServices.forEach((backingService) => backingService.attachTo(process));
    process.addVariable(DjangoVariable.ALLOWED_HOSTS, this.site.hostNames.join(','));
    process.addVariable(DjangoVariable.CSRF_TRUSTED_ORIGINS, this.site.origins.join(','));
    process.addVariable(DjangoVariable.HTTPS, pythonBoolean(this.site.servesHttps));
    process.addVariable(DjangoVariable.SITE_URL, this.site.url);
    const { secureProxySslHeader, frontendUrl, corsAllowedOrigins } = this.site;
    const withSpa: [DjangoVariable, string | undefined][] = [
      [DjangoVariable.SECURE_PROXY_SSL_HEADER, secureProxySslHeader],
      [DjangoVariable.FRONTEND_URL, frontendUrl],
      [DjangoVariable.CORS_ALLOWED_ORIGINS, corsAllowedOrigins?.join(',')],
    ];
    withSpa.forEach(([variable, value]) => value && process.addVariable(variable, value));
    process.addDefaultVariable(DjangoVariable.REDIS_URL, '');
    process.addDefaultVariable(DjangoVariable.REDIS_BASE_URL, '');
    this.additions.forEach((addTo) => addTo(process));
  }

  public addEnvironment(name: string, value: string): void {
    this.add((process) => process.addEnvironment(name, value));
  }

  public addSecret(name: string, secret: EnvironmentSecret): void {
    if (typeof (secret as { bind?: unknown } | undefined)?.bind !== 'function') {
      throw new Error(definitionError(this.owner, 'DjangoOnFargate',
        [`the variable ${show(name)} must have an EnvironmentSecret as its value: use EnvironmentSecret.fromSecretName(...)`]));
    }
    if (this.processes.some((process) => process._sets(name))) {
      throw new Error(definitionError(this.owner, 'DjangoOnFargate', [`the variable ${show(name)} is set already: a name has one value`]));
    }
    const bound = secret.bind(this.owner, `Secret${name}`);
    this.add((process) => process.addSecret(name, bound));
  }

  private add(addTo: (process: ProcessDefinition) => void): void {
    this.processes.forEach(addTo);
    this.additions.push(addTo);
  }
}
