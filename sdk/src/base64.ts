/** Long base64 (pictures, audio, files) becomes a short placeholder: it would fill the store and says nothing to a reader. */

const MIN_DATA_URL = 256;
const MIN_BARE = 1_024;
const DATA_URL = /data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,([A-Za-z0-9+/_=-]{200,})/g;
const BASE64_ONLY = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** The text with data URLs, or the whole text where it is one long base64 value, replaced. */
export function replaceBase64(text: string): string {
  if (text.length < MIN_DATA_URL) return text;
  if (text.includes(';base64,')) {
    return text.replace(DATA_URL, (_, mediaType: string | undefined, data: string) =>
      describe(mediaType ?? 'text/plain', data),
    );
  }
  return text.length >= MIN_BARE && isBase64(text) ? describe('data', text) : text;
}

/** Such as `[base64 image/png, 12345 bytes, hash 1f2e…]`. */
function describe(mediaType: string, data: string): string {
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  return `[base64 ${mediaType}, ${Math.floor((data.length * 3) / 4) - padding} bytes, hash ${fingerprint(data)}]`;
}

/** Judged by its beginning, middle and end, so that a book without spaces costs nothing and stays a text. */
function isBase64(text: string): boolean {
  const middle = text.length >> 1;
  const sample = text.slice(0, 300) + text.slice(middle, middle + 100) + text.slice(-100);
  if (!BASE64_ONLY.test(sample)) return false;
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
