/** The extra parameters of a call: read, and taken off before the call goes out. */
import { normalizeIdentifier, normalizeTags } from './normalize.js';
import { isPlainObject, isString, setOwn } from '../runtime/values.js';
import type { Tags } from '../wire.js';

/** What a tracked call accepts next to the parameters of the provider. */
export interface CallExtras {
  /** The prompt this call is made from. */
  prompt_slug?: string | undefined;
  promptSlug?: string | undefined;
  /** Its version. */
  prompt_version?: string | number | undefined;
  promptVersion?: string | number | undefined;
  /** Groups the calls of one task; wins over an ambient `trace()`. */
  trace_id?: string | undefined;
  traceId?: string | undefined;
  /** Strings by name, such as `{ env: 'prod' }`. */
  tags?: Tags | undefined;
  /** The same and more under one name that no gateway uses. Wins over the fields above. */
  promptlab?: CallContext | undefined;
}

/** The extras of one call in their collision-free form. */
export interface CallContext {
  slug?: string | undefined;
  version?: string | number | undefined;
  /** The values filled into the prompt. */
  variables?: Record<string, unknown> | undefined;
  traceId?: string | undefined;
  /** The request or span this call hangs under. */
  parentId?: string | undefined;
  /** A label for a reader. */
  name?: string | undefined;
  tags?: Tags | undefined;
  metadata?: Record<string, unknown> | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  /** `false`: do not record this call. */
  log?: boolean | undefined;
}

/** @internal Extras as they go into a record. */
export interface ReadExtras {
  readonly promptSlug?: string | undefined;
  readonly promptVersion?: string | number | undefined;
  readonly promptVariables?: unknown;
  readonly traceId?: string | undefined;
  readonly parentId?: string | undefined;
  readonly name?: string | undefined;
  readonly tags?: Tags | undefined;
  readonly metadata?: unknown;
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly isLogged: boolean;
}

const EXTRA_NAMES = [
  'prompt_slug',
  'promptSlug',
  'prompt_version',
  'promptVersion',
  'trace_id',
  'traceId',
  'tags',
  'promptlab',
] as const;

type Params = Record<string, unknown>;

/** @internal Of a call that has none. */
export const NO_EXTRAS: ReadExtras = { isLogged: true };

/** @internal True where the parameters carry anything for us; without extras the caller's own object goes on the wire. */
export function hasExtras(params: unknown): params is Params {
  if (typeof params !== 'object' || params === null) return false;
  for (const name of EXTRA_NAMES) if (name in params) return true;
  return false;
}

/** @internal The parameters without our extras; the caller's object is never changed. */
export function stripExtras(params: unknown, keepTags: boolean): unknown {
  if (!hasExtras(params)) return params;
  if (isPlainObject(params)) {
    try {
      const rest: Params = {};
      for (const key of Object.keys(params)) if (!isExtra(key, keepTags)) setOwn(rest, key, params[key]);
      return rest;
    } catch {
      // A getter threw. Where it is kept, it is the library that reads it.
    }
  }
  // An instance of a class keeps its getters. Copies are writable: the library may add to the body it is given.
  const rest = Object.create(Object.getPrototypeOf(params) as object) as Params;
  for (const key of Reflect.ownKeys(params)) {
    if (isString(key) && isExtra(key, keepTags)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(params, key);
    if (descriptor) Object.defineProperty(rest, key, unlock(descriptor));
  }
  return rest;
}

/** @internal Reads the extras; `warn` is told of each that cannot be used. snake_case wins over camelCase, `promptlab` over both. */
export function readExtras(params: unknown, warn: (message: string) => void): ReadExtras {
  if (!hasExtras(params)) return NO_EXTRAS;
  const context = readContext(params.promptlab, warn);
  const text = (value: unknown, name: string) => readText(value, name, warn);
  const version = context.version ?? params.prompt_version ?? params.promptVersion;
  return {
    promptSlug: text(context.slug ?? params.prompt_slug ?? params.promptSlug, 'prompt_slug'),
    promptVersion: typeof version === 'number' ? readVersion(version, warn) : text(version, 'prompt_version'),
    promptVariables: context.variables,
    traceId: text(context.traceId ?? params.trace_id ?? params.traceId, 'trace_id'),
    parentId: text(context.parentId, 'promptlab.parentId'),
    name: text(context.name, 'promptlab.name'),
    tags: readTags(params.tags, context.tags, warn),
    metadata: context.metadata,
    userId: text(context.userId, 'promptlab.userId'),
    sessionId: text(context.sessionId, 'promptlab.sessionId'),
    isLogged: context.log !== false,
  };
}

function isExtra(key: string, keepTags: boolean): boolean {
  if (key === 'tags' && keepTags) return false;
  return (EXTRA_NAMES as readonly string[]).includes(key);
}

function unlock(descriptor: PropertyDescriptor): PropertyDescriptor {
  descriptor.configurable = true;
  if ('value' in descriptor) descriptor.writable = true;
  return descriptor;
}

function readContext(value: unknown, warn: (message: string) => void): CallContext {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as CallContext;
  warn('"promptlab" must be an object, such as { slug: "greeting" }; it is ignored.');
  return {};
}

function readText(value: unknown, name: string, warn: (message: string) => void): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (isString(value)) return normalizeIdentifier(value);
  warn(`"${name}" must be a string; it is ignored.`);
  return undefined;
}

function readVersion(value: number, warn: (message: string) => void): number | undefined {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  warn('"prompt_version" must be a string or a whole number; it is ignored.');
  return undefined;
}

function readTags(flat: unknown, grouped: unknown, warn: (message: string) => void): Tags | undefined {
  let tags: Tags | undefined;
  for (const value of [flat, grouped]) {
    if (value === undefined || value === null) continue;
    if (typeof value !== 'object' || Array.isArray(value)) {
      warn('"tags" must be an object of strings, such as { env: "prod" }; it is ignored.');
      continue;
    }
    tags = { ...tags, ...normalizeTags(value as Record<string, unknown>) };
  }
  return tags;
}
