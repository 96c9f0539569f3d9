/** Reads an export while it comes, and counts its rows. */

/** How much of an export has come. */
export interface ExportProgress {
  readonly rows: number;
  readonly bytes: number;
}

/** Counts lines; one inside of quotation marks is a part of a cell (RFC 4180). JSON has none inside. */
export class RowCounter {
  readonly #isCsv: boolean;
  #rows: number;
  #isQuoted = false;

  constructor(isCsv: boolean) {
    this.#isCsv = isCsv;
    // The head of a table is no row.
    this.#rows = isCsv ? -1 : 0;
  }

  get rows(): number {
    return Math.max(0, this.#rows);
  }

  add(piece: Uint8Array): void {
    const [LINE_FEED, QUOTE] = [0x0a, 0x22];
    for (const byte of piece) {
      if (byte === QUOTE && this.#isCsv) this.#isQuoted = !this.#isQuoted;
      else if (byte === LINE_FEED && !this.#isQuoted) this.#rows++;
    }
  }
}

/** Pieces are handed to the browser in parts of this size, which it keeps outside of the page's memory. */
const PART_BYTES = 8 * 1024 * 1024;

/**
 * The whole file.
 * @throws what the stream throws: a file that was cut off is none.
 */
export async function readExport(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  isCsv: boolean,
  onProgress: (progress: ExportProgress) => void,
): Promise<{ readonly file: Blob; readonly rows: number }> {
  const counter = new RowCounter(isCsv);
  const parts: Blob[] = [];
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let [waiting, bytes] = [0, 0];
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    pieces.push(next.value);
    waiting += next.value.length;
    bytes += next.value.length;
    counter.add(next.value);
    if (waiting >= PART_BYTES) {
      parts.push(new Blob(pieces));
      [pieces, waiting] = [[], 0];
    }
    onProgress({ rows: counter.rows, bytes });
  }
  return { file: new Blob([...parts, ...pieces]), rows: counter.rows };
}
