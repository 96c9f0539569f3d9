/** Options: their defaults, where they come from, and what happens to wrong ones (a warning and the default). */
import { normalizeIdentifier, normalizeTags } from '../record/normalize.js';
import { findProcess, globals } from '../runtime/runtime.js';
import type { DeliverySettings } from '../delivery/settings.js';
import type { Mask } from '../record/redaction/mask.js';
import type { RecordSettings } from '../record/settings.js';
import type { PromptLabError } from '../errors.js';
import { isRecord, isString } from '../runtime/values.js';
import type { Tags } from '../wire.js';

/** How a PromptLab instance behaves. Every field is optional. */
export interface PromptLabOptions {
  /** The key records are sent with. @default `PROMPTLAB_API_KEY` */
  apiKey?: string | undefined;
  /** Where PromptLab runs; a path prefix and a trailing slash are fine. @default `PROMPTLAB_BASE_URL`, else `http://localhost:8000` */
  baseUrl?: string | undefined;
  /** `false`: nothing is recorded and nothing is sent. @default `PROMPTLAB_ENABLED`, else `true` */
  enabled?: boolean | undefined;
  /** Put on every record, such as `production`. @default `PROMPTLAB_ENVIRONMENT` */
  environment?: string | undefined;
  /** The version of your application, put on every record. @default `PROMPTLAB_RELEASE` */
  release?: string | undefined;
  /** Tags of every record; the tags of a call win over them. @default none */
  tags?: Tags | undefined;
  /** Who runs the models, where the host of the client does not tell. @default inferred from the client's base URL */
  provider?: string | undefined;
  /** The share of traces that is kept, 0 to 1, decided by trace id. @default 1 */
  sampleRate?: number | undefined;
  /** Keep failed calls that sampling would leave out. @default true */
  keepErrors?: boolean | undefined;
  /** `false`: messages, tools, parameters and prompt variables stay in the process. @default true */
  captureInput?: boolean | undefined;
  /** `false`: answers stay in the process; tokens, times and status are kept. @default true */
  captureOutput?: boolean | undefined;
  /** Keep the vectors of embeddings; without it only their number and size. @default false */
  captureEmbeddings?: boolean | undefined;
  /**
   * Changes a record before it leaves the process, or drops it with `null`. Sees input, output, error, metadata and tags.
   * Runs in the background, once per record, and may be async. If it fails, the payload is replaced, never sent.
   * @default none
   */
  mask?: Mask | undefined;
  /**
   * Whether to ask for token counts of streams with `stream_options.include_usage`. `auto`: for hosts of OpenAI and Azure,
   * where the call says nothing about it; the extra chunk is hidden from the caller. @default 'auto'
   */
  streamUsage?: 'auto' | 'always' | 'never' | undefined;
  /** Leave `tags` in the body of the call as well, for gateways that read it. @default false */
  keepTagsOnWire?: boolean | undefined;
  /** What one record and the queue may hold. */
  limits?:
    | {
        /** Characters of one string; longer ones are cut with a marker. @default 1_000_000 */
        fieldBytes?: number | undefined;
        /** Bytes of one record; its longest strings are cut until it fits. @default 4_000_000 */
        recordBytes?: number | undefined;
        /** Records waiting; beyond, new ones are dropped and counted. @default 5_000 */
        queueRecords?: number | undefined;
        /** Bytes waiting; beyond, new ones are dropped and counted. @default 16_000_000 */
        queueBytes?: number | undefined;
      }
    | undefined;
  /** When a batch is sent: whichever comes first. */
  batch?:
    | {
        /** @default 50 */
        maxRecords?: number | undefined;
        /** @default 1_000_000 */
        maxBytes?: number | undefined;
        /** @default 1_000 */
        intervalMs?: number | undefined;
      }
    | undefined;
  /** How a batch is sent. */
  request?:
    | {
        /** One upload may take this long. @default 10_000 */
        timeoutMs?: number | undefined;
        /** Tries per record before it is dropped and counted. @default 8 */
        maxAttempts?: number | undefined;
        /** Bodies from this size on are compressed. @default 16_384; never where PromptLab runs on this machine */
        gzipAboveBytes?: number | undefined;
        /** Used for uploads. @default `globalThis.fetch` at the time of each upload */
        fetch?: typeof fetch | undefined;
      }
    | undefined;
  /** Deliver what waits when the script has run to its end (`beforeExit`). @default true */
  flushOnExit?: boolean | undefined;
  /** The longest time that delivery may hold an ending process. @default 2_000 */
  exitTimeoutMs?: number | undefined;
  /** Deliver on SIGTERM and SIGINT, then let the signal do its work. @default false */
  flushOnSignal?: boolean | undefined;
  /** Keeps a serverless invocation alive until delivery is done. @default that of Vercel, where it runs */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Called with every delivery problem, next to the one warning per cause. @default none */
  onError?: ((error: PromptLabError) => void) | undefined;
  /** Print one line per call, with the link to it. @default `PROMPTLAB_DEBUG`, else `false` */
  debug?: boolean | undefined;
}

/** @internal Options with every default in place. */
export interface Settings extends RecordSettings, DeliverySettings {
  readonly isEnabled: boolean;
  readonly provider: string | undefined;
  readonly keepErrors: boolean;
  readonly mask: Mask | undefined;
  readonly streamUsage: 'auto' | 'always' | 'never';
  readonly keepTagsOnWire: boolean;
  readonly limits: RecordSettings['limits'] & DeliverySettings['limits'];
}

/** @internal */
const DEFAULT_BASE_URL = 'http://localhost:8000';

/** @internal All that is read of the environment: what tells two sets of defaults apart. */
export const ENV_NAMES = ['API_KEY', 'BASE_URL', 'ENABLED', 'ENVIRONMENT', 'RELEASE', 'DEBUG'] as const;

/** @internal Reads an environment variable now, not at import, and nowhere else. Denied access counts as not set. */
export function readEnv(shortName: (typeof ENV_NAMES)[number]): string | undefined {
  const name = `PROMPTLAB_${shortName}`;
  try {
    const value = findProcess()?.env?.[name] ?? globals.Deno?.env?.get(name);
    return isString(value) && value.trim() !== '' ? value.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** @internal Fills in defaults. `warn` is told of each option that cannot be used, by name. */
export function resolveOptions(given: PromptLabOptions | undefined, warn: (message: string) => void): Settings {
  const options = isRecord(given) ? (given as PromptLabOptions) : {};
  if (given !== undefined && given !== null && !isRecord(given)) warn('Options must be an object; using the defaults.');
  const read = new OptionReader(warn);
  const limits = read.group(options, 'limits');
  const batch = read.group(options, 'batch');
  const request = read.group(options, 'request');
  const baseUrl = read.baseUrl(options);
  const apiKey = read.text(options, 'apiKey') ?? readEnv('API_KEY');
  const isWanted = read.flag(options, 'enabled', !isFalse(readEnv('ENABLED')));
  return {
    apiKey,
    baseUrl,
    isEnabled: isWanted && apiKey !== undefined,
    environment: read.line(options, 'environment', 'ENVIRONMENT'),
    release: read.line(options, 'release', 'RELEASE'),
    tags: read.tags(options),
    provider: read.line(options, 'provider'),
    sampleRate: read.number(options, 'sampleRate', 1, { max: 1 }),
    keepErrors: read.flag(options, 'keepErrors', true),
    captureInput: read.flag(options, 'captureInput', true),
    captureOutput: read.flag(options, 'captureOutput', true),
    captureEmbeddings: read.flag(options, 'captureEmbeddings', false),
    mask: read.fn(options, 'mask'),
    streamUsage: read.oneOf(options, 'streamUsage', ['auto', 'always', 'never']),
    keepTagsOnWire: read.flag(options, 'keepTagsOnWire', false),
    limits: {
      fieldBytes: read.number(limits, 'fieldBytes', 1_000_000, { min: 100, max: 1_000_000 }),
      recordBytes: read.number(limits, 'recordBytes', 4_000_000, { min: 2_000, max: 9_000_000 }),
      queueRecords: read.number(limits, 'queueRecords', 5_000, { min: 1 }),
      queueBytes: read.number(limits, 'queueBytes', 16_000_000, { min: 1 }),
    },
    batch: {
      maxRecords: read.number(batch, 'maxRecords', 50, { min: 1, max: 1_000 }),
      maxBytes: read.number(batch, 'maxBytes', 1_000_000, { min: 1, max: 9_000_000 }),
      intervalMs: read.number(batch, 'intervalMs', 1_000, { max: 600_000 }),
    },
    request: {
      timeoutMs: read.number(request, 'timeoutMs', 10_000, { min: 1, max: 600_000 }),
      maxAttempts: read.number(request, 'maxAttempts', 8, { min: 1 }),
      gzipAboveBytes: read.number(request, 'gzipAboveBytes', isLoopback(baseUrl) ? Infinity : 16_384, {
        max: Infinity,
      }),
      fetch: read.fn(request, 'fetch'),
    },
    flushOnExit: read.flag(options, 'flushOnExit', true),
    exitTimeoutMs: read.number(options, 'exitTimeoutMs', 2_000, { max: 600_000 }),
    flushOnSignal: read.flag(options, 'flushOnSignal', false),
    waitUntil: read.fn(options, 'waitUntil'),
    onError: read.fn(options, 'onError'),
    debug: read.flag(options, 'debug', isTrue(readEnv('DEBUG'))),
  };
}

/** @internal Why nothing is recorded, or undefined when all is well. Being switched off on purpose is not reported. */
export function explainDisabled(settings: Settings, given: PromptLabOptions | undefined): string | undefined {
  if (settings.isEnabled || settings.apiKey !== undefined) return undefined;
  if (given?.enabled === false || isFalse(readEnv('ENABLED'))) return undefined;
  return 'No API key, so nothing is recorded. Set PROMPTLAB_API_KEY, or pass { apiKey } to track().';
}

/** Reads one option at a time; a value of the wrong kind is reported by name and replaced by its default. */
class OptionReader {
  readonly #warn: (message: string) => void;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  text<T extends object, K extends keyof T & string>(from: T, name: K): string | undefined {
    const value: unknown = from[name];
    if (value === undefined || value === null) return undefined;
    if (isString(value)) return value.trim() === '' ? undefined : value.trim();
    return this.#refuse(name, 'a string', undefined);
  }

  /** A text that goes into a record, where a longer one would cost the record. */
  line(
    from: PromptLabOptions,
    name: 'environment' | 'release' | 'provider',
    envName?: (typeof ENV_NAMES)[number],
  ): string | undefined {
    const text = this.text(from, name) ?? (envName && readEnv(envName));
    const line = normalizeIdentifier(text);
    if (line !== text) this.#warn(`Option "${name}" must be one line of at most 256 characters; it is cut.`);
    return line;
  }

  flag<T extends object, K extends keyof T & string>(from: T, name: K, fallback: boolean): boolean {
    const value: unknown = from[name];
    if (value === undefined || value === null) return fallback;
    return typeof value === 'boolean' ? value : this.#refuse(name, 'true or false', fallback);
  }

  number<T extends object, K extends keyof T & string>(
    from: T,
    name: K,
    fallback: number,
    { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {},
  ): number {
    const value: unknown = from[name];
    if (value === undefined || value === null) return fallback;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return this.#refuse(name, `a number from ${min} to ${max}`, fallback);
  }

  fn<T extends object, K extends keyof T & string>(from: T, name: K): T[K] | undefined {
    const value = from[name];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'function' ? value : this.#refuse(name, 'a function', undefined);
  }

  oneOf<T extends object, K extends keyof T & string>(
    from: T,
    name: K,
    allowed: readonly [NonNullable<T[K]>, ...NonNullable<T[K]>[]],
  ): NonNullable<T[K]> {
    const value = from[name];
    if (value === undefined || value === null) return allowed[0];
    return allowed.includes(value) ? value : this.#refuse(name, `one of ${allowed.join(', ')}`, allowed[0]);
  }

  group<K extends 'limits' | 'batch' | 'request'>(from: PromptLabOptions, name: K): NonNullable<PromptLabOptions[K]> {
    const value = from[name];
    if (value === undefined || value === null) return {};
    return isRecord(value) ? (value as NonNullable<PromptLabOptions[K]>) : this.#refuse(name, 'an object', {});
  }

  tags(from: PromptLabOptions): Tags {
    if (from.tags === undefined || from.tags === null) return {};
    return isRecord(from.tags)
      ? normalizeTags(from.tags)
      : this.#refuse('tags', 'an object of strings, such as { env: "prod" }', {});
  }

  baseUrl(from: PromptLabOptions): string {
    const value = this.text(from, 'baseUrl') ?? readEnv('BASE_URL') ?? DEFAULT_BASE_URL;
    try {
      const url = new URL(value);
      if (url.protocol === 'http:' || url.protocol === 'https:') return value.replace(/\/+$/, '');
    } catch {
      // Reported below, as every other wrong value.
    }
    return this.#refuse('baseUrl', 'an http(s) URL', DEFAULT_BASE_URL);
  }

  #refuse<V>(name: string, accepted: string, fallback: V): V {
    this.#warn(`Option "${name}" must be ${accepted}; using the default.`);
    return fallback;
  }
}

/** On one machine compression costs time and saves nothing. */
function isLoopback(baseUrl: string): boolean {
  return /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(baseUrl);
}

function isFalse(value: string | undefined): boolean {
  return value !== undefined && ['false', '0', 'no', 'off'].includes(value.toLowerCase());
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['true', '1', 'yes', 'on'].includes(value.toLowerCase());
}
