/** The API of the product as the dashboard and REST clients call it, with the time that each call takes. */
export interface Answer {
  readonly status: number;
  /** Until the last byte was there. */
  readonly ms: number;
  readonly bytes: number;
  readonly body: unknown;
}

export class ExploreApi {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#headers = { authorization: `Bearer ${key}` };
  }

  /** A query of the dashboard; the body is what the procedure answers. */
  async query(procedure: string, input: object): Promise<Answer> {
    const answer = await this.get(`/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`);
    const body = answer.body as { result?: { data?: unknown } } | null; // As tRPC answers.
    return { ...answer, body: body?.result?.data ?? body };
  }

  /** A GET of the REST API; one that fails is told with its cause. */
  async get(target: string): Promise<Answer> {
    const startedAt = performance.now();
    const res = await this.#fetch(target);
    const text = await res.text();
    const ms = performance.now() - startedAt;
    const isJson = res.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: res.status, ms, bytes: Buffer.byteLength(text), body: isJson ? JSON.parse(text) : null };
  }

  /** A connection that the server gave up while it was idle is tried once more, as clients do. */
  async #fetch(target: string, isAgain = false): Promise<Response> {
    try {
      return await fetch(this.#url + target, { headers: this.#headers });
    } catch (error) {
      if (!isAgain) return this.#fetch(target, true);
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Error(`GET ${decodeURIComponent(target)}: ${cause}`, { cause: error });
    }
  }

  /** Reads an answer of any length to its end, without keeping it. */
  async drain(target: string): Promise<Omit<Answer, 'body'> & { readonly lines: number }> {
    const startedAt = performance.now();
    const res = await this.#fetch(target);
    let [bytes, lines] = [0, 0];
    for await (const chunk of res.body ?? []) {
      const part = Buffer.from(chunk as Uint8Array); // fetch answers in bytes.
      bytes += part.length;
      for (let at = part.indexOf(10); at !== -1; at = part.indexOf(10, at + 1)) lines++;
    }
    return { status: res.status, ms: performance.now() - startedAt, bytes, lines };
  }
}
