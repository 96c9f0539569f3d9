/** Why the model stopped, in the word of its provider, and what that word means. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { bodyOf } from './answerBody.ts';
import { listOf, objectOf, textOf } from './part.ts';

/** Reasons that mean: the model stopped before it was done, in the words of all providers; so does whatever begins with `max_`. */
const EARLY_STOPS = new Set(
  (
    'length model_length model_context_window_exceeded context token_limit time_limit timeout limit ' +
    'content_filter content_filtered safety recitation blocklist prohibited_content spii language model_armor refusal sensitive ' +
    'guardrail_intervened error_toxic error_limit insufficient_system_resource abort aborted cancelled canceled user_cancel repetition ' +
    'malformed_function_call malformed_response malformed_model_output malformed_tool_use unexpected_tool_call ' +
    'too_many_tool_calls missing_thought_signature no_image image_safety image_prohibited_content image_recitation image_other'
  ).split(' '),
);

/** A word, as all providers write it: what is longer or has lines is none. */
const WORD = /^[\w:. -]{1,100}$/;

/** How a call ended by its finish reason; null where it says that the answer is whole, or says nothing. */
export function endOfReason(reason: string | null): 'error' | 'incomplete' | null {
  if (reason === null) return null;
  // Gemini's compatible endpoint says `content_filter: SAFETY`, its library for Python `FinishReason.SAFETY`, the AI SDK
  // `content-filter`, xAI's library `REASON_MAX_LEN`.
  const word = /^(?:(?:finish_?)?reason[._])?([a-z_-]*)/.exec(reason.toLowerCase())?.[1]?.replaceAll('-', '_') ?? '';
  // Zhipu: the model could not be reached.
  if (word === 'error' || word === 'network_error') return 'error';
  // Gemini's word alone: the AI SDK says `other` of reasons that it does not know.
  return word.startsWith('max_') || EARLY_STOPS.has(word) || reason === 'OTHER' ? 'incomplete' : null;
}

/**
 * The finish reason in an answer, of several choices the first that stopped early. Null where the answer is of another form
 * or does not say it.
 */
export function readFinishReason(response: JsonValue | null): string | null {
  const body = bodyOf(response);
  if (body === null) return null;
  const reason =
    isResponse(body) || isRun(body)
      ? (textOf(objectOf(body.incomplete_details ?? body.status_details)?.reason) ?? textOf(body.status))
      : (chosenReason(body.choices) ?? chosenReason(body.candidates) ?? ownReason(body));
  return reason !== null && WORD.test(reason) ? reason : null;
}

/** An answer of OpenAI's Responses. */
export function isResponse({ object, output }: JsonObject): boolean {
  return object === 'response' || Array.isArray(output);
}

/** A run of OpenAI's assistants, or an interaction of Gemini, which end as a response does. */
export function isRun({ object }: JsonObject): boolean {
  return object === 'thread.run' || object === 'interaction';
}

function chosenReason(choices: JsonValue | undefined): string | null {
  const reasons = listOf(choices)
    .map((choice) => namedReason(objectOf(choice)))
    .filter((reason) => reason !== null);
  return pickReason(reasons);
}

/** Of several choices the first that stopped early, else the first. */
export function pickReason(reasons: readonly string[]): string | null {
  return reasons.find((reason) => endOfReason(reason) === 'incomplete') ?? reasons[0] ?? null;
}

/** The names that providers give it; llama.cpp the last one, whose `none` is no reason. A model of the AI SDK has two words for it. */
const NAMES = [
  'finish_reason',
  'finishReason',
  'stop_reason',
  'stopReason',
  'done_reason',
  'completionReason',
  'stop_type',
];

function namedReason(fields: JsonObject | null): string | null {
  if (fields === null) return null;
  return (
    NAMES.map((name) => textOf(objectOf(fields[name])?.unified ?? fields[name])).find((reason) => reason !== null) ??
    null
  );
}

/** Members with which the words of an answer come. */
const WORDS = ['text', 'completion', 'response', 'generation', 'generated_text'];
/** Members that say more of an answer: Hugging Face, LangChain. */
const BESIDE_WORDS = ['details', 'response_metadata'];

/** Beside what was answered, in any other JSON it is a field of the caller's; or in what Titan, watsonx and Mistral list. */
function ownReason(body: JsonObject): string | null {
  const isAnswer =
    'content' in body ||
    // Pydantic AI, .NET
    [body.parts, body.messages].some(Array.isArray) ||
    objectOf(body.output) !== null ||
    objectOf(body.message) !== null ||
    WORDS.some((name) => typeof body[name] === 'string');
  const own = isAnswer ? namedReason(body) : null;
  const beside = BESIDE_WORDS.map((name) => namedReason(objectOf(body[name]))).find((reason) => reason !== null);
  return own ?? beside ?? chosenReason(body.results) ?? chosenReason(body.outputs) ?? chosenReason(body.generations);
}
