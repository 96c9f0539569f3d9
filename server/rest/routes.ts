/** From a method and a path to the row of the endpoint table that answers it. */
import { type Endpoint, type Endpoints, endpoints } from '#shared/endpoints';
import { AppError } from '#server/errors';

export interface RestRoute {
  readonly name: keyof Endpoints;
  readonly params: Readonly<Record<string, string>>;
}

interface RestPath {
  /** `/api/v1/traces/:trace_id`, cut at its slashes. */
  readonly segments: readonly string[];
  readonly byMethod: Map<string, keyof Endpoints>;
}

const NO_PARAMS = {};
const OTLP = Object.values<Endpoint>(endpoints).filter(({ otlp }) => otlp !== undefined);

/** Paths are compared as they are: no other case, no slash more or less (but for OTLP), no escape in what is fixed. */
export class RestRoutes {
  /** Paths without parameters, which is where most calls go. */
  readonly #fixed = new Map<string, RestPath>();
  readonly #others: RestPath[] = [];
  /** Also with a slash behind them. */
  readonly #otlpPaths = new Set<string>();

  constructor() {
    const paths = new Map<string, RestPath>();
    for (const [name, row] of Object.entries(endpoints) as [keyof Endpoints, Endpoint][]) {
      const path = paths.get(row.path) ?? { segments: row.path.split('/'), byMethod: new Map() };
      path.byMethod.set(row.method.toUpperCase(), name);
      paths.set(row.path, path);
    }
    for (const [text, path] of paths) {
      if (text.includes(':')) this.#others.push(path);
      else this.#fixed.set(text, path);
    }
    // Exporters are given an address by hand, and join their own path to it.
    for (const { path } of OTLP) this.#otlpPaths.add(path).add(`${path}/`);
  }

  /** Whether exporters send to this path: they read failures in a form of their own. */
  isOtlp(path: string): boolean {
    return this.#otlpPaths.has(path);
  }

  /**
   * Null where the path is none of ours.
   * @throws {AppError} `method_not_allowed`; `malformed_request` for a parameter that is no percent-encoding.
   */
  find(method: string, path: string): RestRoute | null {
    const fixed = this.#fixed.get(path.endsWith('/') && this.isOtlp(path) ? path.slice(0, -1) : path);
    const found = fixed ?? this.#findOther(path.split('/'));
    if (!found) return null;
    const name = found.byMethod.get(method === 'HEAD' ? 'GET' : method);
    if (name === undefined) throw notAllowed(method, [...found.byMethod.keys()]);
    return { name, params: fixed ? NO_PARAMS : readParams(found.segments, path.split('/')) };
  }

  /** All of them, as `GET /health`. */
  list(): string[] {
    const paths = [...this.#fixed.values(), ...this.#others];
    return paths.flatMap(({ segments, byMethod }) =>
      [...byMethod.keys()].map((method) => `${method} ${segments.join('/')}`),
    );
  }

  #findOther(given: readonly string[]): RestPath | undefined {
    return this.#others.find(
      ({ segments }) =>
        segments.length === given.length &&
        segments.every((segment, at) => (segment.startsWith(':') ? given[at] !== '' : segment === given[at])),
    );
  }
}

function readParams(segments: readonly string[], given: readonly string[]): Record<string, string> {
  try {
    return Object.fromEntries(
      segments.flatMap((segment, at) =>
        segment.startsWith(':') ? [[segment.slice(1), decodeURIComponent(given[at] ?? '')]] : [],
      ),
    );
  } catch (cause) {
    throw new AppError('malformed_request', 'The path is not valid percent-encoding.', { cause });
  }
}

function notAllowed(method: string, methods: readonly string[]): AppError {
  return new AppError('method_not_allowed', `${method} is not possible here; use ${methods.join(' or ')}.`, {
    // What GET answers, HEAD answers without the body.
    headers: { Allow: methods.map((one) => (one === 'GET' ? 'GET, HEAD' : one)).join(', ') },
  });
}
