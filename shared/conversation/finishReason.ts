/** Why the model stopped, in the word of its provider, and what that word means. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { listOf, objectOf, textOf } from './part.ts';

/** Reasons that mean: the model stopped before it was done. By the first word: Gemini's compatible endpoint says `content_filter: SAFETY`. */
const EARLY_STOPS =
  /^(?:length|content_filter|max_output_tokens|max_tokens|model_length|model_context_window_exceeded|insufficient_system_resource|abort|safety|recitation|blocklist|prohibited_content|spii|malformed_function_call)(?![a-z_])/i;

/** A word, as all providers write it: what is longer or has lines is none. */
const WORD = /^[\w:. -]{1,100}$/;

/** How a call ended by its finish reason; null where it says that the answer is whole, or says nothing. */
export function endOfReason(reason: string | null): 'error' | 'incomplete' | null {
  if (reason === null) return null;
  return reason.toLowerCase() === 'error' ? 'error' : EARLY_STOPS.test(reason) ? 'incomplete' : null;
}

/**
 * The finish reason in an answer: of chat completions (of several choices the first that stopped early), Responses, Anthropic,
 * Gemini, Bedrock, Cohere and Ollama. Null where the answer is of another form or does not say it.
 */
export function readFinishReason(response: JsonValue | null): string | null {
  // Gemini streams its answers in a list.
  const body = objectOf(Array.isArray(response) ? response.at(-1) : (response ?? undefined));
  if (body === null) return null;
  const reason = isResponse(body)
    ? (textOf(objectOf(body.incomplete_details)?.reason) ?? textOf(body.status))
    : (chosenReason(listOf(body.choices), 'finish_reason') ??
      chosenReason(listOf(body.candidates), 'finishReason') ??
      chosenReason(listOf(body.candidates), 'finish_reason') ??
      ownReason(body));
  return reason !== null && WORD.test(reason) ? reason : null;
}

/** An answer of OpenAI's Responses. */
export function isResponse({ object, output }: JsonObject): boolean {
  return object === 'response' || Array.isArray(output);
}

function chosenReason(choices: readonly JsonValue[], name: string): string | null {
  const reasons = choices.map((choice) => textOf(objectOf(choice)?.[name])).filter((reason) => reason !== null);
  return reasons.find((reason) => endOfReason(reason) === 'incomplete') ?? reasons[0] ?? null;
}

/** Anthropic and Cohere beside their content, Bedrock beside its output, Ollama beside its message. */
function ownReason(body: JsonObject): string | null {
  if (Array.isArray(body.content)) return textOf(body.stop_reason);
  if (objectOf(body.output) !== null) return textOf(body.stopReason);
  if (objectOf(body.message) === null) return null;
  return textOf(body.finish_reason) ?? textOf(body.done_reason);
}
