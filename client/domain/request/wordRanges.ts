/** Where words stand in what an element shows. */
import { markWords } from '#shared/query/words';

/** Elements that a word may run through: all others begin something new. */
const INLINE = new Set(
  'A ABBR B BDI BDO CITE CODE DEL EM I INS KBD MARK Q S SMALL SPAN STRONG SUB SUP TIME U'.split(' '),
);
/** More is not looked through: a text of that length is opened piece by piece. */
const MOST_CHARACTERS = 2_000_000;
const MOST_RANGES = 1_000;

/** In the order of the page; a word may begin in one element and end in the next, as where half of it is bold. */
export function findWordRanges(root: HTMLElement, words: readonly string[]): Range[] {
  const ranges: Range[] = [];
  let characters = 0;
  for (const run of textRuns(root)) {
    const text = run.map(({ data }) => data).join('');
    characters += text.length;
    if (characters > MOST_CHARACTERS) return ranges;
    let from = 0;
    for (const { text: piece, isHit } of markWords(text, words)) {
      const to = from + piece.length;
      if (isHit) ranges.push(rangeIn(run, from, to));
      if (ranges.length === MOST_RANGES) return ranges;
      from = to;
    }
  }
  return ranges;
}

/** Texts that stand in one line of words. */
function* textRuns(root: HTMLElement): Generator<Text[]> {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let run: Text[] = [];
  let block: Node | null = null;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const around = blockOf(node, root);
    if (around !== block && run.length > 0) {
      yield run;
      run = [];
    }
    block = around;
    run.push(node as Text); // The walker shows no others.
  }
  if (run.length > 0) yield run;
}

function blockOf(node: Node, root: HTMLElement): Node | null {
  let around: Node | null = node.parentNode;
  while (around !== null && around !== root && INLINE.has(around.nodeName)) around = around.parentNode;
  return around;
}

function rangeIn(run: readonly Text[], from: number, to: number): Range {
  const range = document.createRange();
  let start = 0;
  for (const node of run) {
    const end = start + node.data.length;
    if (from >= start && from < end) range.setStart(node, from - start);
    if (to > start && to <= end) range.setEnd(node, to - start);
    start = end;
  }
  return range;
}
