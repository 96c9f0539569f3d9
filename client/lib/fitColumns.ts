/** Which columns have room: the table never scrolls sideways, and what one reads gets what the others leave. */

/** What decides whether a column is shown. */
export interface SizedColumn {
  readonly name: string;
  /** Pixels; of a column that grows, the least it is read with. */
  readonly width: number;
  /** The largest goes first where there is no room; 0 stays always. */
  readonly giveUp: number;
}

/** The columns that fit, in their order. */
export function fitColumns<Column extends SizedColumn>(columns: readonly Column[], width: number): Column[] {
  let fitting = [...columns];
  while (fitting.reduce((sum, column) => sum + column.width, 0) > width) {
    const first = fitting.reduce((worst, column) => (column.giveUp > worst.giveUp ? column : worst), { giveUp: 0 });
    if (first.giveUp === 0) break;
    fitting = fitting.filter((column) => column !== first);
  }
  return fitting;
}
