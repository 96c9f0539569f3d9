/** Puts words into the `{slots}` of a text. A slot without a word is left as it is. */
export function fill(text: string, slots: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (slot, name: string) => slots[name] ?? slot);
}
