import { useEffect, useLayoutEffect, useRef } from 'react';
import { type KeyHandlers, KeyStack, nameOfPress } from './keyPresses.ts';

const stack = new KeyStack();

/** Takes keys of `keys.ts` while the component is there; before those that came earlier, so that the topmost counts. */
export function useKeys(handlers: KeyHandlers): void {
  const current = useRef(handlers);
  useLayoutEffect(() => {
    current.current = handlers;
  });
  useEffect(() => stack.add(current), []);
}

/** What can be done on this page now, for the palette. */
export function availableKeys(): KeyHandlers {
  return stack.available();
}

/** Listens for as long as the app is there. To be called once. */
export function useKeyListener(): void {
  useEffect(() => {
    let isUnderSomething = false;
    // Looked at before anything closes itself by this key.
    const look = (event: KeyboardEvent) => {
      isUnderSomething = isAnythingAbove(event.key === 'Escape');
    };
    const act = (event: KeyboardEvent) => {
      const name = nameOfPress(event);
      if (name === null || event.defaultPrevented || event.isComposing) return;
      const isForAll = name === 'mod+k' || name === 'mod+b';
      if (!isForAll && (isUnderSomething || isTyping(event.target) || isKeyOfWidget(event))) return;
      const handle = stack.press(name, event.timeStamp);
      if (handle === null) return;
      event.preventDefault();
      handle();
    };
    window.addEventListener('keydown', look, true);
    window.addEventListener('keydown', act);
    return () => {
      window.removeEventListener('keydown', look, true);
      window.removeEventListener('keydown', act);
    };
  }, []);
}

/** A dialog takes all keys; what is closed by Escape takes that one before the page does. */
function isAnythingAbove(isEscape: boolean): boolean {
  const dialogs = '[aria-modal="true"]:not([data-side-panel])';
  // What opened a menu or a popover says so, until it is closed.
  const closing = `${dialogs}, [aria-haspopup][aria-expanded="true"], [role="menu"]`;
  return [...document.querySelectorAll(isEscape ? closing : dialogs)].some((element) => element.checkVisibility());
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type);
}

/** Arrows and Enter belong to what has the focus, unless that is a row of a list. */
function isKeyOfWidget({ key, target }: KeyboardEvent): boolean {
  if (!['ArrowDown', 'ArrowUp', 'Enter', ' '].includes(key) || !(target instanceof Element)) return false;
  const widgets =
    'a, button, summary, [role="tree"], [role="menu"], [role="menuitem"], [role="listbox"], [role="tab"], [role="radiogroup"], [role="separator"], [role="slider"], input, [data-own-keys]';
  const widget = target.closest(widgets);
  if (widget === null) return false;
  return !(widget.matches('[data-row]') && key !== 'Enter' && key !== ' ');
}
