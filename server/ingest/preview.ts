/**
 * One line of what was said, for lists: the last thing the user said, and the answer or the tools it calls. Every
 * format is read by `shared/conversation`; of a long history only the messages that are looked at. Pure.
 */
import { firstChoiceOf, listSent, parseAnswer } from '#shared/conversation/conversation';
import { objectOf, type Part } from '#shared/conversation/part';
import { isOfUser, parseMessage } from '#shared/conversation/parseMessage';
import { listStepMessages, unwrapMessage } from '#shared/conversation/stepMessages';
import { type JsonValue, putInWords } from '#shared/primitives';
import { cutJson } from './cutFields.ts';

const PREVIEW_LENGTH = 200;
/** Enough to fill a preview of ordinary text; where most of it is white space, the second look goes further. */
const LOOK_AT = [400, 4_000] as const;
const MOST_CALLS = 20;
/** Messages that are read in search of words; beyond them a list has no need to know what was said. */
const MOST_READ = 500;

/** Runs of white space, and single characters that break a line: a plain space between words is left alone. */
const WHITE_SPACE = /\s{2,}|[^\S ]/g;

/** The last thing the user said, or the last thing anybody said. Null where there are no words. */
export function previewInput(messages: JsonValue): string | null {
  const sent = listSent(messages);
  return toPreview(lastWords(sent, isOfUser, wordsSaid) ?? lastWords(sent, () => true, firstWords));
}

/** The answer: its words, else its tool calls as `name(arguments)`. Null where there is neither. */
export function previewOutput(response_content: string | null, response: JsonValue | null): string | null {
  const given = toPreview(response_content);
  if (given !== null || response === null) return given;
  const answer = parseAnswer(firstChoiceOf(response), null);
  const parts = answer.flatMap((message) => (message.role === 'tool' ? [] : message.parts));
  return toPreview(wordsSaid(parts)) ?? toPreview(listCalls(parts));
}

/**
 * The first words of what a step was given or gave: a text as it is; of messages the last that the user said, or what the
 * answer says or calls; of `{"prompt": "…"}` and the like the words; the rest as it is written.
 */
export function previewStep(value: JsonValue | null, side: 'input' | 'output'): string | null {
  if (value === null || typeof value === 'string') return toPreview(value);
  return (
    toPreview(lastSaid(value, side)) ??
    toPreview(onlyWords(value)) ??
    toPreview(putInWords(cutJson(value, LOOK_AT[0]).value))
  );
}

/** Null where it is no list of messages, or nobody said a word. */
function lastSaid(value: JsonValue, side: 'input' | 'output'): string | null {
  const list = listStepMessages(value);
  const last = unwrapMessage(list?.at(-1) ?? null);
  if (list === null || last === null) return null;
  if (side === 'output') {
    const { parts } = parseMessage(last);
    return firstWords(parts) ?? (listCalls(parts) || null);
  }
  const messages = list.slice(-MOST_READ).map((one) => unwrapMessage(one));
  return lastWords(messages, isOfUser, wordsSaid) ?? lastWords(messages, () => true, firstWords);
}

/** Members that hold all there is to say, where they stand alone. */
const WORDS = new Set([
  'prompt',
  'question',
  'query',
  'input',
  'text',
  'message',
  'content',
  'output',
  'answer',
  'result',
]);

function onlyWords(value: JsonValue): string | null {
  const members = Object.entries(objectOf(value) ?? {});
  const [name, words] = members.length === 1 ? (members[0] ?? []) : [];
  return name !== undefined && WORDS.has(name) && typeof words === 'string' ? words : null;
}

function lastWords(
  messages: readonly JsonValue[],
  isWanted: (message: JsonValue) => boolean,
  wordsOf: (parts: readonly Part[]) => string | null,
): string | null {
  let read = 0;
  for (let index = messages.length - 1; index >= 0 && read < MOST_READ; index--) {
    const message = messages[index] ?? null;
    if (!isWanted(message)) continue;
    const words = wordsOf(parseMessage(message).parts);
    if (words !== null) return words;
    read++;
  }
  return null;
}

/** What a tool gave is no word of who passes it on: with Anthropic the user does, with MCP the answer. */
function wordsSaid(parts: readonly Part[]): string | null {
  return firstWords(parts.filter(({ kind }) => kind !== 'tool_result'));
}

/** The first words, white space being none; thoughts, calls and JSON are passed over. */
function firstWords(parts: readonly Part[]): string | null {
  // A document that was sent along is no word of who sends it, nor are instructions, unless nothing else is said.
  const said = parts.filter((part) => !('isDocument' in part) && !('isInstruction' in part));
  for (const part of said.length === parts.length ? parts : [...said, ...parts]) {
    if ((part.kind === 'text' || part.kind === 'refusal') && /\S/.test(part.text)) return part.text;
    const words = part.kind === 'tool_result' ? firstWords(part.parts) : null;
    if (words !== null) return words;
  }
  return null;
}

function listCalls(parts: readonly Part[]): string {
  return parts
    .filter((part) => part.kind === 'tool_call')
    .slice(0, MOST_CALLS)
    .map(({ name, args }) => `${name}(${args === null ? '' : putInWords(args)})`)
    .join(', ');
}

function toPreview(text: string | null): string | null {
  const start = text === null ? -1 : text.search(/\S/);
  if (text === null || start === -1) return null;
  let line = '';
  for (const length of LOOK_AT) {
    line = text
      .slice(start, start + length)
      .trim()
      .replace(WHITE_SPACE, ' ');
    if (line.length >= PREVIEW_LENGTH || text.length <= start + length) break;
  }
  // A cut may fall between the halves of a character outside the BMP.
  return line.length > PREVIEW_LENGTH ? `${line.slice(0, PREVIEW_LENGTH).toWellFormed()}…` : line.toWellFormed();
}
