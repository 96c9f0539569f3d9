/** A usage as parts that are billed apart: each token is in exactly one of them. Pure. */
import { objectOf } from '#shared/conversation/part';
import { parseSent } from '#shared/conversation/conversation';
import type { Part } from '#shared/conversation/part';
import type { JsonValue } from '#shared/primitives';
import type { PricedCall } from './call.ts';
import type { FoundPrice, ModelPrice } from './priceList.ts';
import { type Count, type UsageDetails } from './usageDetails.ts';

/** Each is billed by the price of the list that has its name. */
export type TokenKind = Exclude<keyof ModelPrice, `${string}_kcount` | `${string}audio_hours`>;

export interface TokenPart {
  readonly kind: TokenKind;
  readonly tokens: number;
}

/** Models that hear or speak: what of their tokens is sound must be told. */
const VOICE = /audio|transcribe|realtime|live|sonic|voxtral|omni/;
/** They only speak, and their price of output is that of sound. */
const SPEECH = /tts/;
/** They only draw, and their price of output is that of images. */
const DRAWING = /^gpt-image-/;

/** The input in the words of a log: all of it, with what was read from a cache and written to it. */
export interface InputCounts {
  readonly total: number;
  readonly cached: number;
  readonly written: number;
}

/** What was logged; where it is a provider's count as it comes, what lies beside it is added. */
export function countInput(call: PricedCall, details: UsageDetails): InputCounts {
  if (details.billed !== null) return { total: details.billed.input, cached: 0, written: 0 };
  const logged = call.input_tokens ?? 0;
  const cached = call.cached_input_tokens ?? details.cache_reads ?? 0;
  const written = call.cache_write_tokens ?? details.cache_writes ?? 0;
  const isBesideCache = details.input_beside_cache !== null && details.input_beside_cache === call.input_tokens;
  const tools = details.input_beside_tools;
  const ofTools = tools !== null && tools.input === call.input_tokens ? tools.tools : 0;
  return { total: (isBesideCache ? logged + cached + written : logged) + ofTools, cached, written };
}

/** All of it, with what was spent on reasoning; null where the counts contradict each other. */
export function countOutput({ output_tokens, reasoning_tokens }: PricedCall, details: UsageDetails): Count {
  if (details.billed !== null) return details.billed.output;
  const beside = details.output_beside_reasoning;
  if (beside !== null && beside.output === output_tokens) return beside.output + beside.reasoning;
  const total = output_tokens ?? 0;
  return (reasoning_tokens ?? 0) > total ? null : total;
}

/**
 * The parts of a usage. Null where the counts contradict each other, or do not say how much is of a kind that has a
 * price of its own.
 */
export function splitTokens(call: PricedCall, details: UsageDetails, price: FoundPrice): TokenPart[] | null {
  const input = splitInput(call, details, price);
  const output = splitOutput(call, details, price);
  return input && output && [...input, ...output];
}

function splitInput(call: PricedCall, details: UsageDetails, price: FoundPrice): TokenPart[] | null {
  const { total, cached, written } = countInput(call, details);
  const writtenForAnHour = written === 0 ? 0 : countHourWrites(call, details);
  const audio = countHeard(call, details, price);
  const image = countSeen(call, details.input.image, { prices: price.prices, kind: 'image' });
  const video = countSeen(call, details.input.video, { prices: price.prices, kind: 'video' });
  if (writtenForAnHour === null || audio === null || image === null || video === null) return null;
  const cachedAudio = countCached(audio, cached, details.cached.audio);
  const cachedImage = countCached(image, cached, details.cached.image);
  const cachedVideo = countCached(video, cached, details.cached.video);
  // A cached video has no price of its own in the list.
  if (cachedAudio === null || cachedImage === null || cachedVideo !== 0) return null;
  const newAudio = audio - cachedAudio;
  const newImage = image - cachedImage;
  return withoutNegative([
    { kind: 'input_mtok', tokens: total - cached - written - newAudio - newImage - video },
    { kind: 'cache_read_mtok', tokens: cached - cachedAudio - cachedImage },
    { kind: 'cache_write_mtok', tokens: written - writtenForAnHour },
    { kind: 'cache_write_1h_mtok', tokens: writtenForAnHour },
    { kind: 'input_audio_mtok', tokens: newAudio },
    { kind: 'cache_audio_read_mtok', tokens: cachedAudio },
    { kind: 'input_image_mtok', tokens: newImage },
    { kind: 'cache_image_read_mtok', tokens: cachedImage },
    { kind: 'input_video_mtok', tokens: video },
  ]);
}

function splitOutput(call: PricedCall, details: UsageDetails, price: FoundPrice): TokenPart[] | null {
  const total = countOutput(call, details);
  if (total === null) return null;
  const audio = countSpoken(call, details, price);
  const image = countDrawn(total, details, price);
  if (audio === null || image === null) return null;
  return withoutNegative([
    { kind: 'output_mtok', tokens: total - audio - image },
    { kind: 'output_audio_mtok', tokens: audio },
    { kind: 'output_image_mtok', tokens: image },
  ]);
}

function withoutNegative(parts: readonly TokenPart[]): TokenPart[] | null {
  return parts.some(({ tokens }) => tokens < 0) ? null : parts.filter(({ tokens }) => tokens > 0);
}

function countHeard(call: PricedCall, details: UsageDetails, { model, prices }: FoundPrice): Count {
  const told = call.audio_input_tokens ?? details.input.audio;
  if (told !== null || !call.input_tokens || SPEECH.test(model)) return told ?? 0;
  if (VOICE.test(model)) return null;
  // A video may have a sound.
  const mayBeHeard = prices.input_audio_mtok !== undefined && holdsMedia(call.messages, ['audio', 'video']);
  return mayBeHeard ? null : 0;
}

/** Images and videos, where their tokens have a price of their own; elsewhere they are input like text. */
function countSeen(call: PricedCall, told: Count, of: { prices: ModelPrice; kind: 'image' | 'video' }): Count {
  if (of.prices[`input_${of.kind}_mtok`] === undefined || !call.input_tokens) return 0;
  if (told !== null) return told;
  const isDrawnOver = call.endpoint?.startsWith('images.') === true && call.endpoint !== 'images.generate';
  return isDrawnOver || holdsMedia(call.messages, [of.kind]) ? null : 0;
}

function countSpoken(call: PricedCall, details: UsageDetails, { model, prices }: FoundPrice): Count {
  if (SPEECH.test(model)) return 0;
  const told = call.audio_output_tokens ?? details.output.audio;
  if (told !== null || !call.output_tokens) return told ?? 0;
  // A transcription is text, whatever its model is called.
  const mayBeSpoken = prices.output_audio_mtok !== undefined || (VOICE.test(model) && !model.includes('transcribe'));
  return mayBeSpoken ? null : 0;
}

function countDrawn(output: number, details: UsageDetails, { model, prices }: FoundPrice): Count {
  if (output === 0) return 0;
  if (prices.output_image_mtok === undefined && DRAWING.test(model)) return 0;
  const mayBeDrawn = prices.output_image_mtok !== undefined || model.includes('image');
  return details.output.image ?? (mayBeDrawn ? null : 0);
}

/** How much of one kind was cached. Null where it is not told and could be some of it. */
function countCached(tokens: number, cached: number, told: Count): Count {
  return tokens === 0 || cached === 0 ? 0 : told;
}

/** Writes are kept for five minutes, unless the call asks for an hour, which costs more. */
function countHourWrites(call: PricedCall, { cache_writes_1h }: UsageDetails): Count {
  if (cache_writes_1h !== null) return cache_writes_1h;
  const asked = [call.messages, call.parameters ?? null, call.tools ?? null];
  return asked.some(asksForAnHour) ? null : 0;
}

function asksForAnHour(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some(asksForAnHour);
  const fields = objectOf(value);
  return fields !== null && (fields.ttl === '1h' || Object.values(fields).some(asksForAnHour));
}

/** True where the messages hold such media, or a file that does not say what it is. */
function holdsMedia(messages: JsonValue, kinds: readonly string[]): boolean {
  const isIt = (part: Part): boolean =>
    part.kind === 'tool_result'
      ? part.parts.some(isIt)
      : part.kind === 'media' && (kinds.includes(part.media) || (part.media === 'file' && part.mimeType === null));
  return parseSent(messages).some(({ parts }) => parts.some(isIt));
}
