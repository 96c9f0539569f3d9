/** What a call made or heard that is billed by the piece or by time: images, and seconds of audio or video. Pure. */
import { bodyOf } from '#shared/conversation/answerBody';
import { MADE_LISTS, parseAnswer } from '#shared/conversation/conversation';
import { listOf, objectOf, type Part } from '#shared/conversation/part';
import { ExactNumber } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { PricedCall } from './call.ts';
import { type Count, findUsage } from './usageDetails.ts';

/** What shows that an item of such a list is an image: an embedding has none of these. */
const IMAGE_MEMBERS = ['b64_json', 'url', 'image', 'bytesBase64Encoded', 'image_url'] as const;

/** Images that were made: as the caller says, else as the answer shows. Null where neither says it. */
export function countImages({ output_images, response }: PricedCall): Count {
  if (typeof output_images === 'number') return output_images;
  if (response === undefined || response === null) return null;
  const listed = countListed(bodyOf(response));
  return listed ?? countShown(response);
}

function countListed(answer: JsonObject | null): Count {
  if (answer === null) return null;
  for (const name of MADE_LISTS) {
    const items = listOf(answer[name]);
    if (items.length > 0 && items.every(isImage)) return items.length;
  }
  return null;
}

function isImage(item: JsonValue): boolean {
  const fields = objectOf(item);
  return fields !== null && IMAGE_MEMBERS.some((name) => Object.hasOwn(fields, name));
}

/** Images among the words of an answer: chat messages, Gemini's parts, items of the Responses endpoint. */
function countShown(response: JsonValue): number {
  const images = parseAnswer(response, null).flatMap(({ parts }) => parts.filter(isShownImage));
  return images.length;
}

/** One that failed is an item with nothing in it. */
function isShownImage(part: Part): boolean {
  if (part.kind !== 'media' || part.media !== 'image') return false;
  return part.location !== null || part.data !== null || part.sizeBytes !== null;
}

/**
 * Seconds of audio or video, to the millisecond: as the caller says, else as the provider bills or measures them. Null
 * where nobody says it.
 */
export function countSeconds({ media_seconds, response, metadata }: PricedCall): Count {
  if (typeof media_seconds === 'number') return toMilliseconds(media_seconds);
  const usage = findUsage(response ?? null, metadata ?? null);
  const answer = bodyOf(response ?? null);
  const told =
    // OpenAI bills transcriptions so; Mistral counts what it heard.
    secondsOf(usage.seconds) ??
    secondsOf(usage.prompt_audio_seconds) ??
    // The measure of a transcription; of a video; Deepgram's, and the AI SDK's.
    secondsOf(answer?.duration) ??
    secondsOf(answer?.seconds) ??
    secondsOf(objectOf(answer?.metadata)?.duration) ??
    secondsOf(answer?.durationInSeconds);
  return told === null ? null : toMilliseconds(told);
}

const MOST_SECONDS = 1e9;

/** A number, or one as text: OpenAI writes the length of a video as `"8"`. */
function secondsOf(value: JsonValue | undefined): number | null {
  const isNumberText = typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value);
  const given: unknown = value;
  const seconds = given instanceof ExactNumber ? given.toNumber() : isNumberText ? Number(value) : given;
  return typeof seconds === 'number' && seconds >= 0 && seconds <= MOST_SECONDS ? seconds : null;
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
