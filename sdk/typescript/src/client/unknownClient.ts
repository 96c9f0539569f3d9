/** Clients of other libraries: nothing of them can be recorded, and what is meant for us must not reach their provider. */
import { stripExtras } from '../record/callExtras.js';
import { guard } from '../runtime/guard.js';
import { wrapMethod } from '../runtime/wrapMethod.js';
import { isObject, nonEmptyString } from '../runtime/values.js';
import { warnOnce } from '../runtime/warn.js';

/** Where well-known clients take the parameters of a call: Anthropic, Google, Ollama, Mistral, Cohere, Hugging Face. */
const METHODS =
  'messages.create messages.stream messages.countTokens messages.parse beta.messages.create beta.messages.stream ' +
  'beta.messages.countTokens beta.messages.toolRunner models.generateContent models.generateContentStream ' +
  'models.embedContent models.countTokens models.generateImages chat generate embed embeddings chatStream ' +
  'chat.complete chat.stream chat.parse chat.create embeddings.create fim.complete fim.stream chatCompletion ' +
  'chatCompletionStream textGeneration generateContent generateContentStream interactions.create';

/** Says once that nothing is recorded, and keeps our parameters off the wire. */
export function stripUnknownClient(client: object, sink: { isEnabled: boolean; keepsTagsOnWire: boolean }): void {
  if (sink.isEnabled) {
    const name = guard('read a name', () => nonEmptyString(client.constructor.name)) ?? 'this client';
    warnOnce(
      `unknown client ${name}`,
      `Nothing of ${name} can be recorded: track() knows clients of openai. Log its calls by hand, with new PromptLab().api.logRequest().`,
    );
  }
  for (const path of METHODS.split(' ')) guard('keep parameters off the wire', () => stripMethod(client, path, sink));
}

function stripMethod(client: object, path: string, { keepsTagsOnWire }: { keepsTagsOnWire: boolean }): void {
  const parts = path.split('.');
  const name = parts.pop() as string;
  let owner: unknown = client;
  for (const part of parts) owner = isObject(owner) ? owner[part] : undefined;
  if (!isObject(owner)) return;
  wrapMethod(owner, name, (call, self, args) => {
    const stripped = guard('read the parameters', () => stripExtras(args[0], keepsTagsOnWire)) ?? args[0];
    return Reflect.apply(call, self, [stripped, ...args.slice(1)]);
  });
}
