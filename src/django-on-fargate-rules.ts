import { EnvironmentConvention } from './config/environment-convention';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { isKnown, matches, Rule, show } from './private/validation';

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

const SECRET = ['secretKey', 'databasePassword', 'databaseSecretJson'];

/** What must hold between the props of a `DjangoOnFargate`; each room checks its own options. */
export const DJANGO_ON_FARGATE_RULES: Rule<DjangoOnFargateProps>[] = [
  matches('project', PYTHON_MODULE, (name) => `be the package with the settings, as Python imports it${suggestion(name)}`),
  matches('settingsModule', PYTHON_MODULE, "be a module as Python imports it, e.g. 'shop.settings'"),
  matches('wsgiApplication', /^[\w.]+:[\w.()]+$/, "be 'module:application', e.g. 'shop.wsgi:application'"),
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
  ({ domain, loadBalancer }) => domain && loadBalancer?.existing
    ? "'domain' and 'loadBalancer.existing' exclude each other: give the domain to your load balancer"
    : undefined,
  ({ domain, loadBalancer }) => domain && loadBalancer?.domain
    ? "'domain' and 'loadBalancer.domain' are the same: keep 'domain'"
    : undefined,
  (props) => joined(Object.keys(props.environment ?? {}).map((name) => takenName('environment', name, props))),
  (props) => joined(Object.keys(props.secrets ?? {}).map((name) => takenName('secrets', name, props))),
];

function takenName(prop: string, name: string, props: DjangoOnFargateProps): string | undefined {
  const instead = PROP_OF_VARIABLE[name];
  if (instead) {
    return `'${prop}' must not set ${show(name)}: use '${instead}'`;
  }
  const meaning = (props.convention ?? EnvironmentConvention.standard()).propOf(name);
  if (!meaning || isReplaced(meaning, props)) {
    return undefined;
  }
  const secret = SECRET.includes(meaning) ? ', from a secret that stands in no template' : '';
  return `'${prop}' must not set ${show(name)}: the library does${secret}; ` +
    `remove it, or give the library's another name with EnvironmentConvention.custom({ ${meaning}: [...] })`;
}

/** Whether a backing service of the user's own stands where the library would set the variable. */
function isReplaced(meaning: string, { database, storage }: DjangoOnFargateProps): boolean {
  return (meaning.startsWith('database') && isKnown(database?.existing))
    || (/^(media|static|bucket)/.test(meaning) && isKnown(storage?.existing));
}

function joined(problems: (string | undefined)[]): string | undefined {
  const found = problems.filter((problem) => problem !== undefined);
  return found.length > 0 ? found.join('\n- ') : undefined;
}

function suggestion(name: string): string {
  const module = name.trim().replace(/\.settings$/, '').replace(/[^\w.]+/g, '_');
  return PYTHON_MODULE.test(module) && module !== name ? `, perhaps ${show(module)}` : '';
}
