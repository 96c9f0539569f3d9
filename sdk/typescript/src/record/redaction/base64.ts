/** Long base64 (pictures, audio, files) becomes a short placeholder: it would fill the store and says nothing to a reader. */

const MIN_DATA_URL = 256;
const MIN_BARE = 1_024;
const DATA_URL = /data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,([A-Za-z0-9+/_=-]{200,})/g;
const BASE64_ONLY = /^[A-Za-z0-9+/_-]+={0,2}$/;
const STRIDE = MIN_BARE / 2;
const IN_RUN = /[\w+/\\\r\n-]/;
const NOT_IN_RUN = /[^\w+/\\\r\n-]/g;
/** As mail has them; a JSON text spells them out. */
const LINE_BREAK = /\\r\\n|\r\n|\\n|\n/g;

/** The text with data URLs and long base64 values replaced. */
export function replaceBase64(text: string): string {
  if (text.length < MIN_DATA_URL) return text;
  const rest = text.includes(';base64,')
    ? text.replace(DATA_URL, (_, mediaType: string | undefined, data: string) =>
        describe(mediaType ?? 'text/plain', data),
      )
    : text;
  if (rest.length < MIN_BARE) return rest;
  return isBase64(rest) ? describe('data', rest) : replaceRuns(rest);
}

/** Looks at every 512th character, and how far it is from there to the end of the word: in ordinary text, never far. */
function replaceRuns(text: string): string {
  let replaced = '';
  let copied = 0;
  let seen = 0;
  for (let at = 0; at < text.length; at += STRIDE) {
    if (at < seen || hasSpace(text, at)) continue;
    NOT_IN_RUN.lastIndex = at;
    const end = NOT_IN_RUN.exec(text)?.index ?? text.length;
    if (end - at < STRIDE) continue;
    let start = at;
    while (start > seen && IN_RUN.test(text[start - 1] as string)) start--;
    seen = end;
    if (end - start < MIN_BARE || !isBase64(text.slice(start, end))) continue;
    while (seen < end + 2 && text[seen] === '=') seen++;
    replaced += text.slice(copied, start) + describe('data', text.slice(start, seen));
    copied = seen;
  }
  return replaced + text.slice(copied);
}

/** By a look here and there, which is enough to pass over prose. */
function hasSpace(text: string, from: number): boolean {
  for (let at = from; at < from + STRIDE; at += 16) if (text.charCodeAt(at) === 32) return true;
  return false;
}

/** Such as `[base64 image/png, 12345 bytes, hash 1f2e…]`. */
function describe(mediaType: string, lines: string): string {
  const data = /[\\\n]/.test(lines.slice(0, 300)) ? lines.replace(LINE_BREAK, '') : lines;
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  return `[base64 ${mediaType}, ${Math.floor((data.length * 3) / 4) - padding} bytes, hash ${fingerprint(data)}]`;
}

/** Judged by its beginning, middle and end, so that a book without spaces costs nothing and stays a text. */
function isBase64(text: string): boolean {
  const middle = text.length >> 1;
  const sample = text.slice(0, 300) + text.slice(middle, middle + 100) + text.slice(-100);
  // Ordinary text is told at once, by its first space.
  if (/[^\w+/=\\\s-]| /.test(sample)) return false;
  const lines = sample.split(LINE_BREAK);
  if (lines.length > 12 || !BASE64_ONLY.test(lines.join(''))) return false;
  return /[a-z]/.test(sample) && /[A-Z]/.test(sample) && /[0-9]/.test(sample) && new Set(sample).size >= 20;
}

/** 64 bits over the length and up to 16,384 evenly spread characters: tells two pictures apart, proves nothing. */
function fingerprint(data: string): string {
  const step = Math.max(1, Math.floor(data.length / 16_384));
  let a = 0x811c9dc5 ^ data.length;
  let b = 0x01000193;
  for (let i = 0; i < data.length; i += step) {
    const code = data.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code ^ i, 0x85ebca6b);
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}
