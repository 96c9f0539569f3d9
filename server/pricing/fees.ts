/** Fees beside the tokens: what the provider ran for a call, read from the answer. Pure. */
import { bodyOf } from '#shared/conversation/answerBody';
import { listOf, objectOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';

export interface Fees {
  readonly web_searches: number;
  /** Searches in files or stores of the provider. */
  readonly file_searches: number;
  /** True where a tool made images, which are billed one by one. */
  readonly hasImages: boolean;
  /** True where something was, or may have been, billed that cannot be counted: containers, grounding. */
  readonly hasUnknown: boolean;
}

export interface FeeSources {
  readonly response: JsonValue;
  readonly tools: JsonValue;
  readonly parameters: JsonObject | null;
}

const NO_FEES: Fees = { web_searches: 0, file_searches: 0, hasImages: false, hasUnknown: false };
const UNKNOWN: Fees = { ...NO_FEES, hasUnknown: true };

/** Items of a Responses answer, and blocks of LangChain, that name a call and have no fee: what they use is in the tokens, or the caller runs it. */
const FREE_CALLS = new Set([
  'function_call',
  'custom_tool_call',
  'tool_call',
  'computer_call',
  'local_shell_call',
  'apply_patch_call',
  'mcp_call',
  'tool_search_call',
]);
/** Actions of a web search that only read what was found. */
const READING: ReadonlySet<unknown> = new Set(['open_page', 'find_in_page']);
/** Anthropic's tools that its server runs for the price of their tokens. */
const FREE_SERVER_TOOLS: ReadonlySet<unknown> = new Set([
  'web_fetch',
  'tool_search_tool_regex',
  'tool_search_tool_bm25',
]);
/**
 * Tools that the provider runs, by their types and by the members that name them. `builtin_function` is Moonshot's; the
 * AI SDK and OpenRouter put a provider before the name.
 */
const BILLED_TYPES =
  /^(?:[a-z-]+[.:])?(?:web_search|file_search|google_search|google_maps|enterprise_web_search|code_interpreter|code_execution|image_generation|x_search|live_search|collections_search|document_search|shell|browser_|bing_|builtin_function)/;
const BILLED_MEMBERS =
  /^(?:google_?search|google_?search_?retrieval|google_?maps|enterprise_?web_?search|retrieval|file_?search|system_?tool)$/i;

/** Where the answer is not kept, offered tools may have been used: that is unknown. */
export function readFees({ response, tools, parameters }: FeeSources): Fees {
  if (asksForSearch(parameters)) return UNKNOWN;
  const fees = readAnswer(response);
  const grounding = readGrounding(bodyOf(response) ?? {});
  if (fees !== null || grounding.hasUnknown) return sum([grounding, fees ?? NO_FEES]);
  const { extra_body, config } = parameters ?? {};
  const offers = [parameters, objectOf(extra_body), objectOf(config), objectOf(response)].map((one) => one?.tools);
  return [tools, ...offers].some(offersBilledTool) ? UNKNOWN : NO_FEES;
}

/** What makes a chat search without a tool: OpenAI's search models, OpenRouter's plugins, xAI's live search, Qwen's switch. */
function asksForSearch(parameters: JsonObject | null): boolean {
  if (parameters === null) return false;
  const { web_search_options, plugins, search_parameters, enable_search, extra_body } = parameters;
  const live = objectOf(search_parameters);
  // What the OpenAI client for Python sends besides its own parameters.
  if (asksForSearch(objectOf(extra_body))) return true;
  const isPlugged = Array.isArray(plugins) && plugins.length > 0;
  return (
    isPlugged ||
    enable_search === true ||
    objectOf(web_search_options) !== null ||
    (live !== null && live.mode !== 'off')
  );
}

/** Null where the answer does not show what was called. */
function readAnswer(response: JsonValue): Fees | null {
  if (Array.isArray(response)) return sum(response.map(readPiece));
  const answer = bodyOf(response);
  if (answer === null) return null;
  if (Array.isArray(answer.choices)) return sum(answer.choices.map(readChoice));
  if (Array.isArray(answer.candidates)) return sum(answer.candidates.map(readCandidate));
  if (Array.isArray(answer.output)) return sum(answer.output.map(readItem));
  if (Array.isArray(answer.content)) return readBlocks(answer.content);
  return LAST_EVENT.test(typeof answer.type === 'string' ? answer.type : '')
    ? readAnswer(answer.response ?? null)
    : null;
}

/** It has the whole answer in it. */
const LAST_EVENT = /^response\.(?:completed|incomplete|failed)$/;

/** Of an answer in pieces: a chunk or an event of a stream, or an item. */
function readPiece(value: JsonValue): Fees {
  const block = objectOf(objectOf(value)?.content_block);
  return readAnswer(value) ?? (block === null ? readItem(value) : readBlocks([block]));
}

function sum(all: readonly Fees[]): Fees {
  return all.reduce(
    (total, fees) => ({
      web_searches: total.web_searches + fees.web_searches,
      file_searches: total.file_searches + fees.file_searches,
      hasImages: total.hasImages || fees.hasImages,
      hasUnknown: total.hasUnknown || fees.hasUnknown,
    }),
    NO_FEES,
  );
}

/** An item of OpenAI's Responses. */
function readItem(value: JsonValue): Fees {
  const item = objectOf(value);
  const type = typeof item?.type === 'string' ? item.type : '';
  // Whether a search that failed is billed, nobody says.
  const hasFailed = item?.status === 'failed';
  if (type === 'web_search_call') {
    if (READING.has(objectOf(item?.action)?.type)) return NO_FEES;
    return hasFailed ? UNKNOWN : { ...NO_FEES, web_searches: 1 };
  }
  if (type === 'file_search_call') return hasFailed ? UNKNOWN : { ...NO_FEES, file_searches: 1 };
  if (type === 'image_generation_call') return { ...NO_FEES, hasImages: true };
  if (Array.isArray(item?.content)) return readBlocks(item.content);
  return type.endsWith('_call') && !FREE_CALLS.has(type) ? UNKNOWN : NO_FEES;
}

/** Chat completions say of a search only what was cited. Groq lists what its systems ran. */
function readChoice(value: JsonValue): Fees {
  const choice = objectOf(value);
  const message = objectOf(choice?.message) ?? objectOf(choice?.delta) ?? {};
  const { annotations, executed_tools, content, tool_calls } = message;
  const isBuiltIn = Array.isArray(tool_calls) && tool_calls.some(isBilledCall);
  const isCited =
    Array.isArray(annotations) && annotations.some((annotation) => objectOf(annotation)?.type === 'url_citation');
  if (isCited || isBuiltIn || (Array.isArray(executed_tools) && executed_tools.length > 0)) return UNKNOWN;
  return Array.isArray(content) ? readBlocks(content) : NO_FEES;
}

/** Moonshot's own functions, and what spans say that the provider ran. */
function isBilledCall(value: JsonValue): boolean {
  const call = objectOf(value);
  const isFree = FREE_SERVER_TOOLS.has(objectOf(call?.function)?.name);
  return call?.type === 'builtin_function' || (call?.provider_executed === true && !isFree);
}

/** Gemini: the first groundings of a day are free, so that one call does not say what it costs. */
function readCandidate(value: JsonValue): Fees {
  const candidate = objectOf(value);
  const grounding = objectOf(candidate?.groundingMetadata) ?? objectOf(candidate?.grounding_metadata);
  const isGrounded =
    grounding !== null &&
    Object.entries(grounding).some(([name, found]) => isShown(name) || (Array.isArray(found) && found.length > 0));
  return isGrounded ? UNKNOWN : NO_FEES;
}

/** The words to show with what was searched; other objects are there without a search, too. */
function isShown(name: string): boolean {
  return name === 'searchEntryPoint' || name === 'search_entry_point';
}

/** LiteLLM, LangChain and the AI SDK keep what Gemini has at a candidate beside the answer. */
function readGrounding(answer: JsonObject): Fees {
  const { vertex_ai_grounding_metadata, response_metadata, providerMetadata, sources } = answer;
  // The AI SDK 4 has no blocks.
  if (listOf(sources).some((source) => objectOf(source)?.sourceType === 'url')) return UNKNOWN;
  const all = [
    ...(Array.isArray(vertex_ai_grounding_metadata) ? vertex_ai_grounding_metadata : []),
    objectOf(response_metadata)?.grounding_metadata,
    objectOf(objectOf(providerMetadata)?.google)?.groundingMetadata,
  ];
  return sum(all.map((grounding) => readCandidate({ groundingMetadata: grounding ?? null })));
}

/**
 * Anthropic: a search that ended in an error is not billed. LangChain has items of Responses among its blocks; the AI SDK
 * tells what the provider ran, and the sources that were found.
 */
function readBlocks(blocks: readonly JsonValue[]): Fees {
  let web_searches = 0;
  let hasUnknown = false;
  const others: Fees[] = [];
  for (const value of blocks) {
    const block = objectOf(value);
    if (block?.type === 'server_tool_use') {
      if (block.name === 'web_search') web_searches++;
      else if (!FREE_SERVER_TOOLS.has(block.name)) hasUnknown = true;
    } else if (block?.type === 'web_search_tool_result' && !Array.isArray(block.content)) {
      web_searches--;
    } else if (isBilledByAiSdk(block)) {
      hasUnknown = true;
    } else if (typeof block?.type === 'string' && block.type.endsWith('_call')) {
      others.push(readItem(block));
    }
  }
  return sum([...others, { ...NO_FEES, web_searches: Math.max(web_searches, 0), hasUnknown }]);
}

function isBilledByAiSdk(block: JsonObject | null): boolean {
  if (block?.type === 'source') return block.sourceType !== 'document';
  return block?.providerExecuted === true && !FREE_SERVER_TOOLS.has(block.toolName);
}

function offersBilledTool(tools: JsonValue | undefined): boolean {
  // Gemini takes one without a list.
  return (Array.isArray(tools) ? tools : [tools]).some((value) => {
    const tool = objectOf(value);
    if (tool === null) return false;
    const isBilled = [tool.type, tool.type === 'function' ? null : tool.id].some(
      (name) => typeof name === 'string' && BILLED_TYPES.test(name),
    );
    return isBilled || Object.keys(tool).some((name) => BILLED_MEMBERS.test(name));
  });
}

/** The types of the tools of a call, such as `web_search_preview`. */
export function listToolTypes(tools: JsonValue | undefined): string[] {
  return Array.isArray(tools)
    ? tools.flatMap((value) => {
        const type = objectOf(value)?.type;
        return typeof type === 'string' ? [type] : [];
      })
    : [];
}
