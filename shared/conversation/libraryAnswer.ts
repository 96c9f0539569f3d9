/** The answer of a model in what a library makes of it: LangChain, LlamaIndex, Haystack, the AI SDK. Pure. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { innerMessage } from './innerMessage.ts';
import { listOf, objectOf } from './part.ts';

/** The same object where it is the answer itself, or holds several of which none speaks for all. */
export function libraryAnswer(fields: JsonObject): JsonObject {
  if (Array.isArray(fields.choices) || Array.isArray(fields.candidates)) return fields;
  if (fields.type === 'constructor' || fields.type === 'assistant') {
    const inner = innerMessage(fields);
    return inner === fields ? fields : libraryAnswer(inner);
  }
  const generations = listOf(fields.generations).flat();
  if (generations.length > 0) return ofGenerations(generations, fields);
  const message = toldMessage(fields.message);
  if (message !== null && typeof fields.text === 'string') return message;
  // What LangChain is asked for as an object; LlamaIndex, smolagents.
  const raw = objectOf(fields.usage) === null ? objectOf(fields.raw) : null;
  if (raw !== null) return toldMessage(raw) ?? (hasAnswers(raw) ? raw : fields);
  const replies = listOf(fields.replies);
  if (replies.length > 0) return ofReplies(replies, fields);
  const steps = listOf(fields.steps);
  const step = steps.length === 1 && fields.usage === undefined ? objectOf(steps[0]) : null;
  return step !== null && objectOf(step.usage) !== null ? step : fields;
}

/** A message of LangChain that has its counts or its model with it. */
function toldMessage(value: JsonValue | undefined): JsonObject | null {
  const message = objectOf(value);
  const inner = message && innerMessage(message);
  return inner?.usage_metadata !== undefined || inner?.response_metadata !== undefined ? inner : null;
}

function hasAnswers({ choices, candidates, content, output }: JsonObject): boolean {
  return [choices, candidates, content, output].some((list) => listOf(list).length > 0);
}

/** One is its message, where that has its counts; else they are beside all of them. */
function ofGenerations(generations: readonly JsonValue[], fields: JsonObject): JsonObject {
  const told = generations.map((one) => toldMessage(objectOf(one)?.message));
  const beside = objectOf(fields.llm_output ?? fields.llmOutput);
  const usage = beside?.token_usage ?? beside?.tokenUsage ?? beside?.usage;
  const only = told.length === 1 ? (told[0] ?? null) : null;
  if (usage === undefined || objectOf(only?.usage_metadata) !== null) return only ?? fields;
  const choices = generations.map((one, index) => {
    const generation = objectOf(one);
    const finish_reason = objectOf(generation?.generation_info)?.finish_reason ?? null;
    return { ...generation, message: told[index] ?? null, finish_reason };
  });
  return { choices, usage, model: beside?.model_name ?? beside?.model ?? null };
}

/** Haystack: each has the counts of all. */
function ofReplies(replies: readonly JsonValue[], fields: JsonObject): JsonObject {
  const first = objectOf(replies[0]);
  const meta = objectOf(first?._meta ?? first?.meta ?? listOf(fields.meta)[0]);
  const usage = objectOf(meta?.usage);
  if (usage === null) return fields;
  const choices = replies.map((reply) => ({ message: objectOf(reply), finish_reason: meta?.finish_reason ?? null }));
  return { choices, usage, model: meta?.model ?? null };
}
