/** Why a record could not be delivered, as counted in `stats().dropped`. */
export type DropReason =
  | 'queue_full'
  | 'rejected'
  | 'too_large'
  | 'unauthorized'
  | 'network'
  | 'server_error'
  | 'bad_answer'
  | 'not_found'
  | 'masked_out'
  | 'sampled_out'
  | 'shut_down'
  | 'internal';

/** What `onError` receives, and what `logRequestNow` rejects with. Never thrown into a tracked call. */
export class PromptLabError extends Error {
  override readonly name = 'PromptLabError';
  /** What went wrong, in one word. */
  readonly reason: DropReason | 'configuration';
  /** The HTTP status of PromptLab's answer, where there was one. */
  readonly httpStatus: number | undefined;

  constructor(
    reason: DropReason | 'configuration',
    message: string,
    details: { httpStatus?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.reason = reason;
    this.httpStatus = details.httpStatus;
  }
}

/** @internal The text of anything that can be thrown. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) {
      const cause = thrown.cause instanceof Error && thrown.cause.message ? ` (${thrown.cause.message})` : '';
      return thrown.message + cause;
    }
    return String(thrown);
  } catch {
    return 'unknown error';
  }
}
