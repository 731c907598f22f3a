import { ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { Duration } from 'aws-cdk-lib/core';
import { ALARM_RULES } from './django-alarms';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { DjangoMonitoringOptions, DjangoNetworkOptions, DjangoWebOptions } from './django-option-props';
import { defaultAccess, isSameOrigin } from './django-spa';
import { DjangoSpaOptions } from './django-spa-props';
import { ONE_VPC_RULES } from './one-vpc-rules';
import { PROFILE_DEFAULTS } from './profile-defaults';
import { REDIS_CACHE_OPTION_RULES } from '../backing-services/cache/redis-cache-rules';
import { PRIVATE_DATABASE_OPTION_RULES } from '../backing-services/database/private-database-rules';
import { SES_SMTP_OPTION_RULES } from '../backing-services/email/ses-smtp-rules';
import { StaticFiles } from '../backing-services/storage/file-storage-props';
import { FILE_STORAGE_OPTION_RULES, inOneRegion } from '../backing-services/storage/file-storage-rules';
import { DeploymentProfile } from '../config/deployment-profile';
import { DomainOptions } from '../config/domain';
import { EnvironmentConvention } from '../config/environment-convention';
import { domainRules, domainRulesOfBoth } from '../edge/domain/domain-rules';
import { hostNamesOf } from '../edge/domain/host-names';
import { enoughSubnets } from '../edge/load-balancer/subnets';
import { wafProtectedAlbOptionRules } from '../edge/load-balancer/waf-protected-alb-rules';
import { backendPathsProblem } from '../edge/spa/cache-behavior-rules';
import { spaDistributionOptionRules } from '../edge/spa/spa-distribution-rules';
import { networkOptionRules } from '../network/network-rules';
import { vpcNetworkRules } from '../network/vpc-network-rules';
import { ENVIRONMENT_RULES } from '../private/environment-rules';
import { execFormProblem } from '../private/exec-form';
import { logRetention } from '../private/log-retention';
import { nestedRules, rulesWhere } from '../private/nested-rules';
import {
  an, aRemovalPolicy, BACKING_SERVICE, BUCKET, CLUSTER, CONVENTION, environmentSecret, IMAGE, isOf, Kind, listOf, LOAD_BALANCER, memberOf, optionsOf,
  requiredKind, Shape, shaped, strings, VPC,
} from '../private/shapes';
import { durationBetween, isKnown, joined, matches, Rule, show } from '../private/validation';
import { CpuArchitecture } from '../processes/definition/cpu-architecture';
import { containerRules } from '../processes/definition/process-definition-rules';
import { RELEASE_OPTION_RULES } from '../processes/release/release-rules';
import { WEB_SERVICE_OPTION_RULES } from '../processes/web/web-service-rules';

const ENTRY_POINT: Kind = { name: 'an EntryPoint', member: 'bind', hint: 'use EntryPoint.allowTaskAddress() or EntryPoint.none()' };
const PYTHON_MODULE = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/** Options that name something existing and so leave nothing for the others to decide. */
const REPLACEMENTS: { readonly prop: 'network' | 'database' | 'storage' | 'loadBalancer'; readonly by: string; readonly with: string[] }[] = [
  { prop: 'network', by: 'vpc', with: ['taskSubnets', 'databaseSubnets'] },
  { prop: 'database', by: 'existing', with: [] },
  { prop: 'storage', by: 'existing', with: [] },
  { prop: 'loadBalancer', by: 'existing', with: [] },
];

/** Variables with a prop of their own. */
const PROP_OF_VARIABLE: Record<string, string> = { DJANGO_SETTINGS_MODULE: 'settingsModule' };

const SECRET = ['secretKey', 'secretKeyFallbacks', 'databasePassword', 'databaseSecretJson', 'databaseUrl', 'redisUrl', 'redisBaseUrl', 'redisPassword',
  'redisSecretJson', 'emailHostPassword'];

/** Variables that are set with certain options only; a process refuses one that is set twice. */
const ONLY_ON_REQUEST = ['databaseSslrootcert', 'databaseAuthentication', 'databaseReplicaHost'];

/** What holds for the props of a `DjangoOnFargate` itself, and between those of the rooms. */
const OWN_RULES: Rule<DjangoOnFargateProps>[] = [
  matches('project', PYTHON_MODULE, (name) => `be the package with the settings, as Python imports it${suggestion(name)}`),
  ({ project, web, release }) => (project ?? undefined) === undefined && !(web?.command && release?.commands)
    ? "'project' must be given: the package with the settings, e.g. 'shop'; a project of another framework gives 'web.command' and 'release.commands' instead"
    : undefined,
  ({ project, web }) => project && web?.server && !web.command && isOf({ member: '_defaultCommand' }, web.server) && !web.server._defaultCommand(project)
    ? "'web.command' must be given with WebServer.other(): nobody else knows how the server starts"
    : undefined,
  ({ release }) => {
    const problem = release?.checkCommand === undefined ? undefined : execFormProblem(release.checkCommand);
    return problem && `'release.checkCommand' ${problem}`;
  },
  ({ release }) => release?.checkTimeout && !release.checkCommand
    ? "'release.checkTimeout' must not be given without 'release.checkCommand': leave it out"
    : undefined,
  matches('settingsModule', PYTHON_MODULE, "be a module as Python imports it, e.g. 'shop.settings'"),
  matches('wsgiApplication', /^[\w.]+:[\w.()]+$/, "be 'module:application', e.g. 'shop.wsgi:application'"),
  matches('asgiApplication', /^[\w.]+:[\w.()]+$/, "be 'module:application', e.g. 'shop.asgi:application'"),
  matches('pythonExecutable', /^\S+$/, "be the program as one word, e.g. 'python3' or '/venv/bin/python'"),
  ...REPLACEMENTS.map((replacement): Rule<DjangoOnFargateProps> => (props) => {
    const options = (props[replacement.prop] ?? {}) as Record<string, unknown>;
    const superfluous = Object.keys(options)
      .filter((name) => options[name] !== undefined && name !== replacement.by && !replacement.with.includes(name));
    return options[replacement.by] !== undefined && superfluous.length > 0
      ? `'${replacement.prop}.${replacement.by}' is what you have already, so ${superfluous.map((name) => `'${replacement.prop}.${name}'`).join(', ')} ` +
        'would have no effect: leave it out'
      : undefined;
  }),
  ({ network }) => (network?.taskSubnets || network?.databaseSubnets) && !network.vpc
    ? "'network.taskSubnets' and 'network.databaseSubnets' choose from your own VPC: give it with 'network.vpc'"
    : undefined,
  ({ loadBalancer, monitoring }) => monitoring?.logBucket && loadBalancer?.accessLogExpiration
    ? "'loadBalancer.accessLogExpiration' must not be given with 'monitoring.logBucket': add a lifecycle rule to your bucket instead"
    : undefined,
  ({ domain, loadBalancer }) => domain && loadBalancer?.existing
    ? "'domain' and 'loadBalancer.existing' exclude each other: give the domain to your load balancer"
    : undefined,
  ({ domain, loadBalancer }) => domain && loadBalancer?.domain
    ? "'domain' and 'loadBalancer.domain' are the same: keep 'domain'"
    : undefined,
  ({ spa, loadBalancer }) => spa && !spa.domain && loadBalancer?.existing
    ? "'spa' without a 'spa.domain' of its own and 'loadBalancer.existing' exclude each other: make a SpaDistribution with SpaBackend.loadBalancer(...) yourself"
    : undefined,
  ({ spa }) => spa?.backendPaths && strings(spa.backendPaths) === undefined ? backendPathsProblem('spa.backendPaths', spa.backendPaths) : undefined,
  ({ spa, web }) => spa && !spa.backendPaths && web?.paths && strings(web.paths) === undefined && isSameOrigin({ spa })
    ? backendPathsProblem('web.paths', web.paths)
    : undefined,
  ({ spa }) => spa?.domain && spa.backendPaths
    ? "'spa.backendPaths' must not be given with 'spa.domain': on a name of its own the app calls Django by Django's name"
    : undefined,
  ({ spa }) => isOf({ member: '_hasFiles' }, spa?.source) && !spa?.source._hasFiles && (spa?.domain || spa?.backendPaths)
    ? "'spa.domain' and 'spa.backendPaths' must be left out with SpaSource.none(): Django answers every path of 'domain'"
    : undefined,
  ({ spa, storage }) => spa?.media && (spa.domain || storage?.existing || storage?.staticFiles === StaticFiles.CLOUDFRONT)
    ? "'spa.media' must not be given with 'spa.domain', 'storage.existing' or StaticFiles.CLOUDFRONT: the app's distribution serves no files of Django's then; " +
      'leave it out, and Django gives out presigned URLs'
    : undefined,
  ({ spa, domain }) => {
    const names = namesOf(domain);
    const shared = namesOf(spa?.domain).filter((name) => isKnown(name) && names.includes(name));
    return shared.length > 0
      ? `'spa.domain' must have other names than 'domain', got ${shared.map(show).join(', ')} in both: leave 'spa.domain' out to have app and API on one name`
      : undefined;
  },
  (props) => joined(Object.keys(props.environment ?? {}).map((name) => takenName('environment', name, props))),
  (props) => joined(Object.keys(props.secrets ?? {}).map((name) => takenName('secrets', name, props))),
];

/** What must hold for the props of a `DjangoOnFargate` in a region: the rules of each room for its options, and what holds between them. */
export function djangoOnFargateRules(region: string): Rule<DjangoOnFargateProps>[] {
  return shaped<DjangoOnFargateProps>({
    image: requiredKind(IMAGE),
    profile: memberOf('DeploymentProfile', DeploymentProfile),
    removalPolicy: aRemovalPolicy,
    cpuArchitecture: memberOf('CpuArchitecture', CpuArchitecture),
    convention: an(CONVENTION),
    secretKey: environmentSecret,
    backingServices: listOf(BACKING_SERVICE),
    network: optionsOf('{ vpc: … }'),
    database: optionsOf('{ existing: … }'),
    storage: optionsOf('{ existing: … }'),
    loadBalancer: optionsOf('{ existing: … }'),
    cache: optionsOf("it in 'backingServices'"),
    email: optionsOf("it in 'backingServices'"),
    spa: optionsOf('{ source: … }, or leave it out and give your SpaDistribution the load balancer as its backend'),
  }, [
    ...OWN_RULES,
    ...rulesWhere<DjangoOnFargateProps>((props) => !isSameOrigin(props), nestedRules<DjangoOnFargateProps, 'domain'>('domain', domainRules(region))),
    ...rulesWhere<DjangoOnFargateProps>(isSameOrigin, nestedRules<DjangoOnFargateProps, 'domain'>('domain', domainRulesOfBoth(region))),
    ...nestedRules<DjangoOnFargateProps, 'network'>('network', [
      ...rulesWhere<DjangoNetworkOptions>(({ vpc }) => !vpc, networkOptionRules(region)),
      ...rulesWhere<DjangoNetworkOptions>(({ vpc }) => isKnown(vpc), vpcNetworkRules(region) as Rule<DjangoNetworkOptions>[]),
    ]),
    ...nestedRules<DjangoOnFargateProps, 'database'>('database', [...existing(BACKING_SERVICE), ...PRIVATE_DATABASE_OPTION_RULES]),
    ...nestedRules<DjangoOnFargateProps, 'storage'>('storage', [...existing(BACKING_SERVICE), ...FILE_STORAGE_OPTION_RULES, inOneRegion(region)]),
    ...nestedRules<DjangoOnFargateProps, 'cache'>('cache', REDIS_CACHE_OPTION_RULES),
    ...nestedRules<DjangoOnFargateProps, 'email'>('email', SES_SMTP_OPTION_RULES),
    ...nestedRules<DjangoOnFargateProps, 'web'>('web', [...shaped<DjangoWebOptions>({ cluster: an(CLUSTER), entryPoint: an(ENTRY_POINT) }, []), ...WEB_SERVICE_OPTION_RULES]),
    (props) => joined(nestedRules<DjangoOnFargateProps, 'web'>('web', containerRules(defaultCpu(props))).map((rule) => rule(props))),
    ...nestedRules<DjangoOnFargateProps, 'alarms'>('alarms', ALARM_RULES),
    ...nestedRules<DjangoOnFargateProps, 'monitoring'>('monitoring', [
      ...shaped<DjangoMonitoringOptions>({ containerInsights: memberOf('ContainerInsights', ContainerInsights), logBucket: an(BUCKET) }, [
        logRetention('logRetention'),
        ({ logBucket }) => logBucket?.encryptionKey ? "'logBucket' must not be encrypted with a KMS key, because load balancers and S3 deliver no logs to such" : undefined,
      ]),
    ]),
    ...nestedRules<DjangoOnFargateProps, 'release'>('release', [
      ...RELEASE_OPTION_RULES, durationBetween('checkTimeout', Duration.minutes(1), Duration.minutes(55), 'CloudFormation waits one hour at most'),
    ]),
    ...nestedRules<DjangoOnFargateProps, 'loadBalancer'>('loadBalancer', [...existing(LOAD_BALANCER), ...wafProtectedAlbOptionRules(region)]),
    (props) => isOf(VPC, props.network?.vpc) && !props.loadBalancer?.existing
      ? joined(nestedRules<DjangoOnFargateProps, 'network'>('network', [
        ({ vpc }) => {
          const problem = enoughSubnets({ vpc: vpc!, access: props.loadBalancer?.access ?? defaultAccess(props) });
          const bySpa = problem && isSameOrigin(props) && !props.loadBalancer?.access;
          return bySpa ? `${problem}. With 'spa' the load balancer has no public address; 'loadBalancer: { access: AlbAccess.CLOUDFRONT }' takes the public subnets` : problem;
        },
      ]).map((rule) => rule(props)))
      : undefined,
    ...ONE_VPC_RULES,
    ...ENVIRONMENT_RULES,
    ...nestedRules<DjangoOnFargateProps, 'spa'>('spa', [...shaped<DjangoSpaOptions>({ backendPaths: strings }, []), ...spaDistributionOptionRules(region)]),
  ]);
}

function takenName(prop: string, name: string, props: DjangoOnFargateProps): string | undefined {
  const instead = PROP_OF_VARIABLE[name];
  if (instead) {
    return `'${prop}' must not set ${show(name)}: use '${instead}'`;
  }
  const meaning = (props.convention ?? EnvironmentConvention.standard()).propOf(name);
  if (!meaning || isLeftToUser(meaning, props)) {
    return undefined;
  }
  const secret = SECRET.includes(meaning) ? ', from a secret that stands in no template' : '';
  return `'${prop}' must not set ${show(name)}: the library does${secret}; ` +
    `remove it, or give the library's another name with EnvironmentConvention.custom({ ${meaning}: [...] }), or none with ${meaning}: []`;
}

/** Whether nothing of the library sets the variable: another backing service stands in its place, or none was asked for. */
function isLeftToUser(meaning: string, { project, secretKey, database, storage, cache, email, spa }: DjangoOnFargateProps): boolean {
  return ONLY_ON_REQUEST.includes(meaning)
    || (meaning.startsWith('secretKey') && !project && !secretKey)
    || (meaning === 'secretKeyFallbacks' && isKnown(secretKey))
    || (meaning === 'secureProxySslHeader' && !spa)
    || (meaning === 'frontendUrl' && !spa)
    || (meaning === 'corsAllowedOrigins' && !spa)
    || (meaning.startsWith('database') && isKnown(database?.existing))
    || (/^(media|static|bucket)/.test(meaning) && isKnown(storage?.existing))
    || (meaning.startsWith('redis') && !cache)
    || (/email/i.test(meaning) && !email);
}

/** Something that stands in the place of what would be made. */
function existing<P extends { readonly existing?: unknown }>(kind: Kind): Rule<P>[] {
  return shaped<P>({ existing: an(kind) } as { readonly [K in keyof P]?: Shape }, []);
}

function defaultCpu({ profile = DeploymentProfile.PRODUCTION }: DjangoOnFargateProps): number {
  return PROFILE_DEFAULTS[profile].cpu;
}

function suggestion(name: string): string {
  const module = name.trim().replace(/\.settings$/, '').replace(/[^\w.]+/g, '_');
  return PYTHON_MODULE.test(module) && module !== name ? `, perhaps ${show(module)}` : '';
}

/** The names of a domain that may have the wrong shape, which others tell. */
function namesOf(domain?: DomainOptions): string[] {
  return domain && strings(domain.alternativeNames) === undefined ? hostNamesOf(domain) : [];
}
