/** Genkit (JavaScript, Go, Python): actions with their input and output as JSON, and parts of messages of its own. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import { type AttributeReader, toNumber } from './attributeReader.ts';
import { type Answer, toChatMessages, toChoices } from './chat.ts';
import { type Facts, NOTHING, type ReportedUsage } from './facts.ts';
import { toTools } from './tools.ts';

const KINDS: ReadonlyMap<string, SpanRole> = new Map([
  ['model', 'llm'],
  ['embedder', 'embedding'],
  ['flow', 'chain'],
  ['flowStep', 'chain'],
  ['util', 'chain'],
  ['agent', 'agent'],
  ['tool', 'tool'],
  ['tool.v2', 'tool'],
  ['retriever', 'retriever'],
  ['reranker', 'reranker'],
  ['evaluator', 'evaluator'],
  ['prompt', 'prompt'],
  ['executable-prompt', 'prompt'],
]);

/** What Genkit says of a span by its own names. */
export function readGenkit(reader: AttributeReader): Facts {
  const type = reader.text('genkit:type');
  if (type === null) return NOTHING;
  // The context holds who is signed in, with the token; the path is that of the tree.
  for (const name of ['context', 'path', 'qualifiedPath', 'isRoot']) reader.value(`genkit:${name}`);
  reader.value('genkit:metadata:context');
  const role = KINDS.get(reader.text('genkit:metadata:subtype') ?? type) ?? 'span';
  const name = reader.text('genkit:name');
  const input = reader.quoted('genkit:input');
  const output = reader.quoted('genkit:output');
  const isCall = role === 'llm' || role === 'embedding';
  return {
    ...(isCall ? readCall(reader, input, output) : { name, input, output }),
    ...(role === 'embedding' ? { messages: listOf(objectOf(input)?.input).map(textOfDocument) } : NOTHING),
    ...(isCall ? splitModel(name) : NOTHING),
    role,
    session_id: reader.text('genkit:sessionId'),
  };
}

/** `googleai/gemini-2.5-flash`: who runs it, then its name. */
function splitModel(name: string | null): Facts {
  const slash = name?.indexOf('/') ?? -1;
  if (name === null || slash <= 0) return { model: name };
  return { model: name.slice(slash + 1), provider: name.slice(0, slash) };
}

function readCall(reader: AttributeReader, input: JsonValue, output: JsonValue): Facts {
  const request = objectOf(input);
  const response = objectOf(output);
  const sent = toChatMessages(listOf(request?.messages).map(toMessage));
  return {
    messages: sent.length === 0 ? null : sent,
    answer: response === null ? null : readAnswer(response),
    tools: toTools(reader, request?.tools ?? null),
    parameters: objectOf(request?.config ?? request?.options),
    usage: readUsage(reader, objectOf(response?.usage) ?? {}),
  };
}

/** One message, or, of the first versions, candidates. */
function readAnswer(response: JsonObject): Answer | null {
  const candidates = listOf(response.candidates).map(objectOf);
  const answers = candidates.length > 0 ? candidates : [response];
  const messages = answers.flatMap((answer) => {
    const message = objectOf(answer?.message);
    return message === null ? [] : [{ ...toMessage(message), finish_reason: answer?.finishReason ?? null }];
  });
  return toChoices(messages);
}

function toMessage(item: JsonValue): JsonObject {
  const message = objectOf(item);
  const role = textOf(message?.role) ?? 'user';
  return { role: role === 'model' ? 'assistant' : role, content: listOf(message?.content).map(toPart) };
}

function textOfDocument(document: JsonValue): string {
  return listOf(objectOf(document)?.content)
    .map((part) => textOf(objectOf(part)?.text) ?? '')
    .join('');
}

/** A part has one member, by which it goes; as the AI SDK has it. */
function toPart(item: JsonValue): JsonValue {
  const part = objectOf(item);
  const [media, call, result] = [part?.media, part?.toolRequest, part?.toolResponse].map(objectOf);
  if (media) return { type: 'file', data: media.url ?? null, mediaType: media.contentType ?? null };
  if (call) return { type: 'tool-call', ...namesOf(call), input: call.input ?? null };
  if (result) return { type: 'tool-result', ...namesOf(result), output: result.output ?? null };
  if (typeof part?.reasoning === 'string') return { type: 'reasoning', text: part.reasoning };
  return typeof part?.text === 'string' ? { type: 'text', text: part.text } : item;
}

function namesOf({ name, ref }: JsonObject): JsonObject {
  return { toolCallId: textOf(ref), toolName: textOf(name) };
}

function readUsage(reader: AttributeReader, usage: JsonObject): ReportedUsage {
  const count = (name: string) => (toNumber(usage[name]) === null ? null : reader.toCount(usage[name]));
  return {
    input_tokens: count('inputTokens'),
    output_tokens: count('outputTokens'),
    total_tokens: count('totalTokens'),
    cached_input_tokens: count('cachedContentTokens'),
    reasoning_tokens: count('thoughtsTokens'),
  };
}
