/** A table of text: first column to the left, numbers as they come, all columns aligned. Pure. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? title).length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** A figure against what it must be and what it should be. */
export interface Goal {
  readonly must: number;
  readonly aim: number;
  /** Whether more is better (a ratio) or less (milliseconds, megabytes). */
  readonly better: 'more' | 'less';
}

/** What a figure reaches of a Goal. */
export type Verdict = 'aim met' | 'must met' | 'MISSED';

/** Compares a figure with its goal; one that is no number has missed it. */
export function judge(value: number, goal: Goal): Verdict {
  const reaches = (bound: number) => (goal.better === 'more' ? value >= bound : value <= bound);
  if (reaches(goal.aim)) return 'aim met';
  return reaches(goal.must) ? 'must met' : 'MISSED';
}
