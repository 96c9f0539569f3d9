/** Signs that are no accident: a heading, a list, a fence, a table, emphasis, a link, a quotation. Each ends in its line. */
const SIGNS = [
  /^#{1,6} \S/m,
  /^ {0,3}(?:[-*+]|\d{1,3}[.)]) \S/m,
  /^ {0,3}(?:```|~~~)/m,
  /^ {0,3}\|(?: {0,40}:?-{1,200}:? {0,40}\|){1,40} *$/m,
  /\*\*[^\s*][^*\n]{0,500}\*\*/,
  /`[^`\n]{1,500}`/,
  /\[[^\][\n]{1,300}\]\([^()\s]{1,500}\)/,
  /^> \S/m,
];
/** Looked at: whoever writes Markdown does so early on. */
const CHARACTERS = 20_000;

/** True where a text was written as Markdown; plain prose needs no reader of it. */
export function looksLikeMarkdown(text: string): boolean {
  const start = text.slice(0, CHARACTERS);
  return SIGNS.some((sign) => sign.test(start));
}
