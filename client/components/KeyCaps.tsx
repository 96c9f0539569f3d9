import { Kbd } from '@mantine/core';
import classes from './KeyCaps.module.css';

/** The caps of a key, or of two that are pressed one after the other. */
export function KeyCaps({ keys }: { keys: readonly string[] }) {
  return (
    <span className={classes.caps}>
      {keys.map((key, index) => (
        <Kbd key={index} className={classes.cap}>
          {key.length === 1 && /[a-z]/.test(key) && keys.length > 1 && index > 0 && keys[0] === '⌘'
            ? key.toUpperCase()
            : key}
        </Kbd>
      ))}
    </span>
  );
}
