/** What went wrong, as a sentence for a person. Everything is read from `unknown`: a proxy may answer in our place. */

type OurError = { code: string; message: string };

/** The sentence to show. */
export function errorMessage(error: unknown): string {
  const ours = ourError(error);
  if (ours) return ours.message;
  if (isUnreachable(error)) return 'The server cannot be reached. Check that PromptLab is running.';
  return error instanceof Error && error.message !== '' ? error.message : 'Something went wrong.';
}

/** The key is missing, wrong or deleted. */
export function isUnauthorized(error: unknown): boolean {
  return trpcCode(error) === 'UNAUTHORIZED';
}

/** The key is good, but does not have the scope. */
export function isForbidden(error: unknown): boolean {
  return trpcCode(error) === 'FORBIDDEN';
}

/** The cursor of the address is none of ours. */
export function isInvalidCursor(error: unknown): boolean {
  return ourError(error)?.code === 'invalid_cursor';
}

/** What was asked for is not there, and asking again does not bring it. */
export function isNotFound(error: unknown): boolean {
  return trpcCode(error) === 'NOT_FOUND';
}

/** True when asking again may help: no answer came, or the server could not serve it now. */
export function isTemporary(error: unknown): boolean {
  const status = field(field(error, 'data'), 'httpStatus');
  return typeof status !== 'number' || status >= 500 || status === 429;
}

function ourError(error: unknown): OurError | null {
  const ours = field(field(error, 'data'), 'error');
  const message = field(ours, 'message');
  const code = field(ours, 'code');
  return typeof message === 'string' && message !== '' ? { code: String(code), message } : null;
}

/** No tRPC answer: the network failed, or something else than our server answered. */
function isUnreachable(error: unknown): boolean {
  return error instanceof Error && error.name === 'TRPCClientError' && !field(error, 'data');
}

function trpcCode(error: unknown): unknown {
  return field(field(error, 'data'), 'code');
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
