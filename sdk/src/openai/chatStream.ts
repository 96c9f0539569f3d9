/** Chunks of `chat.completions` and legacy `completions`, assembled by choice index and tool call index. */
import { Snapshot } from '../snapshot.js';
import { setOwn } from '../clean.js';
import type { JsonValue } from '../wire.js';
import { isObject, textOf, type StreamAssembler } from './assembler.js';
import { TextBuffer, type TextBudget } from './textBuffer.js';
import { ToolCallList } from './toolCalls.js';

const MAX_CHOICES = 256;
const MAX_LOGPROBS = 20_000;
export class ChatStreamAssembler implements StreamAssembler {
  readonly #top: { [key: string]: JsonValue } = {};
  readonly #choices = new Map<number, Choice>();
  readonly #budget: TextBudget;
  readonly #object: string;

  /** `object`: the name of the whole answer, `chat.completion` or `text_completion`. */
  constructor(object: string, maxText: number) {
    this.#object = object;
    this.#budget = { left: maxText };
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
    if (!Array.isArray(choices)) return false;
    let hasContent = false;
    for (let i = 0; i < choices.length; i++) {
      const part: unknown = choices[i];
      if (!isObject(part)) continue;
      const choice = this.#choiceAt(typeof part.index === 'number' ? part.index : i);
      if (choice?.add(part)) hasContent = true;
    }
    return hasContent;
  }

  result(): { [key: string]: JsonValue } {
    const choices = [...this.#choices].sort(([a], [b]) => a - b).map(([index, choice]) => choice.result(index));
    const { id, ...rest } = this.#top;
    return { ...(id === undefined ? {} : { id }), object: this.#object, ...rest, choices };
  }

  /** Identity from the first chunk that has it (Azure begins with empty ones), all else from the last. */
  #keepTop(key: string, value: unknown): void {
    switch (key) {
      case 'choices':
      case 'object':
      // Random padding against traffic analysis.
      case 'obfuscation':
        return;
      case 'id':
      case 'created':
      case 'model':
        if (this.#top[key]) return;
    }
    if (value === null || value === undefined || value === '') return;
    setOwn(this.#top, key, typeof value === 'object' ? (copyOf(value) ?? null) : (value as JsonValue));
  }

  #choiceAt(index: number): Choice | undefined {
    let choice = this.#choices.get(index);
    if (!choice && this.#choices.size < MAX_CHOICES) {
      choice = new Choice(this.#budget, this.#object === 'text_completion');
      this.#choices.set(index, choice);
    }
    return choice;
  }
}

class Choice {
  finishReason: string | null = null;
  readonly #budget: TextBudget;
  readonly #isLegacy: boolean;
  readonly #texts = new Map<string, TextBuffer>();
  /** The one of nearly every chunk, found without looking. */
  #content: TextBuffer | undefined;
  readonly #fields: { [key: string]: JsonValue } = {};
  readonly #extras: { [key: string]: JsonValue } = {};
  #toolCalls: ToolCallList | undefined;
  #functionName: string | undefined;
  #functionArguments: TextBuffer | undefined;
  #audio: { fields: { [key: string]: JsonValue }; transcript: TextBuffer; base64Length: number } | undefined;
  #logprobs: { [key: string]: JsonValue[] } | undefined;
  #logprobCount = 0;

  constructor(budget: TextBudget, isLegacy: boolean) {
    this.#budget = budget;
    this.#isLegacy = isLegacy;
  }

  add(part: Record<string, unknown>): boolean {
    if (typeof part.finish_reason === 'string') this.finishReason = part.finish_reason;
    let hasContent = false;
    for (const key in part) {
      const value = part[key];
      if (value === null || value === undefined) continue;
      if (key === 'delta') hasContent = this.#addDelta(value) || hasContent;
      else if (key === 'text') hasContent = this.#addText('text', value) || hasContent;
      else if (key === 'logprobs') this.#addLogprobs(value);
      else if (key !== 'index' && key !== 'finish_reason') setOwn(this.#extras, key, copyOf(value) ?? null);
    }
    return hasContent;
  }

  result(index: number): JsonValue {
    const base = { index, ...this.#extras, logprobs: this.#logprobs ?? null, finish_reason: this.finishReason };
    if (this.#isLegacy) return { ...base, text: this.#textAt('text') ?? '' };
    const message: { [key: string]: JsonValue } = {
      role: 'assistant',
      ...this.#fields,
      content: this.#textAt('content'),
      refusal: this.#textAt('refusal'),
    };
    for (const [key, text] of this.#texts) {
      if (key !== 'content' && key !== 'refusal') setOwn(message, key, text.toString());
    }
    if (this.#toolCalls) message.tool_calls = this.#toolCalls.result();
    if (this.#functionArguments || this.#functionName !== undefined) {
      message.function_call = {
        name: this.#functionName ?? '',
        arguments: this.#functionArguments?.toString() ?? '',
      };
    }
    if (this.#audio) {
      const { fields, transcript, base64Length } = this.#audio;
      const bytes = Math.floor((base64Length * 3) / 4);
      message.audio = { ...fields, data: `[base64 audio, ${bytes} bytes]`, transcript: transcript.toString() };
    }
    return { ...base, message };
  }

  #addDelta(delta: unknown): boolean {
    if (!isObject(delta)) return false;
    let hasContent = false;
    for (const key in delta) {
      const value = delta[key];
      if (value === null || value === undefined) continue;
      switch (key) {
        case 'role':
          this.#fields.role = textOf(value) ?? 'assistant';
          break;
        case 'tool_calls':
          this.#toolCalls ??= new ToolCallList(this.#budget);
          hasContent = this.#toolCalls.add(value) || hasContent;
          break;
        case 'function_call':
          hasContent = this.#addFunctionCall(value) || hasContent;
          break;
        case 'audio':
          hasContent = this.#addAudio(value) || hasContent;
          break;
        default:
          // `content`, `refusal`, and what other providers stream beside them (`reasoning_content`, `reasoning`).
          if (typeof value === 'string') hasContent = this.#addText(key, value) || hasContent;
          else this.#addField(key, value);
      }
    }
    return hasContent;
  }

  #addText(key: string, value: unknown): boolean {
    if (typeof value !== 'string') return false;
    let text = key === 'content' ? this.#content : this.#texts.get(key);
    if (!text) {
      if (this.#texts.size >= 100) return false;
      this.#texts.set(key, (text = new TextBuffer(this.#budget)));
      if (key === 'content') this.#content = text;
    }
    text.add(value);
    return value !== '';
  }

  /** Lists of unknown fields grow (annotations, reasoning details), other values are replaced. */
  #addField(key: string, value: unknown): void {
    const copy = copyOf(value) ?? null;
    const before = this.#fields[key];
    if (Array.isArray(before) && Array.isArray(copy)) {
      if (before.length < MAX_LOGPROBS) before.push(...copy);
    } else {
      setOwn(this.#fields, key, copy);
    }
  }

  #addFunctionCall(value: unknown): boolean {
    if (!isObject(value)) return false;
    this.#functionName ??= textOf(value.name);
    if (typeof value.arguments === 'string') {
      (this.#functionArguments ??= new TextBuffer(this.#budget)).add(value.arguments);
    }
    return true;
  }

  #addAudio(value: unknown): boolean {
    if (!isObject(value)) return false;
    this.#audio ??= { fields: {}, transcript: new TextBuffer(this.#budget), base64Length: 0 };
    for (const key in value) {
      const member = value[key];
      if (key === 'data') this.#audio.base64Length += typeof member === 'string' ? member.length : 0;
      else if (key === 'transcript') this.#audio.transcript.add(textOf(member) ?? '');
      else if (member !== null && member !== undefined) setOwn(this.#audio.fields, key, copyOf(member) ?? null);
    }
    return true;
  }

  #addLogprobs(value: unknown): void {
    if (!isObject(value)) return;
    this.#logprobs ??= {};
    for (const key in value) {
      const list = value[key];
      if (!Array.isArray(list) || this.#logprobCount > MAX_LOGPROBS) continue;
      this.#logprobCount += list.length;
      (this.#logprobs[key] ??= []).push(...list.map((item) => copyOf(item) ?? null));
    }
  }

  #textAt(key: string): string | null {
    const text = this.#texts.get(key);
    return text && !text.isEmpty ? text.toString() : text && key === 'content' && !this.#toolCalls ? '' : null;
  }
}

function copyOf(value: unknown): JsonValue | undefined {
  return new Snapshot({ fieldLength: 100_000 }).copy(value);
}
