import { Rule } from '../private/validation';

/** The rules of a nested struct as rules of the props that hold it; their messages name `outer.inner`. */
export function nestedRules<P, K extends keyof P & string>(prop: K, rules: Rule<NonNullable<P[K]>>[]): Rule<P>[] {
  return rules.map((rule) => (props) => {
    const nested = props[prop];
    return nested ? rule(nested)?.replace(/^'/, `'${prop}.`) : undefined;
  });
}
