import { isDuration, joined, Rule, show } from './validation';

/** The rules of a nested struct as a rule of the props that hold it; the messages name `outer.inner`. */
export function nestedRules<P, K extends keyof P & string>(prop: K, rules: Rule<NonNullable<P[K]>>[]): Rule<P>[] {
  return [(props) => {
    const nested = props[prop];
    if (nested === undefined || nested === null) {
      return undefined;
    }
    return typeof nested === 'object' && !Array.isArray(nested) && !isDuration(nested)
      ? joined(rules.map((rule) => rule(nested)))?.replace(/^(- )?'/gm, `$1'${prop}.`)
      : `'${prop}' must be an object with options, got ${show(nested)}`;
  }];
}

/** Rules that hold for some props only. */
export function rulesWhere<P>(applies: (props: P) => boolean, rules: Rule<P>[]): Rule<P>[] {
  return rules.map((rule) => (props) => applies(props) ? rule(props) : undefined);
}
