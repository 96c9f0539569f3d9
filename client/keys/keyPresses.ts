/** Which key was pressed, and who takes it. Pure but for the stack of those who take keys. */
import { KEY_NAMES, KEYS, type KeyName } from './keys.ts';

/** What the keys of a page do, by name; one without a handler is left to whoever took keys before. */
export type KeyHandlers = { readonly [Name in KeyName]?: (() => void) | undefined };

/** How long the second letter of two may take. */
const SEQUENCE_MS = 1_200;

interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly ctrlKey: boolean;
}

/** `mod+k`, `shift+x`, `?`, `Escape`; null for what is no key of ours, such as Shift alone. */
export function nameOfPress({ key, shiftKey, altKey, metaKey, ctrlKey }: Press): string | null {
  if (altKey || ['Shift', 'Control', 'Meta', 'Alt'].includes(key)) return null;
  const isLetter = /^[a-z]$/i.test(key);
  // Of other characters the shift is part of them already.
  const shifted = shiftKey && (isLetter || key.length > 1) ? 'shift+' : '';
  return `${metaKey || ctrlKey ? 'mod+' : ''}${shifted}${isLetter ? key.toLowerCase() : key}`;
}

/** Takes presses one by one, remembers the first letter of two, and finds who takes them: who came last comes first. */
export class KeyStack {
  readonly #handlers: { current: KeyHandlers }[] = [];
  #first: { readonly name: string; readonly at: number } | null = null;

  /** Returns how to leave. `current` may change. */
  add(handlers: { current: KeyHandlers }): () => void {
    this.#handlers.push(handlers);
    return () => {
      this.#handlers.splice(this.#handlers.indexOf(handlers), 1);
    };
  }

  /** What a press does now; null where nobody takes it. */
  press(name: string, now: number): (() => void) | null {
    const first = this.#first !== null && now - this.#first.at < SEQUENCE_MS ? `${this.#first.name} ` : '';
    this.#first = null;
    const taken = (first === '' ? null : this.#find(first + name)) ?? this.#find(name);
    if (taken) return taken;
    if (KEY_NAMES.some((one) => KEYS[one].keys.some((keys) => keys.startsWith(`${name} `)))) {
      this.#first = { name, at: now };
    }
    return null;
  }

  /** The first letter that waits for its second, for hints. */
  get first(): string | null {
    return this.#first?.name ?? null;
  }

  /** What can be done now, by name. */
  available(): KeyHandlers {
    return Object.assign({}, ...this.#handlers.map(({ current }) => current)) as KeyHandlers; // Each is one.
  }

  #find(keys: string): (() => void) | null {
    const names = KEY_NAMES.filter((one) => (KEYS[one].keys as readonly string[]).includes(keys));
    for (const { current } of this.#handlers.toReversed()) {
      const name = names.find((one) => current[one] !== undefined);
      if (name) return current[name] ?? null;
    }
    return null;
  }
}
