import type { PulseBar } from './pulseBars.ts';
import classes from './PulseStrip.module.css';

/** The bars as a table, for who does not see them and for who wants the numbers. */
export default function PulseTable({ bars }: { bars: readonly PulseBar[] }) {
  return (
    // A region that scrolls has to be reached by keys.
    <div className={classes.table} tabIndex={0} role="region" aria-label="Over time, as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.from}>
              <th scope="row">{bar.when}</th>
              <td>{bar.says}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
