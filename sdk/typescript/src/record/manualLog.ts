/** A record that is logged by hand: either spelling, every kind of value, the blanks filled in. */
import { CAMEL_CASE, normalizeManualFields } from './manualFields.js';
import { normalizeTags } from './normalize.js';
import { hideCredentials } from './redaction/credentials.js';
import type { RecordSettings } from './settings.js';
import { Snapshot } from './snapshot.js';
import type { SdkInfo } from './buildLog.js';
import { asRecord, isRecord, setOwn } from '../runtime/values.js';
import type { JsonValue, LogInput } from '../wire.js';

type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

// JSON values are taken as they come: the types of provider libraries are interfaces, which no JSON type accepts.
type Loose<V> = V extends string | number | boolean | null | undefined ? V : string extends keyof V ? object : V;

type LooseLog = {
  [K in keyof LogInput]: K extends 'messages' | 'response' | 'tools' ? unknown : Loose<LogInput[K]>;
};

/** One call to log by hand. Fields may be written in snake_case, as the API has them, or in camelCase. */
export type ManualLog = (
  | LooseLog
  | (Pick<LooseLog, 'model' | 'provider' | 'messages'> & {
      [K in Exclude<keyof LooseLog, 'model' | 'provider' | 'messages'> as CamelCase<K>]?: LooseLog[K];
    })
) & { [key: string]: unknown };

const INPUT_FIELDS = ['parameters', 'tools', 'prompt_variables'];
const OUTPUT_FIELDS = ['response', 'response_content'];

/** @internal */
export function toManualLog(
  given: unknown,
  id: string,
  settings: RecordSettings,
  sdk: SdkInfo,
): { log: LogInput; sizeBytes: number } {
  const copier = new Snapshot({ fieldLength: settings.limits.fieldBytes });
  const copy = copier.copy(given);
  const log: { [key: string]: JsonValue } = {};
  if (isRecord(copy)) {
    for (const [key, value] of Object.entries(copy)) {
      const name = CAMEL_CASE.get(key) ?? key;
      // snake_case wins where both are given.
      if (name === key || copy[name] === undefined) setOwn(log, name, value);
    }
  }
  normalizeManualFields(log, copier);
  // What stays in the process does so however it is logged.
  if (!settings.captureInput) {
    log.messages = [];
    for (const name of INPUT_FIELDS) delete log[name];
  }
  if (!settings.captureOutput) for (const name of OUTPUT_FIELDS) delete log[name];
  log.id ??= id;
  log.started_at ??= new Date(Date.now() - (typeof log.latency_ms === 'number' ? log.latency_ms : 0)).toISOString();
  log.sdk ??= { ...sdk };
  if (settings.environment !== undefined) log.environment ??= settings.environment;
  if (settings.release !== undefined) log.release ??= settings.release;
  const tags = { ...normalizeTags(settings.tags), ...asTags(log.tags) };
  if (Object.keys(tags).length > 0) log.tags = tags;
  if (copier.isTruncated) {
    log.metadata = { ...asRecord(log.metadata), truncated: true } as JsonValue; // Of a copy, which is JSON.
  }
  hideCredentials(log as unknown as LogInput);
  return { log: log as unknown as LogInput, sizeBytes: copier.size + 300 };
}

function asTags(tags: JsonValue | undefined): { [key: string]: JsonValue } {
  return normalizeTags(asRecord(tags));
}
