/** An answer that differs from the endpoint's usual one: another status, or headers of its own. */
export class Answer<Body> {
  readonly body: Body;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON, where it was made already. */
  readonly json: Buffer | undefined;

  constructor(
    body: Body,
    options: { status?: number; headers?: Readonly<Record<string, string>>; json?: Buffer } = {},
  ) {
    this.body = body;
    this.status = options.status;
    this.headers = options.headers ?? {};
    this.json = options.json;
  }
}
