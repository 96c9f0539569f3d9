/** What is looked for most, as texts of the query language: a click writes one into the bar, and one more takes it out. */
import { CUT_OFF_REASONS } from '#shared/query/fields';
import { addTerm, hasTerm, removeTerm, type Term } from '#shared/query/terms';

/** A button that writes its terms into the query. */
export interface Preset {
  readonly label: string;
  readonly about: string;
  readonly terms: readonly Term[];
}

/** The buttons, in the order they are shown. */
export const PRESETS: readonly Preset[] = [
  { label: 'Errors', about: 'The call failed', terms: [{ field: 'status', value: 'error' }] },
  { label: 'Slow', about: 'Longer than ten seconds', terms: [{ field: 'latency', value: '>10s' }] },
  { label: 'Expensive', about: 'Five cents or more', terms: [{ field: 'cost', value: '>=0.05' }] },
  {
    label: 'Cut off',
    about: 'The answer was longer than it was allowed to be',
    terms: CUT_OFF_REASONS.map((value) => ({ field: 'finish', value })),
  },
  { label: 'No usage', about: 'No tokens were reported', terms: [{ field: 'has', value: 'usage', isExcluded: true }] },
  {
    label: 'No price',
    about: 'Tokens were reported, and there is no price for them',
    terms: [
      { field: 'has', value: 'usage' },
      { field: 'has', value: 'cost', isExcluded: true },
    ],
  },
];

/** True where the query asks for all of it. */
export function isPresetSet(q: string, { terms }: Preset): boolean {
  return terms.every((term) => hasTerm(q, term));
}

/** Writes a preset into the query, or takes it out. */
export function togglePreset(q: string, preset: Preset): string {
  const edit = isPresetSet(q, preset) ? removeTerm : addTerm;
  return preset.terms.reduce(edit, q);
}
