/**
 * A request's messages and answer as one neutral conversation, whatever endpoint or provider they come from. The only
 * reader of provider formats: previews, the dashboard and search stand on it. What is not recognised is kept as JSON.
 */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { bodyOf, unwrapAnswer } from './answerBody.ts';
import { isOfUser, type Message, messageOf, parseMessage, parseWithRole } from './parseMessage.ts';
import { parseCitations } from './citations.ts';
import { innerMessage } from './innerMessage.ts';
import { listOf, objectOf, type Part, reasoningParts, textOf, toolCall } from './part.ts';
import { parseMedia } from './parseMedia.ts';
import { parseParts } from './parseParts.ts';
import { withPieces } from './streamText.ts';

export interface Conversation {
  readonly sent: readonly Message[];
  readonly answer: readonly Message[];
}

/** What of a request it is read from. */
export interface Exchange {
  readonly messages: JsonValue;
  readonly response: JsonValue | null;
  readonly response_content: string | null;
}

/** What was sent and what was answered, in one form whatever the provider. */
export function parseConversation({ messages, response, response_content }: Exchange): Conversation {
  return { sent: parseSent(messages), answer: parseAnswer(response, response_content) };
}

/** Names of the tools that were called, by the id of the call (by the name, where it has none). */
export function calledTools({ sent, answer }: Conversation): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const message of [...sent, ...answer]) {
    for (const part of message.parts) {
      if (part.kind === 'tool_call') names.set(part.id ?? part.name, part.name);
    }
  }
  return names;
}

/** A list of messages or items, one input, or the parameters of a call around them. */
export function parseSent(input: JsonValue): Message[] {
  const fields = objectOf(input);
  const messages = listSent(input).map((item) => parseMessage(item));
  if (fields === null || (nestedIn(fields) === null && !isAsked(fields))) return messages;
  const config = objectOf(fields.config);
  const instructions =
    fields.instructions ??
    fields.system ??
    fields.systemInstruction ??
    fields.system_instruction ??
    // MCP
    fields.systemPrompt ??
    // Google's SDKs for JavaScript and Python; Cohere's first version.
    config?.systemInstruction ??
    config?.system_instruction ??
    fields.preamble;
  const system = parseParts(objectOf(instructions)?.parts ?? instructions);
  const beside = partsBeside(fields);
  return [
    ...(system.length === 0 ? [] : [messageOf('system', system)]),
    ...(beside.length === 0 ? [] : [messageOf('input', beside)]),
    ...messages,
  ];
}

/**
 * Words beside the messages: what follows a gap that is filled, what a picture must not show, what Cohere's tools gave, and what
 * chains of LangChain are called with.
 */
const WORDS_BESIDE = ['suffix', 'negative_prompt', 'tool_results', 'context', 'chat_history', 'question'] as const;

/** What was sent in a member of its own: pictures beside a prompt, documents, a prompt that the provider stores. */
function partsBeside(fields: JsonObject): Part[] {
  const { image, images, documents, prompt } = fields;
  const words = WORDS_BESIDE.filter(
    (name) => holdsWords(fields[name]) && !(name === 'chat_history' && isAsked(fields)),
  );
  const isPromptBeside = objectOf(prompt) !== null && nestedIn(fields) !== prompt;
  return [
    ...[...(Array.isArray(image) ? image : [image]), ...listOf(images)]
      .filter((one) => one !== undefined && one !== null)
      .map((one) => parseMedia('image', one)),
    ...listOf(documents).flatMap((one) =>
      parseParts(objectOf(one) === null ? one : [{ type: 'document', document: one }]),
    ),
    ...(isPromptBeside ? [{ kind: 'json', value: { prompt: prompt ?? null } } as const] : []),
    ...words.map((name) => ({ kind: 'json', value: { [name]: fields[name] ?? null } }) as const),
  ];
}

/** Ollama's `context` is a list of numbers. */
function holdsWords(value: JsonValue | undefined): boolean {
  return textOf(value) !== null || objectOf(value) !== null || listOf(value).some((one) => typeof one !== 'number');
}

/** What was sent, message by message, none of which is read yet; instructions beside them are left out. */
export function listSent(input: JsonValue): readonly JsonValue[] {
  if (Array.isArray(input)) {
    // LangChain asks for several answers at a time; the list is mostly one of one list.
    const [first] = input;
    return input.length === 1 && Array.isArray(first) && objectOf(first[0]) !== null ? first : input;
  }
  if (input === null) return [];
  const fields = objectOf(input);
  const nested = fields === null ? null : nestedIn(fields);
  if (nested !== null) return listSent(nested);
  if (fields === null || !isAsked(fields)) return [input];
  return [...listOf(fields.chat_history), { role: 'user', message: fields.message ?? null }];
}

/** Cohere's first version: what is asked now, after what was said before. */
function isAsked(fields: JsonObject): boolean {
  return typeof fields.message === 'string' && fields.role === undefined;
}

/** The messages among the parameters of a call; null where there are none. */
function nestedIn(fields: JsonObject): JsonValue {
  return (
    fields.input ??
    fields.messages ??
    fields.contents ??
    fields.prompt ??
    // Titan on Bedrock; Hugging Face.
    fields.inputText ??
    fields.inputs ??
    // LangChain; Cohere's embeddings; what puts documents in order.
    fields.prompts ??
    fields.texts ??
    (Array.isArray(fields.documents) ? fields.query : null) ??
    null
  );
}

/** The same response with the first of its choices alone, which speaks for all in a list. */
export function firstChoiceOf(response: JsonValue): JsonValue {
  const fields = objectOf(response);
  if (fields === null) return response;
  if (listOf(fields.choices).length > 1) return { ...fields, choices: listOf(fields.choices).slice(0, 1) };
  return listOf(fields.candidates).length > 1
    ? { ...fields, candidates: listOf(fields.candidates).slice(0, 1) }
    : response;
}

/** The answer's messages. `response_content` is added where the response itself shows no text. */
export function parseAnswer(response: JsonValue | null, response_content: string | null): Message[] {
  const messages = response === null ? [] : parseResponse(response);
  const text = parseParts(response_content ?? undefined);
  const isTextShown = messages.some(({ parts }) => parts.some(({ kind }) => kind === 'text'));
  return isTextShown || text.length === 0 ? messages : [...messages, messageOf('assistant', text)];
}

function parseResponse(given: JsonValue): Message[] {
  const response = withPieces(given);
  if (typeof response === 'string') {
    const answer = bodyOf(response);
    if (answer !== null) return parseResponse(answer);
    return response === '' ? [] : [messageOf('assistant', parseParts(response))];
  }
  if (Array.isArray(response)) {
    const [only] = response;
    if (response.length === 1 && typeof only === 'string') return parseResponse(only);
    const body = response.length > 1 || isAnswerOf(objectOf(only)) ? bodyOf(response) : null;
    if (body !== null) {
      const messages = parseResponse(body);
      return Array.isArray(body.choices) || Array.isArray(body.candidates) ? messages.map(joinParts) : messages;
    }
    if (response.length === 1 && Array.isArray(objectOf(only)?.generated_text)) return parseResponse(only ?? null);
    const texts = response.map((item) => (typeof item === 'string' ? item : textOf(objectOf(item)?.generated_text)));
    if (texts.length > 0 && texts.every((text) => text !== null))
      return [messageOf('assistant', parseParts(texts.join('')))];
    return response.map(parseAnswerItem);
  }
  const outer = objectOf(response);
  if (outer === null) return [messageOf('output', [{ kind: 'json', value: response }])];
  const fields = innerMessage(unwrapAnswer(outer));
  if (listOf(fields.choices).length > 0) {
    // Perplexity names its sources beside the choices.
    const messages = withSources(
      parseChoices(listOf(fields.choices), readChoice),
      fields.search_results ?? fields.citations,
    );
    const related = listOf(fields.related_questions);
    return related.length === 0
      ? messages
      : withParts(messages, [{ kind: 'json', value: { related_questions: [...related] } }]);
  }
  if (listOf(fields.candidates).length > 0) return parseChoices(listOf(fields.candidates), readCandidate);
  // Replicate streams its words in a list; Mistral's agents call it outputs.
  const output = listOf(fields.output).length > 0 ? listOf(fields.output) : listOf(fields.outputs);
  if (output.length > 0) return output.every(isString) ? parseResponse(output.join('')) : output.map(parseAnswerItem);
  const made = MADE_LISTS.map((name) => listOf(fields[name]))
    .find((list) => list.length > 0)
    ?.map(readMade);
  if (made?.every((parts) => parts !== null)) return [messageOf('assistant', made.flat())];
  const generations = GENERATIONS.map((name) => listOf(fields[name]).flat()).find((list) => list.length > 0);
  if (generations !== undefined) return parseChoices(generations, readGeneration);
  // LangGraph gives back the whole talk, as Hugging Face does; the AI SDK what it added.
  const talk = listOf(fields.messages ?? fields.generated_text);
  if (talk.length > 0) return talk.slice(talk.findLastIndex(isOfUser) + 1).map(parseAnswerItem);
  // Bedrock: {output: {message}}; Ollama and Cohere: {message}.
  const message = objectOf(objectOf(fields.output)?.message) ?? objectOf(fields.message);
  if (message !== null) return [parseWithRole(message, textOf(message.role) ?? 'assistant')];
  const isMessage = ['content', 'parts', 'tool_calls', 'toolCalls', 'refusal'].some((name) =>
    Object.hasOwn(fields, name),
  );
  // Cloudflare has its words beside its calls.
  if (isMessage)
    return [parseWithRole({ content: fields.response ?? null, ...fields }, textOf(fields.role) ?? 'assistant')];
  // Anthropic's first endpoint has words of its own, and so has the last line of Claude Code.
  const result = fields.type === 'result' ? textOf(fields.result) : null;
  if (textOf(fields.type) !== null && textOf(fields.completion) === null && result === null)
    return [parseMessage(fields)];
  const text =
    result ?? TEXTS.map((name) => textOf(fields[name])).find((one) => one !== null) ?? textOfResults(fields.results);
  // Ollama's other endpoint thinks, too.
  const thoughts = text === null ? [] : reasoningParts(textOf(fields.thinking));
  // Embeddings and the like: no message, but what came back.
  // Cohere's first version cites documents that stand beside the text.
  const sources = parseCitations(fields.documents);
  return [
    text === null
      ? messageOf('output', [{ kind: 'json', value: fields }])
      : messageOf('assistant', [...thoughts, ...parseParts(text), ...sources]),
  ];
}

/** Where an answer that is but a text has it: Responses, Anthropic, Ollama, Llama on Bedrock, Hugging Face, Baidu. */
const TEXTS = ['output_text', 'text', 'completion', 'response', 'generation', 'generated_text', 'result'] as const;
/** Where several answers are: LangChain and Cohere, AI21, Vertex, Haystack. */
const GENERATIONS = ['generations', 'completions', 'predictions', 'replies'] as const;

/** Where pictures that were made are: OpenAI, Google's library, fal, Imagen, Stability. */
export const MADE_LISTS = [
  'data',
  'generatedImages',
  'generated_images',
  'images',
  'predictions',
  'artifacts',
] as const;
const MADE_BYTES = ['b64_json', 'bytesBase64Encoded', 'imageBytes', 'image_bytes', 'base64'] as const;

/** A list of one whole answer, and not of one message. */
function isAnswerOf(fields: JsonObject | null): boolean {
  return Array.isArray(fields?.choices) || Array.isArray(fields?.candidates);
}

function isString(value: JsonValue): value is string {
  return typeof value === 'string';
}

/** Titan on Bedrock, watsonx. */
function textOfResults(results: JsonValue | undefined): string | null {
  const texts = listOf(results).map(
    (one) => textOf(objectOf(one)?.outputText) ?? textOf(objectOf(one)?.generated_text),
  );
  return texts.length > 0 && texts.every((text) => text !== null) ? texts.join('') : null;
}

/** An image that was made, with the words that it was made of; null for what is none. */
function readMade(item: JsonValue): Part[] | null {
  const outer = objectOf(item);
  const fields = objectOf(outer?.image) ?? outer;
  const data = MADE_BYTES.map((name) => textOf(fields?.[name])).find((bytes) => bytes !== null) ?? null;
  const url = textOf(fields?.url);
  if (fields === null || (data === null && url === null)) return null;
  const image = parseMedia('image', { ...fields, data, url });
  return [image, ...parseParts(outer?.revised_prompt)];
}

/** Words and thoughts that were streamed: each piece of a list is a part of its own. */
function joinParts(message: Message): Message {
  const parts: Part[] = [];
  for (const part of message.parts) {
    const before = parts.at(-1);
    if (part.kind === 'text' && before?.kind === 'text')
      parts[parts.length - 1] = { ...before, text: before.text + part.text };
    else if (part.kind === 'reasoning' && before?.kind === 'reasoning')
      parts[parts.length - 1] = { ...before, text: before.text + part.text };
    else parts.push(part);
  }
  return { ...message, parts };
}

function parseAnswerItem(item: JsonValue): Message {
  const fields = objectOf(item);
  const message = objectOf(fields?.message);
  if (message !== null) return readAnswer(message);
  // Mistral on Bedrock
  const isText = fields !== null && fields.type === undefined && typeof fields.text === 'string';
  return isText ? readAnswer(fields) : parseMessage(item, 'assistant');
}

function readAnswer(message: JsonObject): Message {
  const inner = innerMessage(message);
  return parseWithRole(inner, textOf(inner.role) ?? 'assistant');
}

/** One of several answers: a message, a text, or a prediction of which nobody says what it is. */
function readGeneration(generation: JsonObject): Message {
  const message = objectOf(generation.message) ?? objectOf(generation.data) ?? generation;
  const read = readAnswer(message);
  const isRead = read.parts.some(({ kind }) => kind !== 'json');
  return isRead ? read : messageOf('output', [{ kind: 'json', value: generation }]);
}

/** What belongs to no choice, after what the first of them says. */
function withParts([first, ...others]: readonly Message[], parts: readonly Part[]): Message[] {
  return first === undefined ? [] : [{ ...first, parts: [...first.parts, ...parts] }, ...others];
}

/** The sources after what the first choice says, where it names none itself. */
function withSources(messages: Message[], annotations: JsonValue | undefined): Message[] {
  const [first, ...others] = messages;
  if (first === undefined || first.parts.some(({ kind }) => kind === 'citations')) return messages;
  const sources = parseCitations(annotations);
  return sources.length === 0 ? messages : [{ ...first, parts: [...first.parts, ...sources] }, ...others];
}

function parseChoices(choices: readonly JsonValue[], read: (choice: JsonObject) => Message): Message[] {
  return choices.map((choice, index) => {
    const fields = objectOf(choice);
    const message = fields === null ? messageOf('assistant', parseParts(choice)) : read(fields);
    return choices.length > 1 ? { ...message, name: `choice ${index + 1}` } : message;
  });
}

function readChoice(choice: JsonObject): Message {
  const message = objectOf(choice.message) ?? objectOf(choice.delta);
  if (message !== null) {
    const read = parseWithRole(message, textOf(message.role) ?? 'assistant');
    // Azure says beside an empty message why it is empty.
    const isFiltered = read.parts.length === 0 && objectOf(choice.content_filter_results) !== null;
    return isFiltered ? messageOf(read.role, [{ kind: 'json', value: choice }]) : read;
  }
  // Legacy completions.
  if (typeof choice.text === 'string') return messageOf('assistant', parseParts(choice.text));
  return messageOf('assistant', [{ kind: 'json', value: choice }]);
}

/** Gemini: the content may be missing, as where the answer was blocked. */
function readCandidate(candidate: JsonObject): Message {
  const content = objectOf(candidate.content);
  if (content === null) return messageOf('assistant', [{ kind: 'json', value: candidate }]);
  if (listOf(content.parts).length === 0) return messageOf('assistant', [{ kind: 'json', value: candidate }]);
  const message = parseWithRole(content, 'assistant');
  const grounding = objectOf(candidate.groundingMetadata ?? candidate.grounding_metadata);
  const cited = objectOf(candidate.citationMetadata ?? candidate.citation_metadata);
  const sources =
    grounding?.groundingChunks ?? grounding?.grounding_chunks ?? cited?.citationSources ?? cited?.citations;
  const queries = listOf(grounding?.webSearchQueries ?? grounding?.web_search_queries);
  const searched = queries.length === 0 ? [] : [toolCall(undefined, 'google_search', [...queries])];
  return withSources([{ ...message, parts: [...searched, ...message.parts] }], sources)[0] ?? message;
}
