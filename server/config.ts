/** The configuration: one object, parsed once from the environment. Nothing else reads `process.env`. */
import { isIP } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { API_KEY_PREFIX } from '#server/auth/apiKeySecret';

const MEGABYTE = 1024 * 1024;

const wholeNumber = (fallback: number, min: number, max: number) => {
  const rule = `must be a whole number from ${min} to ${max}`;
  return (
    z
      .string()
      // Number() alone would take a space for 0.
      .regex(/^\d{1,15}$/, rule)
      .transform(Number)
      .pipe(z.number().min(min, rule).max(max, rule))
      .default(fallback)
  );
};

/** False for a `%` that begins no escape, as of a password that was written as it is. */
function isEscaped(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

/** What Express takes for `trust proxy`, besides a hop count. */
const PROXY_RANGES = new Set(['loopback', 'linklocal', 'uniquelocal']);

function isProxy(text: string): boolean {
  const [address = '', bits, ...rest] = text.trim().split('/');
  if (PROXY_RANGES.has(address)) return bits === undefined;
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return most > 0 && rest.length === 0 && (bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most));
}

/**
 * How many threads read bodies beside the main thread: two can do more than it hands out. Where there are no more than two cores they
 * are busy already, with the main thread and Postgres.
 */
export function defaultIngestWorkers(cores: number): number {
  return cores > 2 ? 2 : 0;
}

const Environment = z.object({
  DATABASE_URL: z
    .string()
    .refine(
      (url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url) && isEscaped(url),
      'must be a Postgres URL, such as postgres://user:password@host:5432/promptlab, with special characters escaped',
    )
    .optional(),
  PROMPTLAB_DATA_DIR: z.string().min(1).default('.promptlab'),
  API_KEY_PREFIX: z
    .string()
    .regex(API_KEY_PREFIX, 'must be letters, digits and underscores that end in "_", such as pl_live_')
    .default('pl_live_'),
  PORT: wholeNumber(8000, 0, 65_535),
  HOST: z.string().min(1).default('localhost'),
  PROMPTLAB_ADMIN_TOKEN: z
    .string()
    .min(16, 'must be at least 16 characters')
    // Others cannot be sent in an Authorization header, so that nobody could ever get in.
    .regex(/^[!-+\--~]*$/, 'must be ASCII letters, digits and signs, without spaces and commas')
    .optional(),
  BASE_PATH: z
    .string()
    // A segment of dots alone is a step up: no browser or proxy would ask for it as it stands.
    .regex(/^(\/(?!\.+(\/|$))[A-Za-z0-9._~-]+)*\/?$/, 'must be a path such as /promptlab')
    .transform((basePath) => basePath.replace(/\/$/, ''))
    .default(''),
  TRUST_PROXY: z
    .string()
    .refine(
      (text) => /^\d{1,2}$/.test(text) || text.split(',').every(isProxy),
      'must be a number of hops, or a list of addresses, ranges such as 10.0.0.0/8 (not /0, which is everybody), or loopback, linklocal, uniquelocal',
    )
    .optional(),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
  FAILED_ATTEMPTS_PER_MINUTE: wholeNumber(20, 1, 1_000_000),
  DRAIN_MS: wholeNumber(3_000, 0, 60_000),
  INGEST_QUEUE_ROWS: wholeNumber(10_000, 1, 1_000_000),
  INGEST_QUEUE_MB: wholeNumber(32, 1, 4_096),
  INGEST_WORKERS: wholeNumber(defaultIngestWorkers(os.availableParallelism()), 0, 16),
  BODIES_IN_FLIGHT_MB: wholeNumber(48, 10, 4_096),
  OTLP_BODY_MB: wholeNumber(20, 1, 64),
  MAX_CONNECTIONS: wholeNumber(5_000, 10, 1_000_000),
  ANSWERS_IN_FLIGHT_MB: wholeNumber(32, 1, 4_096),
  SEARCH_INDEX: z
    .enum(['on', 'off'], { error: 'must be on or off' })
    .default('on')
    .transform((flag) => flag === 'on'),
  SEARCH_MS: wholeNumber(300, 1, 10_000),
  PROMPTLAB_ALLOW_UNSAFE_DB: z
    .enum(['0', '1'], { error: 'must be 0 or 1' })
    .default('0')
    .transform((flag) => flag === '1'),
});

export interface Config {
  /** Null: run the embedded Postgres in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly apiKeyPrefix: string;
  readonly port: number;
  readonly host: string;
  readonly adminToken: string | null;
  /** Empty, or a path without a trailing slash that all routes hang under. */
  readonly basePath: string;
  /** Express's `trust proxy`: hops or addresses; false where no proxy is trusted. */
  readonly trustProxy: number | string | false;
  readonly logLevel: string;
  /** Wrong credentials of one address a minute; beyond it the answer is 429. */
  readonly failedAttemptsPerMinute: number;
  /** How long we keep serving after SIGTERM while `/readyz` already says 503. */
  readonly drainMs: number;
  readonly queueRows: number;
  readonly queueBytes: number;
  /** Threads that read bodies of logs and spans; 0: the main thread does. */
  readonly ingestWorkers: number;
  readonly bodyBytesInFlight: number;
  /** The most bytes of one export by OTLP, inflated. */
  readonly otlpBodyBytes: number;
  /** The most connections, on all addresses that are listened on together. */
  readonly maxConnections: number;
  readonly answerBytesInFlight: number;
  /** Milliseconds that a page of a search may take, before it says how far it looked. */
  readonly searchMs: number;
  /** False: no index is made or read; a search walks the requests themselves. */
  readonly usesSearchIndex: boolean;
  /** Accept a database that runs without `fsync`: only for tests of the loss that it causes. */
  readonly allowUnsafeDatabase: boolean;
}

/** Thrown with one line per bad variable. */
export class ConfigError extends Error {}

/**
 * Reads the configuration; an empty variable counts as not set.
 * @throws {ConfigError} naming every variable at fault and what it accepts.
 */
export function loadConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.keys(Environment.shape)
      .map((name) => [name, environment[name]] as const)
      .filter(([name, value]) => value !== undefined && (value !== '' || name === 'PROMPTLAB_ADMIN_TOKEN')),
  );
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`).join('\n'));
  }
  const env = parsed.data;
  return {
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: path.resolve(env.PROMPTLAB_DATA_DIR),
    apiKeyPrefix: env.API_KEY_PREFIX,
    port: env.PORT,
    host: env.HOST,
    adminToken: env.PROMPTLAB_ADMIN_TOKEN ?? null,
    basePath: env.BASE_PATH,
    trustProxy:
      env.TRUST_PROXY === undefined ? false : /^\d+$/.test(env.TRUST_PROXY) ? Number(env.TRUST_PROXY) : env.TRUST_PROXY,
    logLevel: env.LOG_LEVEL,
    failedAttemptsPerMinute: env.FAILED_ATTEMPTS_PER_MINUTE,
    drainMs: env.DRAIN_MS,
    queueRows: env.INGEST_QUEUE_ROWS,
    queueBytes: env.INGEST_QUEUE_MB * MEGABYTE,
    ingestWorkers: env.INGEST_WORKERS,
    bodyBytesInFlight: env.BODIES_IN_FLIGHT_MB * MEGABYTE,
    otlpBodyBytes: env.OTLP_BODY_MB * MEGABYTE,
    maxConnections: env.MAX_CONNECTIONS,
    answerBytesInFlight: env.ANSWERS_IN_FLIGHT_MB * MEGABYTE,
    searchMs: env.SEARCH_MS,
    usesSearchIndex: env.SEARCH_INDEX,
    allowUnsafeDatabase: env.PROMPTLAB_ALLOW_UNSAFE_DB,
  };
}
