import type { Reservation } from '#server/http/answerBudget';
import type { PieceStream } from '#server/jsonStream';

interface AnswerOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that differs from the endpoint's usual one: another status, headers of its own, or JSON that was made already. */
export class ApiResponse<Body> {
  readonly body: Body | undefined;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** In place of the body: JSON, and its reservation in the budget of answers, where it is long. */
  readonly json: { readonly text: string | Buffer; readonly reservation: Reservation | null } | undefined;

  constructor(body: Body | undefined, options: AnswerOptions & Partial<Pick<ApiResponse<Body>, 'json'>> = {}) {
    this.body = body;
    this.status = options.status;
    this.headers = options.headers ?? {};
    this.json = options.json;
  }

  static ofJson(text: string | Buffer, reservation: Reservation | null): ApiResponse<never> {
    return new ApiResponse<never>(undefined, { json: { text, reservation } });
  }
}

interface StreamOptions extends AnswerOptions {
  readonly contentType?: string;
  readonly trailers?: () => Readonly<Record<string, string>>;
}

/** The answer of an endpoint that is `streamed`: made while it is sent. */
export class StreamedAnswer {
  readonly stream: PieceStream;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  readonly trailers: (() => Readonly<Record<string, string>>) | undefined;

  constructor(stream: PieceStream, options: StreamOptions = {}) {
    this.stream = stream;
    this.status = options.status;
    this.headers = options.headers ?? {};
    this.contentType = options.contentType;
    this.trailers = options.trailers;
  }
}
