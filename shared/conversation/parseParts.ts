/**
 * The content of a message as parts: chat completions, Responses, Anthropic Messages, Gemini contents, Bedrock Converse,
 * the AI SDK, and the `parts` of OpenTelemetry's GenAI conventions.
 */
import type { JsonObject, JsonValue } from '#shared/primitives';
import {
  type Citation,
  listOf,
  objectOf,
  type Part,
  reasoningParts,
  textOf,
  textPart,
  toolCall,
  type ToolResult,
} from './part.ts';
import { parseMedia } from './parseMedia.ts';

/** `content` of a message: text, a list of parts, one part, or nothing. */
export function parseParts(content: JsonValue | undefined): Part[] {
  if (content === null || content === undefined || content === '') return [];
  if (typeof content === 'string') return [textPart(content)];
  if (Array.isArray(content)) return content.flatMap(parsePart);
  return parsePart(content);
}

/** Sources that an answer names: of a web search, of documents. What names none in a way that we know is JSON. */
export function parseCitations(annotations: JsonValue | undefined): Part[] {
  const given = listOf(annotations);
  const sources = given.map(readCitation);
  const known = sources.filter((source) => source !== null);
  const unknown = given.filter((_, index) => sources[index] === null);
  return [
    ...(known.length === 0 ? [] : [{ kind: 'citations', sources: known } as const]),
    ...unknown.map((value) => ({ kind: 'json', value }) as const),
  ];
}

/** Names under which a citation nests what it cites. */
const CITED = ['url_citation', 'file_citation', 'container_file_citation', 'web', 'retrievedContext'] as const;

function readCitation(annotation: JsonValue): Citation | null {
  const address = textOf(annotation);
  if (address !== null) return { title: null, url: address, quote: null };
  const outer = objectOf(annotation);
  if (outer === null) return null;
  const nested = CITED.map((name) => objectOf(outer[name])).find((inner) => inner !== null);
  const fields = nested ?? outer;
  const title =
    textOf(fields.title) ?? textOf(fields.document_title) ?? textOf(fields.filename) ?? textOf(fields.file_id);
  const url = textOf(fields.url) ?? textOf(fields.uri);
  const quote = textOf(fields.cited_text) ?? textOf(fields.snippet) ?? textOf(fields.content);
  return title === null && url === null && quote === null ? null : { title, url, quote };
}

/** The result of a tool, in whatever it is wrapped. */
export function toolResult(
  callId: JsonValue | undefined,
  name: JsonValue | undefined,
  content: JsonValue | undefined,
  isError: boolean,
): ToolResult {
  return { kind: 'tool_result', callId: textOf(callId), name: textOf(name), isError, parts: parseResult(content) };
}

/** Texts of a list of thoughts: strings, or objects that hold one. */
export function joinTexts(value: JsonValue | undefined, separator = '\n\n'): string | null {
  if (typeof value === 'string') return textOf(value);
  const texts = listOf(value).map((entry) => {
    const fields = objectOf(entry);
    return textOf(entry) ?? textOf(fields?.text) ?? textOf(fields?.summary) ?? textOf(fields?.thinking);
  });
  return textOf(texts.filter((text) => text !== null).join(separator));
}

/** Text of a tool is text; whatever else it gave is JSON, except for parts that we know. */
function parseResult(content: JsonValue | undefined): Part[] {
  if (content === undefined || content === null) return [];
  const wrapped = objectOf(content);
  if (wrapped?.type === 'computer_screenshot') return [parseMedia('image', wrapped)];
  if (wrapped !== null && 'value' in wrapped && typeof wrapped.type === 'string') {
    // The AI SDK says what kind of value it is.
    return wrapped.type.endsWith('json')
      ? [{ kind: 'json', value: wrapped.value ?? null }]
      : parseResult(wrapped.value);
  }
  if (!Array.isArray(content)) return wrapped === null ? parseParts(content) : [{ kind: 'json', value: content }];
  const lists = content.map((entry) => (objectOf(entry) === null ? null : parsePart(entry)));
  const isOfParts = content.length > 0 && lists.every((parts, index) => isRecognised(parts, content[index]));
  return isOfParts ? lists.flatMap((parts) => parts ?? []) : [{ kind: 'json', value: content }];
}

/** `{json}` is how Bedrock says that it is JSON. */
function isRecognised(parts: readonly Part[] | null, entry: JsonValue | undefined): boolean {
  const [part] = parts ?? [];
  return part !== undefined && (part.kind !== 'json' || 'json' in (objectOf(entry) ?? {}));
}

function parsePart(part: JsonValue): Part[] {
  if (typeof part === 'string') return part === '' ? [] : [textPart(part)];
  const fields = objectOf(part);
  if (fields === null) return [{ kind: 'json', value: part }];
  const type = textOf(fields.type);
  return (type === null ? parseUntyped(fields) : parseTyped(type, fields)) ?? [{ kind: 'json', value: part }];
}

/** Null where the type is not known, or does not hold what it should. */
function parseTyped(type: string, fields: JsonObject): Part[] | null {
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'summary_text':
      return parseText(fields);
    case 'refusal':
      return typeof fields.refusal === 'string' ? [{ kind: 'refusal', text: fields.refusal }] : null;
    case 'thinking':
    case 'reasoning':
    case 'reasoning_text':
      return parseThinking(fields);
    case 'redacted_thinking':
      return [{ kind: 'reasoning', text: '' }];
    case 'image_url':
    case 'input_image':
    case 'image':
    case 'image_file':
      return [parseMedia('image', fields)];
    case 'input_audio':
    case 'audio':
      return [parseMedia('audio', fields)];
    case 'video_url':
    case 'video':
      return [parseMedia('video', fields)];
    case 'document':
      return parseDocument(objectOf(fields.document) ?? fields);
    case 'file':
    case 'input_file':
    case 'blob':
    case 'uri':
    case 'media':
      return [parseMedia(modalityOf(fields), fields)];
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      return [toolCall(fields.id, fields.name, fields.input)];
    case 'tool_call':
    case 'tool-call':
    case 'function_call':
      return [
        toolCall(
          fields.id ?? fields.toolCallId ?? fields.call_id,
          fields.name ?? fields.toolName,
          fields.arguments ?? fields.input ?? fields.args,
        ),
      ];
    case 'tool_result':
    case 'mcp_tool_result':
      return [toolResult(fields.tool_use_id, fields.name, fields.content, fields.is_error === true)];
    case 'tool_call_response':
    case 'tool-result':
    case 'function_call_output':
      return [
        toolResult(
          fields.id ?? fields.toolCallId ?? fields.call_id,
          fields.name ?? fields.toolName,
          fields.response ?? fields.result ?? fields.output,
          fields.isError === true || fields.is_error === true || isErrorOutput(fields.output),
        ),
      ];
    case 'source':
    case 'source-url':
    case 'source-document':
      return parseCitations([fields]);
    default:
      // Anthropic's tools that its server runs, each with a type of its own for what came back.
      if (type.endsWith('_tool_result')) {
        const isError = textOf(objectOf(fields.content)?.type)?.endsWith('_error') === true;
        return [toolResult(fields.tool_use_id, fields.name, fields.content, isError || fields.is_error === true)];
      }
      return parseUntyped(fields);
  }
}

/** Gemini and Bedrock name a part by the member that it has. */
function parseUntyped(fields: JsonObject): Part[] | null {
  if (typeof fields.text === 'string' && isOnlyText(fields)) {
    return fields.thought === true ? reasoningParts(fields.text) : parseText(fields);
  }
  const image = fields.inline_data ?? fields.inlineData ?? fields.file_data ?? fields.fileData;
  if (image !== undefined) return [parseMedia('file', image)];
  if (fields.image !== undefined) return [parseMedia('image', fields.image)];
  if (fields.audio !== undefined) return [parseMedia('audio', fields.audio)];
  if (fields.video !== undefined) return [parseMedia('video', fields.video)];
  if (fields.document !== undefined) return parseDocument(objectOf(fields.document) ?? fields);
  const call = objectOf(fields.functionCall ?? fields.function_call);
  if (call !== null) return [toolCall(call.id, call.name, call.args ?? call.arguments)];
  const response = objectOf(fields.functionResponse ?? fields.function_response);
  if (response !== null) return [toolResult(response.id, response.name, response.response, false)];
  const use = objectOf(fields.toolUse);
  if (use !== null) return [toolCall(use.toolUseId, use.name, use.input)];
  const result = objectOf(fields.toolResult);
  if (result !== null) return [toolResult(result.toolUseId, null, result.content, result.status === 'error')];
  const reasoning = objectOf(fields.reasoningContent);
  if (reasoning !== null)
    return reasoningParts(textOf(objectOf(reasoning.reasoningText)?.text) ?? textOf(reasoning.text));
  const code = objectOf(fields.executableCode ?? fields.executable_code);
  if (code !== null) return [toolCall(null, 'code_execution', code.code)];
  const output = objectOf(fields.codeExecutionResult ?? fields.code_execution_result);
  if (output !== null) return [toolResult(null, 'code_execution', output.output, output.outcome !== 'OUTCOME_OK')];
  const guarded = objectOf(fields.guardContent);
  if (guarded !== null) {
    const text = textOf(objectOf(guarded.text)?.text);
    return text === null ? parseUntyped(guarded) : [textPart(text)];
  }
  const cited = objectOf(fields.citationsContent);
  if (cited !== null) return [...parseParts(cited.content), ...parseCitations(cited.citations)];
  // A mark of Bedrock, with nothing to read.
  if (fields.cachePoint !== undefined && Object.keys(fields).length === 1) return [];
  if ('json' in fields && Object.keys(fields).length === 1) return [{ kind: 'json', value: fields.json ?? null }];
  return null;
}

/**
 * A document of Anthropic, Bedrock or Cohere: words as they are, a list of parts, or a file. Its title stands before it,
 * with what else is said of it.
 */
function parseDocument(fields: JsonObject): Part[] {
  const source = objectOf(fields.source) ?? fields;
  const isPlain = source.type === 'text' || fields.source === undefined;
  const text = textOf(source.text) ?? (isPlain ? textOf(source.data) : null);
  const held = text === null ? parseParts(isFileOf(source) ? undefined : source.content) : [textPart(text)];
  const words = held.flatMap((part): Part[] => (part.kind === 'text' ? [{ ...part, isDocument: true }] : [part]));
  const title = textOf(fields.title) ?? textOf(fields.name) ?? textOf(fields.id);
  const context = textOf(fields.context);
  const about: Part[] = context === null ? [] : [{ kind: 'text', text: context, isDocument: true }];
  const object =
    isPlain && objectOf(source.data) !== null ? [{ kind: 'json', value: source.data ?? null } as const] : [];
  if (words.length === 0 && object.length === 0) return [parseMedia('file', fields), ...about];
  const head: Part[] = title === null ? [] : [parseMedia('file', { title, url: title })];
  return [...head, ...about, ...words, ...object];
}

/** Base64 or an address. */
function isFileOf(source: JsonObject): boolean {
  return source.type === 'base64' || source.type === 'url' || source.type === 'file';
}

/** What may stand beside the text of a part and adds nothing to read. */
const BESIDE_TEXT = new Set([
  'text',
  'type',
  'thought',
  'thoughtSignature',
  'thought_signature',
  'cache_control',
  'annotations',
  'citations',
  'logprobs',
  'id',
  'index',
  'stop_reason',
  'providerOptions',
  'providerMetadata',
]);

function isOnlyText(fields: JsonObject): boolean {
  return Object.keys(fields).every((name) => BESIDE_TEXT.has(name));
}

/** Chat completions say `text`, OpenTelemetry says `content`. */
function parseText(fields: JsonObject): Part[] | null {
  const given = fields.text ?? fields.content;
  // OpenAI's assistants have the text in a `value`, with what it cites.
  const held = objectOf(given);
  if (held !== null && typeof held.value === 'string') return parseText({ ...held, text: held.value });
  const text = given;
  if (typeof text !== 'string') return null;
  const citations = parseCitations(fields.annotations ?? fields.citations);
  return text === '' ? citations : [textPart(text), ...citations];
}

/** One text, or Mistral's list of them; an item of the Responses endpoint has a summary. */
function parseThinking(fields: JsonObject): Part[] {
  const text =
    joinTexts(fields.thinking) ?? joinTexts(fields.text) ?? joinTexts(fields.content) ?? joinTexts(fields.summary);
  return text === null ? [{ kind: 'json', value: fields }] : reasoningParts(text);
}

function modalityOf(fields: JsonObject): 'image' | 'audio' | 'video' | 'file' {
  const { modality } = fields;
  return modality === 'image' || modality === 'audio' || modality === 'video' ? modality : 'file';
}

function isErrorOutput(output: JsonValue | undefined): boolean {
  return objectOf(output)?.type === 'error-text' || objectOf(output)?.type === 'error-json';
}
