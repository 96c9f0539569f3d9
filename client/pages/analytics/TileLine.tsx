import classes from './Tiles.module.css';

const WIDTH = 100;
const HEIGHT = 28;

/**
 * How a number went, as a line with its gaps. An own one: that of the chart library takes the focus, inside of a link and
 * hidden from screen readers.
 */
export function TileLine({ values }: { values: readonly (number | null)[] }) {
  const highest = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const step = WIDTH / Math.max(1, values.length - 1);
  const path = values
    .map((value, index) => {
      if (value === null) return '';
      const isFirst = index === 0 || values[index - 1] === null;
      // A point alone is a short line.
      const end = isFirst && (values[index + 1] ?? null) === null ? 'h1' : '';
      return `${isFirst ? 'M' : 'L'}${(index * step).toFixed(2)} ${(HEIGHT - 2 - (value / highest) * (HEIGHT - 4)).toFixed(2)}${end}`;
    })
    .join('');
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className={classes.line} aria-hidden>
      <path d={path} />
    </svg>
  );
}
