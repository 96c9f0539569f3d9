import type { Tags } from '../wire.js';

/** The options that decide what a record holds. */
export interface RecordSettings {
  /** PromptLab's own key, which must not be found in a record. */
  readonly apiKey: string | undefined;
  readonly environment: string | undefined;
  readonly release: string | undefined;
  readonly tags: Tags;
  readonly sampleRate: number;
  readonly captureInput: boolean;
  readonly captureOutput: boolean;
  readonly captureEmbeddings: boolean;
  readonly limits: { readonly fieldBytes: number };
}
