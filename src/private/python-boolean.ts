/** Yes or no as Python writes it: projects compare with `'True'`, and what reads booleans of any spelling reads this one. */
export function pythonBoolean(value: boolean): string {
  return value ? 'True' : 'False';
}
