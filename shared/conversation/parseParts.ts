/**
 * The content of a message as parts: chat completions, Responses, Anthropic Messages, Gemini contents, Bedrock Converse,
 * the AI SDK, and the `parts` of OpenTelemetry's GenAI conventions.
 */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { parseCitations } from './citations.ts';
import {
  callIdOf,
  joinTexts,
  objectOf,
  type Part,
  readCall,
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

/** The result of a tool, in whatever it is wrapped. */
export function toolResult(
  callId: JsonValue | undefined,
  name: JsonValue | undefined,
  content: JsonValue | undefined,
  isError: boolean,
): ToolResult {
  return { kind: 'tool_result', callId: textOf(callId), name: textOf(name), isError, parts: parseResult(content) };
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
  const type = typeOf(fields);
  const parts = type === null ? parseUntyped(fields) : parseTyped(type, fields);
  return parts === null || isEmptyMedia(parts) ? [{ kind: 'json', value: part }] : parts;
}

/** A picture or file of which nothing was found: what stands there instead would not be seen. */
function isEmptyMedia([first, ...others]: readonly Part[]): boolean {
  if (first?.kind !== 'media' || others.length > 0) return false;
  return first.data === null && first.location === null && first.sizeBytes === null;
}

/** LlamaIndex, Pydantic AI, Semantic Kernel and .NET have names of their own for it. */
function typeOf(fields: JsonObject): string | null {
  const type = fields.type ?? fields.block_type ?? fields.part_kind ?? fields.content_type ?? fields.$type;
  return textOf(type) ?? (CONTENT_KINDS.has(textOf(fields.kind) ?? '') ? textOf(fields.kind) : null);
}

/** What Pydantic AI puts between the words of a prompt. */
const CONTENT_KINDS = new Set(['image-url', 'audio-url', 'video-url', 'document-url', 'binary']);

/** Null where the type is not known, or does not hold what it should. */
function parseTyped(type: string, fields: JsonObject): Part[] | null {
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'summary_text':
    case 'user-prompt':
      return parseText(fields);
    case 'system-prompt':
      return parseText(fields)?.map((part) => (part.kind === 'text' ? { ...part, isInstruction: true } : part)) ?? null;
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
    case 'image-data':
    case 'image-url':
    case 'image-file-id':
      return [parseMedia('image', fields)];
    case 'input_audio':
    case 'output_audio':
    case 'audio':
    case 'audio-url':
      return parseAudio(fields);
    case 'video_url':
    case 'video':
    case 'video-url':
      return [parseMedia('video', fields)];
    case 'document':
    case 'search_result':
    // LangChain; LlamaIndex; what an MCP server holds.
    case 'text-plain':
    case 'citable':
    case 'resource':
      return parseDocument(objectOf(fields.document) ?? objectOf(fields.resource) ?? fields);
    case 'file':
    case 'input_file':
    case 'document_url':
    case 'blob':
    case 'uri':
    case 'media':
    case 'container_upload':
    case 'resource_link':
    case 'file-data':
    case 'file-url':
    case 'file-id':
    case 'document-url':
    case 'binary':
      return [parseMedia(modalityOf(fields), fields)];
    // .NET: a data URL, where the AI SDK has data of the application's own.
    case 'data':
      return textOf(fields.uri) === null ? null : [parseMedia('file', fields)];
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
    case 'tool_call':
    case 'tool-call':
    case 'server_tool_call':
    case 'builtin-tool-call':
    case 'function_call':
    case 'functionCall':
      return [
        readCall(
          objectOf(fields.server_tool_call) === null ? fields : { ...fields, input: fields.server_tool_call ?? null },
        ),
      ];
    case 'tool-return':
    case 'builtin-tool-return':
    case 'tool-result':
    case 'tool-error':
    case 'tool_call_response':
    case 'server_tool_call_response':
    case 'function_call_output':
    case 'functionResult':
      return [readResult(fields)];
    case 'dynamic-tool':
      return withResult(fields);
    case 'tool-invocation':
      return withResult(objectOf(fields.toolInvocation) ?? fields);
    // Pydantic AI: a tool is asked again, or an answer that fits nothing.
    case 'retry-prompt':
      return callIdOf(fields) === undefined ? parseText(fields) : [{ ...readResult(fields), isError: true }];
    // The AI SDK's mark between two steps.
    case 'step-start':
      return [];
    // The AI SDK: it names a call, and is none.
    case 'tool-approval-request':
    case 'tool-approval-response':
      return null;
    case 'source':
    case 'source-url':
    case 'source-document':
      return parseCitations([fields]);
    default:
      // Each tool that Anthropic's server runs has a type of its own for what came back.
      if (type === 'tool_result' || type.endsWith('_tool_result')) return [readResult(fields)];
      // The AI SDK names the tool in the type of what it asks and gives.
      if (type.startsWith('tool-') && 'toolCallId' in fields)
        return withResult({ toolName: type.slice('tool-'.length), ...fields });
      return parseUntyped(fields);
  }
}

/** What a tool gave, in the words of any library. */
function readResult(fields: JsonObject): ToolResult {
  const content =
    fields.content ??
    fields.response ??
    fields.result ??
    fields.output ??
    fields.errorText ??
    (fields.type === 'tool-error' ? fields.error : undefined) ??
    fields.server_tool_call_response;
  const isError =
    fields.is_error === true ||
    fields.isError === true ||
    fields.error === true ||
    fields.status === 'error' ||
    fields.state === 'output-error' ||
    fields.type === 'tool-error' ||
    /[-_]error$|^error-/.test(textOf(objectOf(content)?.type) ?? '');
  return toolResult(
    callIdOf(fields) ?? fields.id,
    fields.name ?? fields.toolName ?? fields.tool_name,
    content,
    isError,
  );
}

/** A call with what came of it, if anything did yet. */
function withResult(fields: JsonObject): Part[] {
  const hasResult = [fields.result, fields.output, fields.errorText].some((value) => (value ?? null) !== null);
  return hasResult ? [readCall(fields), readResult(fields)] : [readCall(fields)];
}

/** Gemini and Bedrock name a part by the member that it has. */
function parseUntyped(fields: JsonObject): Part[] | null {
  if (typeof fields.text === 'string' && isOnlyText(fields)) {
    return fields.thought === true ? reasoningParts(fields.text) : parseText(fields);
  }
  const image = fields.inline_data ?? fields.inlineData ?? fields.file_data ?? fields.fileData;
  if (image !== undefined) return [parseMedia('file', image)];
  const picture = fields.image ?? fields.image_url;
  if (picture !== undefined) return [parseMedia('image', picture)];
  if (fields.audio !== undefined) return [parseMedia('audio', fields.audio)];
  if (fields.video !== undefined) return [parseMedia('video', fields.video)];
  if (fields.document !== undefined) return parseDocument(objectOf(fields.document) ?? fields);
  const call = objectOf(fields.functionCall ?? fields.function_call);
  if (call !== null) return [toolCall(call.id, call.name, call.args ?? call.arguments)];
  const response = objectOf(fields.functionResponse ?? fields.function_response);
  if (response !== null) {
    const given = toolResult(response.id, response.name, response.response, false);
    return [{ ...given, parts: [...given.parts, ...parseParts(response.parts)] }];
  }
  const use = objectOf(fields.toolUse);
  if (use !== null) return [toolCall(use.toolUseId, use.name, use.input)];
  const result = objectOf(fields.toolResult);
  if (result !== null) return [toolResult(result.toolUseId, null, result.content, result.status === 'error')];
  const reasoning = objectOf(fields.reasoningContent);
  if (reasoning !== null) return thoughts(textOf(objectOf(reasoning.reasoningText)?.text) ?? textOf(reasoning.text));
  // Haystack.
  const thought = textOf(objectOf(fields.reasoning)?.reasoning_text);
  if (thought !== null) return thoughts(thought);
  const code = objectOf(fields.executableCode ?? fields.executable_code);
  if (code !== null) return [toolCall(null, 'code_execution', code.code)];
  const output = objectOf(fields.codeExecutionResult ?? fields.code_execution_result);
  if (output !== null) return [toolResult(null, 'code_execution', output.output, isFailedOutcome(output.outcome))];
  // Haystack
  const called = objectOf(fields.tool_call);
  if (called !== null) return [readCall(called)];
  const given = objectOf(fields.tool_call_result);
  if (given !== null) return [readResult({ ...objectOf(given.origin), ...given })];
  const found = objectOf(fields.searchResult);
  if (found !== null) return parseDocument(found);
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

/** What was heard or said, and the sound, where it is there. */
export function parseAudio(fields: JsonObject): Part[] {
  const transcript = textOf(fields.transcript);
  const sound = parseMedia('audio', fields);
  // A transcript has an id, which is no place to find the sound at.
  const isThere = sound.data !== null || sound.sizeBytes !== null || transcript === null;
  return [...(transcript === null ? [] : [textPart(transcript)]), ...(isThere ? [sound] : [])];
}

/**
 * A document of Anthropic, Bedrock or Cohere: words as they are, a list of parts, or a file. Its title stands before it,
 * with what else is said of it.
 */
function parseDocument(fields: JsonObject): Part[] {
  const source = objectOf(fields.source) ?? fields;
  const type = textOf(fields.document_mimetype);
  const isWords = type === null || type.startsWith('text/');
  const isPlain = source.type === 'text' || (fields.source === undefined && isWords);
  // Cohere's first version takes what a search found.
  const text = textOf(source.text) ?? (isPlain ? (textOf(source.data) ?? textOf(source.snippet)) : null);
  const held = text === null ? parseParts(isFileOf(source) ? undefined : source.content) : [textPart(text)];
  const words = held.flatMap((part): Part[] => (part.kind === 'text' ? [{ ...part, isDocument: true }] : [part]));
  const title = textOf(fields.title) ?? textOf(fields.name) ?? textOf(fields.id);
  const context = textOf(fields.context);
  const about: Part[] = context === null ? [] : [{ kind: 'text', text: context, isDocument: true }];
  const object =
    isPlain && objectOf(source.data) !== null ? [{ kind: 'json', value: source.data ?? null } as const] : [];
  if (words.length === 0 && object.length === 0) return [parseMedia('file', fields), ...about];
  const address = textOf(fields.source) ?? textOf(fields.uri) ?? title;
  const head: Part[] = address === null ? [] : [parseMedia('file', { title, url: address })];
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
  'state',
  'mediaResolution',
  'media_resolution',
  'videoMetadata',
  'block_type',
  'content_type',
  'part_kind',
  '$type',
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
  // Pydantic AI has pictures and files between its words.
  if (Array.isArray(given)) return parseParts(given);
  const text = given;
  if (typeof text !== 'string') return null;
  const citations = parseCitations(fields.annotations ?? fields.citations);
  return text === '' ? citations : [textPart(text), ...citations];
}

/** One text, or Mistral's list of them; an item of the Responses endpoint has a summary. */
function parseThinking(fields: JsonObject): Part[] {
  const { thinking, reasoning, text, content, summary, signature } = fields;
  const said = [thinking, reasoning, text, content, summary].map((one) => joinTexts(one)).find((one) => one !== null);
  if (said !== undefined) return reasoningParts(said);
  // Anthropic signs thoughts that it does not show.
  return textOf(signature) === null ? [{ kind: 'json', value: fields }] : thoughts(null);
}

/** Thoughts, which a provider may have kept to itself. */
function thoughts(text: string | null): Part[] {
  return [{ kind: 'reasoning', text: text ?? '' }];
}

/** Names of Gemini's REST, or its numbers: 1 is fine, 2 and 3 failed. */
function isFailedOutcome(outcome: JsonValue | undefined): boolean {
  return typeof outcome === 'string' ? /FAILED|DEADLINE/.test(outcome) : typeof outcome === 'number' && outcome > 1;
}

function modalityOf(fields: JsonObject): 'image' | 'audio' | 'video' | 'file' {
  const { modality } = fields;
  return modality === 'image' || modality === 'audio' || modality === 'video' ? modality : 'file';
}
