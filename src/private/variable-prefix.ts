import { knownAtSynthesis, matches, Rule } from './validation';

/** What holds for the prefix before the variables of a further backing service of a kind. */
export const VARIABLE_PREFIX_RULES: Rule<{ readonly variablePrefix?: string }>[] = [
  matches('variablePrefix', /^[A-Za-z_][A-Za-z0-9_]*_$/, "be letters, digits and underscores, not begin with a digit and end with an underscore, e.g. 'ARCHIVE_'"),
  knownAtSynthesis('variablePrefix', 'the names of variables are'),
];
