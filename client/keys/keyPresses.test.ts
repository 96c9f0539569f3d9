import { KEY_NAMES, KEYS, printKeys } from './keys.ts';
import { KeyStack, nameOfPress } from './keyPresses.ts';

const press = (key: string, modifiers: object = {}) =>
  nameOfPress({ key, shiftKey: false, altKey: false, metaKey: false, ctrlKey: false, ...modifiers });

test('a press has one name, whichever keyboard it comes from', () => {
  expect(press('k', { metaKey: true })).toBe('mod+k');
  expect(press('K', { ctrlKey: true })).toBe('mod+k');
  expect(press('X', { shiftKey: true })).toBe('shift+x');
  expect(press('?', { shiftKey: true })).toBe('?');
  expect(press('Enter', { metaKey: true })).toBe('mod+Enter');
  expect(press('Shift', { shiftKey: true })).toBeNull();
  expect(press('k', { altKey: true })).toBeNull();
});

test('who came last takes a key, and those before it the rest', () => {
  const stack = new KeyStack();
  const done: string[] = [];
  stack.add({ current: { next: () => done.push('list'), refresh: () => done.push('refresh') } });
  const leave = stack.add({ current: { next: () => done.push('detail') } });
  stack.press('j', 0)?.();
  stack.press('r', 0)?.();
  leave();
  stack.press('ArrowDown', 0)?.();
  expect(done).toEqual(['detail', 'refresh', 'list']);
  expect(stack.press('q', 0)).toBeNull();
});

test('two letters are one key while they come quickly', () => {
  const stack = new KeyStack();
  const done: string[] = [];
  stack.add({ current: { goTraces: () => done.push('traces'), rendering: () => done.push('rendering') } });
  expect(stack.press('g', 0)).toBeNull();
  stack.press('t', 500)?.();
  stack.press('g', 1_000);
  stack.press('t', 9_000)?.();
  expect(done).toEqual(['traces', 'rendering']);
});

test('no two keys of one group are the same, and each can be printed', () => {
  const all = KEY_NAMES.flatMap((name) => KEYS[name].keys.map((keys) => `${KEYS[name].group}: ${keys}`));
  expect(new Set(all).size).toBe(all.length);
  expect(printKeys('palette', true)).toEqual(['⌘', 'k']);
  expect(printKeys('selectRange', false)).toEqual(['⇧', 'x']);
  expect(printKeys('goSettings', false)).toEqual(['g', ',']);
});
