/** An answer that differs from the endpoint's usual one: another status, headers of its own, or JSON that was made already. */
export class Answer<Body> {
  readonly body: Body | undefined;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** In place of the body. */
  readonly json: string | Buffer | undefined;

  constructor(
    body: Body | undefined,
    options: { status?: number; headers?: Readonly<Record<string, string>>; json?: string | Buffer } = {},
  ) {
    this.body = body;
    this.status = options.status;
    this.headers = options.headers ?? {};
    this.json = options.json;
  }

  static ofJson(json: string | Buffer): Answer<never> {
    return new Answer<never>(undefined, { json });
  }
}
