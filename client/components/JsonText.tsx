import { splitJsonTexts } from '../lib/jsonTexts.ts';

/** JSON on lines of code: each text in it takes its own direction, and moves nothing around it. */
export function JsonText({ text }: { text: string }) {
  // Every second piece is a text.
  return splitJsonTexts(text).map((piece, index) => (index % 2 === 1 ? <bdi key={index}>{piece}</bdi> : piece));
}
