/**
 * Every key of the dashboard: one list, from which the sheet behind `?`, the palette and the hints are drawn. A page takes
 * a key by `useKeys`; a new key is one line here.
 *
 * `mod` is ⌘ or Ctrl; two letters apart are pressed one after the other.
 */

/** A key, or several that do the same. */
export interface Key {
  /** The first is the one that is shown; the others do the same. */
  readonly keys: readonly string[];
  /** What it does, as the palette says it. */
  readonly does: string;
  readonly group: KeyGroup;
  /** True for what makes no sense in the palette, where no row or value is in view. */
  readonly isKeyOnly?: boolean;
}

/** The headings of the sheet, in their order. */
export const KEY_GROUPS = ['Everywhere', 'Go to', 'Lists', 'Time', 'Request and trace'] as const;
export type KeyGroup = (typeof KEY_GROUPS)[number];

/** All keys by name. */
export const KEYS = {
  palette: {
    keys: ['mod+k'],
    does: 'Find a page, a view, a request or an action',
    group: 'Everywhere',
    isKeyOnly: true,
  },
  help: { keys: ['?'], does: 'Show all keys', group: 'Everywhere' },
  sidebar: { keys: ['mod+b'], does: 'Collapse or expand the sidebar', group: 'Everywhere' },
  close: { keys: ['Escape'], does: 'Close what is on top', group: 'Everywhere', isKeyOnly: true },

  goRequests: { keys: ['g r'], does: 'Requests', group: 'Go to' },
  goTraces: { keys: ['g t'], does: 'Traces', group: 'Go to' },
  goSessions: { keys: ['g s'], does: 'Sessions', group: 'Go to' },
  goUsers: { keys: ['g u'], does: 'Users', group: 'Go to' },
  goAnalytics: { keys: ['g a'], does: 'Analytics', group: 'Go to' },
  goReleases: { keys: ['g l'], does: 'Release compare', group: 'Go to' },
  goSavings: { keys: ['g v'], does: 'Savings', group: 'Go to' },
  goPrices: { keys: ['g c'], does: 'Prices', group: 'Go to' },
  goSettings: { keys: ['g ,'], does: 'Settings', group: 'Go to' },

  query: { keys: ['/'], does: 'Write a query', group: 'Lists' },
  facets: { keys: ['f'], does: 'Show or hide the facets', group: 'Lists' },
  next: { keys: ['j', 'ArrowDown'], does: 'Next row', group: 'Lists', isKeyOnly: true },
  previous: { keys: ['k', 'ArrowUp'], does: 'Previous row', group: 'Lists', isKeyOnly: true },
  open: { keys: ['Enter', 'o'], does: 'Open the row; once more: as a page', group: 'Lists', isKeyOnly: true },
  openInTab: { keys: ['mod+Enter'], does: 'Open the row in a new tab', group: 'Lists', isKeyOnly: true },
  select: { keys: ['x'], does: 'Select the row', group: 'Lists', isKeyOnly: true },
  selectRange: { keys: ['shift+x'], does: 'Select the rows up to here', group: 'Lists', isKeyOnly: true },
  selectPage: { keys: ['*'], does: 'Select all rows of the page', group: 'Lists' },
  compare: { keys: ['d'], does: 'Compare the selected requests', group: 'Lists' },
  sortTime: { keys: ['s t'], does: 'Sort by time', group: 'Lists' },
  sortLatency: { keys: ['s l'], does: 'Sort by latency', group: 'Lists' },
  sortCost: { keys: ['s c'], does: 'Sort by cost', group: 'Lists' },
  sortTokens: { keys: ['s k'], does: 'Sort by tokens', group: 'Lists' },
  live: { keys: ['l'], does: 'Follow new rows, or pause', group: 'Lists' },
  refresh: { keys: ['r'], does: 'Refresh', group: 'Lists' },

  earlier: { keys: ['['], does: 'Earlier: the time before this one', group: 'Time' },
  later: { keys: [']'], does: 'Later: the time after this one', group: 'Time' },
  zoomOut: { keys: ['-'], does: 'Zoom out to twice the time', group: 'Time' },
  zoomIn: { keys: ['=', '+'], does: 'Zoom in to half of the time', group: 'Time' },

  valueMenu: { keys: ['.'], does: 'Open the menu of the value', group: 'Request and trace', isKeyOnly: true },
  expand: { keys: ['e'], does: 'Expand or fold everything', group: 'Request and trace' },
  rendering: { keys: ['t'], does: 'Rendered, text or JSON; tree or log', group: 'Request and trace' },
  wrap: { keys: ['w'], does: 'Wrap long lines', group: 'Request and trace' },
  copyLink: { keys: ['y'], does: 'Copy the link', group: 'Request and trace' },
  copyAs: { keys: ['shift+y'], does: 'Copy as …', group: 'Request and trace' },
  nextError: { keys: ['n'], does: 'Next error', group: 'Request and trace' },
  previousError: { keys: ['shift+n'], does: 'Previous error', group: 'Request and trace' },
} as const satisfies Record<string, Key>;
export type KeyName = keyof typeof KEYS;

export const KEY_NAMES = Object.keys(KEYS) as KeyName[];

/** The keys of a name as they are printed: `['⌘', 'K']`, `['g', 'r']`. */
export function printKeys(name: KeyName, isMac: boolean): string[] {
  return KEYS[name].keys[0]
    .split(/[+ ]/)
    .map((part) => PRINTED.get(part) ?? (part === 'mod' ? (isMac ? '⌘' : 'Ctrl') : part));
}
const PRINTED: ReadonlyMap<string, string> = new Map([
  ['Escape', 'Esc'],
  ['ArrowDown', '↓'],
  ['ArrowUp', '↑'],
  ['shift', '⇧'],
  ['', '+'],
]);

/** True where ⌘ is what others have as Ctrl. */
export function isMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.platform);
}
