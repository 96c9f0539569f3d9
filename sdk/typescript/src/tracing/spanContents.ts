/** What a span was given and what it gave back, copied when it is told: later edits by the caller are not recorded. */
import { hideCredentialsIn } from '../record/redaction/credentials.js';
import type { RecordSettings } from '../record/settings.js';
import { Snapshot } from '../record/snapshot.js';
import type { JsonValue, SpanInput } from '../wire.js';
import type { SpanOptions } from './types.js';

/** Values of the input, and of the output: with the metadata they stay below what the server takes of one record. */
const CONTENT_VALUES = 40_000;

export class SpanContents {
  /** Rough bytes as JSON. */
  size = 0;
  readonly #settings: RecordSettings;
  readonly #keepsResult: boolean;
  #input: JsonValue | undefined;
  #output: JsonValue | undefined;

  constructor(settings: RecordSettings, { input, output }: SpanOptions) {
    this.#settings = settings;
    this.#keepsResult = output ?? input !== undefined;
    this.setInput(input);
  }

  setInput(value: unknown): void {
    if (value !== undefined && this.#settings.captureInput) this.#input = this.#copy(value);
  }

  setOutput(value: unknown): void {
    if (value !== undefined && this.#settings.captureOutput) this.#output = this.#copy(value);
  }

  /** What the function returned, where that is wanted and nobody said another output. */
  keepResult(value: unknown): void {
    if (this.#keepsResult && this.#output === undefined) this.setOutput(value);
  }

  addTo(span: SpanInput): void {
    if (this.#input !== undefined) span.input = this.#input;
    if (this.#output !== undefined) span.output = this.#output;
  }

  #copy(value: unknown): JsonValue | undefined {
    const copier = new Snapshot({ fieldLength: this.#settings.limits.fieldBytes, values: CONTENT_VALUES });
    const copy = copier.copy(value);
    this.size += copier.size;
    hideCredentialsIn(copy);
    return copy;
  }
}
