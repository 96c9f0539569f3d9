/** What a provider adapter knows of one kind of call: how its input, its answer and its stream become fields of a record. */
import type { JsonObject, JsonValue, LogInput, RequestError, RequestStatus } from '../wire.js';
import type { StreamAccumulator } from './streamAccumulator.js';

/** A method of a client that calls a model. */
export interface ModelMethod {
  /** As records name it, such as `chat.completions`. */
  readonly endpoint: string;
  readOutput(answer: unknown, options: OutputOptions): CallOutput;
  /** `maxText`: characters kept of one stream. */
  createAccumulator(maxText: number): StreamAccumulator;
}

export type Primitive = string | number | undefined;

/** What a call sent, copied at the time of the call. */
export interface CallInput {
  /** As it was given, like the user: it is normalized when the record is written. */
  readonly model: Primitive;
  readonly messages: LogInput['messages'];
  readonly parameters: JsonObject | undefined;
  readonly tools: JsonValue | undefined;
  readonly variables: JsonObject | undefined;
  readonly user: Primitive;
  /** That of the trace, of the parameters and of the extras. */
  readonly metadata: JsonObject | undefined;
  readonly isStream: boolean;
  readonly isBackground: boolean;
  /** True where some of it is known only once the library has written the body. */
  readonly hasDeferred: boolean;
  readonly isTruncated: boolean;
  readonly size: number;
  /** Values that the record may still hold, beside those kept for the answer. */
  readonly valuesLeft: number;
}

export interface TokenCounts {
  input_tokens?: number;
  output_tokens?: number;
  cached_input_tokens?: number;
  cache_write_tokens?: number;
  reasoning_tokens?: number;
  audio_input_tokens?: number;
  audio_output_tokens?: number;
}

/** What a call answered. */
export interface CallOutput {
  readonly status: RequestStatus;
  readonly error: RequestError | undefined;
  readonly response: JsonValue | undefined;
  readonly responseContent: string | undefined;
  readonly responseModel: string | undefined;
  readonly finishReason: string | undefined;
  readonly serviceTier: string | undefined;
  readonly counts: TokenCounts;
  /** What the provider itself says the call cost, in US dollars. */
  readonly costUsd: string | undefined;
  readonly rawUsage: JsonValue | undefined;
  readonly isTruncated: boolean;
  readonly size: number;
}

export interface OutputOptions {
  readonly fieldLength: number;
  readonly capture: boolean;
  readonly captureEmbeddings: boolean;
  /** Values that the input left. */
  readonly valuesLeft: number;
  /** Values that must not appear in an error text. */
  readonly secrets: () => readonly string[];
  /** Something of the answer was lost already. */
  readonly isTruncated: boolean;
}
