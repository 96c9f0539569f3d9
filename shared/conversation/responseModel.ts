/** Which model answered, in the word of its provider. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { bodyOf } from './answerBody.ts';
import { objectOf, textOf } from './part.ts';

/** One line, as all providers write it, and no longer than we keep one. */
const NAME = /^[^\p{Cc}\p{Cs}]{1,256}$/u;

/** Members that an answer has, and any other JSON with a model in it has not. */
const ANSWERS = [
  'choices',
  'candidates',
  'content',
  'output',
  'object',
  'usage',
  'done',
  'results',
  'data',
  'embeddings',
  'pages',
  'promptFeedback',
  'usageMetadata',
  'text',
  'completion',
  'response_metadata',
] as const;

/** Null where the answer is of another form or does not say it. */
export function readResponseModel(response: JsonValue | null): string | null {
  const body = bodyOf(response);
  if (body === null || !ANSWERS.some((name) => Object.hasOwn(body, name))) return null;
  const name = namedModel(body)?.trim() ?? '';
  return NAME.test(name) ? name : null;
}

/** Gemini's has a version, watsonx's an id, Pydantic AI's a name, .NET's an id; LangChain and the AI SDK have it beside the words. */
function namedModel(body: JsonObject): string | null {
  const beside = objectOf(body.response_metadata);
  return (
    textOf(body.model) ??
    textOf(body.modelVersion) ??
    textOf(body.model_version) ??
    textOf(body.model_id) ??
    textOf(body.model_name) ??
    textOf(body.modelId) ??
    textOf(beside?.model_name) ??
    textOf(beside?.model) ??
    textOf(objectOf(body.response)?.modelId)
  );
}
