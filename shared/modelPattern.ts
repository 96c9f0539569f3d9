/** Patterns of model names: `*` is any text. The same for the server, which prices by them, and the page that tries them. */

/** What stands between the `*` of a pattern, in small letters. */
export function literalsOf(pattern: string): readonly string[] {
  return pattern.toLowerCase().split('*');
}

/** True where a pattern is of that model, in any case. */
export function matchesPattern(pattern: string, model: string): boolean {
  return matchesLiterals(literalsOf(pattern), model.toLowerCase());
}

/** The same for a pattern that was taken apart, and a name in small letters. Linear: literals are looked for one after another. */
export function matchesLiterals(literals: readonly string[], name: string): boolean {
  const [first = '', ...others] = literals;
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let place = first.length;
  for (const literal of others) {
    const found = name.indexOf(literal, place);
    if (found < 0) return false;
    place = found + literal.length;
  }
  return place <= name.length - last.length;
}
