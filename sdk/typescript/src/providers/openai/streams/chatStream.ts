/** Chunks of `chat.completions` and legacy `completions`, assembled by choice index and tool call index. */
import { isObject, nonEmptyString } from '../../../runtime/values.js';
import type { JsonValue } from '../../../wire.js';
import { toEventError, type StreamAccumulator } from '../../../record/streamAccumulator.js';
import { ObjectAccumulator, type JsonFields } from './objectAccumulator.js';
import { StreamBudget } from './streamBudget.js';
import type { TextBuffer } from './textBuffer.js';
import { ToolCallList } from './toolCalls.js';

export class ChatStreamAccumulator implements StreamAccumulator {
  error: unknown;
  readonly #top: ObjectAccumulator;
  readonly #choices = new Map<number, Choice>();
  readonly #budget: StreamBudget;
  readonly #object: string;

  /** `object`: the name of the whole answer, `chat.completion` or `text_completion`. */
  constructor(object: string, maxText: number) {
    this.#object = object;
    this.#budget = new StreamBudget(maxText);
    this.#top = new ObjectAccumulator(this.#budget);
  }

  get isTruncated(): boolean {
    return this.#budget.isTruncated;
  }

  get isComplete(): boolean {
    if (this.#choices.size === 0) return false;
    for (const choice of this.#choices.values()) if (choice.finishReason === null) return false;
    return true;
  }

  add(chunk: unknown): boolean {
    if (!isObject(chunk)) return false;
    for (const key in chunk) this.#keepTop(key, chunk[key]);
    const { choices } = chunk;
    if (!Array.isArray(choices)) {
      if (isErrorEvent(chunk)) this.error ??= toEventError(chunk);
      return false;
    }
    let hasContent = false;
    for (let i = 0; i < choices.length; i++) {
      const part: unknown = choices[i];
      if (!isObject(part)) continue;
      const choice = this.#choiceAt(typeof part.index === 'number' ? part.index : i);
      if (choice?.add(part)) hasContent = true;
    }
    return hasContent;
  }

  result(): JsonFields {
    const choices = [...this.#choices].sort(([a], [b]) => a - b).map(([index, choice]) => choice.result(index));
    const { id, ...rest } = this.#top.values;
    return { ...(id === undefined ? {} : { id }), object: this.#object, ...rest, choices };
  }

  /** Identity from the first chunk that has it (Azure begins with empty ones), all else from the last. */
  #keepTop(key: string, value: unknown): void {
    if (value === null || value === undefined || value === '') return;
    const { values } = this.#top;
    // Named one by one: to look them up by a name that varies would cost as much as all else together.
    switch (key) {
      case 'choices':
      case 'object':
      // Random padding against traffic analysis.
      case 'obfuscation':
        return;
      case 'id':
        if (values.id) return;
        break;
      case 'created':
        if (values.created) return;
        break;
      case 'model':
        if (values.model) return;
        break;
      case 'usage':
        this.#top.set(key, joinUsage(values.usage, value));
        return;
      default:
        if (value === values[key]) return;
    }
    this.#top.set(key, value);
  }

  #choiceAt(index: number): Choice | undefined {
    return (
      this.#choices.get(index) ??
      this.#budget.addMember(this.#choices, index, new Choice(this.#budget, this.#object === 'text_completion'))
    );
  }
}

/** Counts may come one by one: the input at first, the output at last. Of those that come again the last ones count. */
function joinUsage(before: unknown, usage: unknown): unknown {
  return isObject(before) && isObject(usage) ? { ...before, ...usage } : usage;
}

/** As servers send it that do not break off the stream; the library throws at an `error` by itself, in most majors. */
function isErrorEvent({ error, object, type }: Record<string, unknown>): boolean {
  return isObject(error) || nonEmptyString(error) !== undefined || object === 'error' || type === 'error';
}

class Choice {
  finishReason: string | null = null;
  readonly #budget: StreamBudget;
  readonly #isLegacy: boolean;
  /** What some providers put beside the message. */
  #own: ObjectAccumulator | undefined;
  readonly #message: ObjectAccumulator;
  /** The text of nearly every chunk, found without looking. */
  #content: TextBuffer | undefined;
  #toolCalls: ToolCallList | undefined;
  #functionCall: ObjectAccumulator | undefined;
  #audio: ObjectAccumulator | undefined;
  #audioLength = 0;
  #logprobs: ObjectAccumulator | undefined;

  constructor(budget: StreamBudget, isLegacy: boolean) {
    this.#budget = budget;
    this.#isLegacy = isLegacy;
    this.#message = new ObjectAccumulator(budget);
  }

  add(part: Record<string, unknown>): boolean {
    this.finishReason = nonEmptyString(part.finish_reason) ?? this.finishReason;
    let hasContent = false;
    for (const key in part) {
      const value = part[key];
      if (value === null || value === undefined) continue;
      // Some servers answer a streamed call in one piece, with a message; Perplexity has all words so far beside each delta.
      if (key === 'message' && Object.keys(part.delta ?? {}).length > 0) continue;
      if (key === 'delta' || key === 'message') hasContent = this.#addDelta(value) || hasContent;
      else if (key === 'text') hasContent = this.#addText('text', value) || hasContent;
      else if (key === 'logprobs') this.#addLogprobs(value);
      else if (key !== 'index' && key !== 'finish_reason')
        (this.#own ??= new ObjectAccumulator(this.#budget)).set(key, value);
    }
    return hasContent;
  }

  result(index: number): JsonValue {
    const base = { index, ...this.#own?.values, finish_reason: this.finishReason };
    // Last, since they may have more values than a record has room for.
    const logprobs = this.#logprobs?.values ?? null;
    if (this.#isLegacy) return { ...base, text: '', ...this.#message.result(), logprobs };
    const message: JsonFields = { role: 'assistant', content: null, refusal: null, ...this.#message.result() };
    if (this.#toolCalls) {
      message.content ||= null;
      message.tool_calls = this.#toolCalls.result();
    }
    if (this.#functionCall) message.function_call = { name: '', arguments: '', ...this.#functionCall.result() };
    if (this.#audio) {
      const bytes = Math.floor((this.#audioLength * 3) / 4);
      message.audio = { transcript: '', ...this.#audio.result(), data: `[base64 audio, ${bytes} bytes]` };
    }
    return { ...base, message, logprobs };
  }

  #addDelta(delta: unknown): boolean {
    if (!isObject(delta)) return false;
    let hasContent = false;
    for (const key in delta) {
      const value = delta[key];
      if (value === null || value === undefined) continue;
      switch (key) {
        case 'role':
          this.#message.values.role = nonEmptyString(value) ?? 'assistant';
          break;
        case 'tool_calls':
          this.#toolCalls ??= new ToolCallList(this.#budget);
          hasContent = this.#toolCalls.add(value) || hasContent;
          break;
        case 'function_call':
          (this.#functionCall ??= new ObjectAccumulator(this.#budget)).add(value);
          hasContent = true;
          break;
        case 'audio':
          this.#addAudio(value);
          hasContent = true;
          break;
        default:
          // `content`, `refusal`, and what other providers stream beside them (`reasoning_content`, `reasoning`).
          if (typeof value === 'string') hasContent = this.#addText(key, value) || hasContent;
          // Lists grow (annotations, reasoning details).
          else if (Array.isArray(value)) this.#message.push(key, value);
          else this.#message.set(key, value);
      }
    }
    return hasContent;
  }

  #addText(key: string, value: unknown): boolean {
    if (typeof value !== 'string') return false;
    const text = key === 'content' ? (this.#content ??= this.#message.textAt(key)) : this.#message.textAt(key);
    text?.add(value);
    return value !== '';
  }

  /** The sound itself is counted, not kept. */
  #addAudio(value: object): void {
    const { data, ...rest } = value as { data?: unknown };
    if (typeof data === 'string') this.#audioLength += data.length;
    (this.#audio ??= new ObjectAccumulator(this.#budget)).add(rest);
  }

  #addLogprobs(value: unknown): void {
    if (!isObject(value)) return;
    this.#logprobs ??= new ObjectAccumulator(this.#budget);
    for (const key in value) {
      const list = value[key];
      if (Array.isArray(list)) this.#logprobs.push(key, list);
      else if (!(key in this.#logprobs.values)) this.#logprobs.set(key, list);
    }
  }
}
