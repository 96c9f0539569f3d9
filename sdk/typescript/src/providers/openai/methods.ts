/** The methods of an OpenAI client that call a model, and where each keeps its input. Nothing else is touched. */
import type { ModelMethod } from '../../record/modelCall.js';
import { isObject } from '../../runtime/values.js';
import type { Kind } from './kind.js';
import { readOutput } from './output.js';
import { createAccumulator } from './streams/createAccumulator.js';

export interface TrackedMethod extends ModelMethod {
  /** From the client to the resource, such as `['chat', 'completions']`. */
  readonly resource: readonly string[];
  readonly method: string;
  readonly kind: Kind;
  /** Parameters that hold what is sent to the model. More than one: kept as an object. */
  readonly input: readonly string[];
  readonly role: Role;
}

/**
 * `call`: one model call, recorded. `poll`: a request about an earlier answer, recorded only where it ends a background
 * response. `runner`: several calls by other methods, kept together as one span of a trace.
 */
export type Role = 'call' | 'poll' | 'runner';

const tracked = (path: string, kind: Kind, input: readonly string[], role: Role = 'call'): TrackedMethod => {
  const parts = path.split('.');
  return {
    resource: parts.slice(0, -1),
    method: parts.at(-1) as string,
    endpoint: endpointOf(path),
    kind,
    input,
    role,
    readOutput: (answer, options) => readOutput(kind, answer, options),
    createAccumulator: (maxText) => createAccumulator(kind, maxText),
  };
};

/** The resource for its `create`, else the method as well; beta is no endpoint of its own. */
function endpointOf(path: string): string {
  return path.replace(/^beta\.|\.create$/g, '');
}

/** `parse`, `stream` and `runTools` reach the model through `create`, so they are covered once, by it. */
export const TRACKED_METHODS: readonly TrackedMethod[] = [
  tracked('chat.completions.create', 'chat', ['messages']),
  tracked('chat.completions.runTools', 'chat', [], 'runner'),
  tracked('beta.chat.completions.runTools', 'chat', [], 'runner'),
  tracked('beta.chat.completions.runFunctions', 'chat', [], 'runner'),
  tracked('completions.create', 'completion', ['prompt']),
  tracked('responses.create', 'responses', ['input']),
  tracked('responses.compact', 'responses', ['input']),
  tracked('responses.retrieve', 'responses', [], 'poll'),
  tracked('responses.cancel', 'responses', [], 'poll'),
  tracked('beta.responses.create', 'responses', ['input']),
  tracked('beta.responses.compact', 'responses', ['input']),
  tracked('beta.responses.retrieve', 'responses', [], 'poll'),
  tracked('beta.responses.cancel', 'responses', [], 'poll'),
  tracked('embeddings.create', 'embeddings', ['input']),
  tracked('moderations.create', 'moderation', ['input']),
  tracked('images.generate', 'images', ['prompt']),
  tracked('images.edit', 'images', ['prompt', 'image', 'mask']),
  tracked('images.createVariation', 'images', ['image']),
  tracked('audio.transcriptions.create', 'transcription', ['file', 'prompt']),
  tracked('audio.translations.create', 'transcription', ['file', 'prompt']),
  tracked('audio.speech.create', 'speech', ['input']),
];

/** The resource object of a method, or undefined where this major of the library has none. */
export function findResource(client: object, { resource }: TrackedMethod): Record<string, unknown> | undefined {
  let owner: unknown = client;
  for (const part of resource) {
    if (!isObject(owner)) return undefined;
    owner = owner[part];
  }
  return isObject(owner) ? owner : undefined;
}
