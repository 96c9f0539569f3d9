/** The two ends of a range, as terms of a query have them. Pure. */

/** `['>=2s', '<5s']` as `['2s', '5s']`; an end that is not set is ''. */
export function readRange(values: readonly string[]): [least: string, most: string] {
  let [least, most] = ['', ''];
  for (const value of values) {
    const between = /^([^<>=]*)\.\.([^<>=]*)$/.exec(value);
    if (between) [least, most] = [between[1] ?? '', between[2] ?? ''];
    const [, operator, amount = ''] = /^(>=|>|<=|<)(.*)$/.exec(value) ?? [];
    if (operator?.startsWith('>')) least = amount;
    if (operator?.startsWith('<')) most = amount;
  }
  return [least, most];
}

/** The values of the terms that ask for a range. */
export function toRangeTerms(least: string, most: string): string[] {
  return [...(least === '' ? [] : [`>=${least}`]), ...(most === '' ? [] : [`<=${most}`])];
}
