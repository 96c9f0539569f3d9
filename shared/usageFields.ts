/** What a log says of its usage: totals with their parts, and what is billed by the piece or by time. */
import { z } from 'zod';

/** Far above any call, and low enough that the sum over millions of requests stays a safe integer. */
const MOST_TOKENS = 1e9;
const MOST_IMAGES = 1e9;
const MOST_SECONDS = 1e9;

const tokenCount = () =>
  z
    .int('must be a whole number of tokens')
    .min(0, 'must not be negative')
    .max(MOST_TOKENS, `must be at most ${MOST_TOKENS} tokens`);

/** Missing or null: not reported, which is not zero. */
export const USAGE_FIELDS = {
  input_tokens: tokenCount()
    .nullish()
    .describe(
      'All input tokens, cached ones included. A log without any token count takes them from `usage` in its `response`.',
    ),
  output_tokens: tokenCount().nullish().describe('All output tokens, reasoning included.'),
  cached_input_tokens: tokenCount().nullish().describe('The part of `input_tokens` read from a cache.'),
  cache_write_tokens: tokenCount().nullish().describe('The part of `input_tokens` written to a cache.'),
  reasoning_tokens: tokenCount().nullish().describe('The part of `output_tokens` spent on reasoning.'),
  audio_input_tokens: tokenCount().nullish().describe('The part of `input_tokens` that is audio.'),
  audio_output_tokens: tokenCount().nullish().describe('The part of `output_tokens` that is audio.'),
  output_images: z
    .int('must be a whole number of images')
    .min(0, 'must not be negative')
    .max(MOST_IMAGES, `must be at most ${MOST_IMAGES} images`)
    .nullish()
    .describe('Images that were made, where they are billed one by one. Missing: counted in `response`.'),
  media_seconds: z
    .number('must be a number of seconds')
    .min(0, 'must not be negative')
    .max(MOST_SECONDS, `must be at most ${MOST_SECONDS} seconds`)
    .nullish()
    .describe(
      'Seconds of audio or video that were heard or made, where they are billed by time; milliseconds count. Missing: read from `response`.',
    ),
} as const;

/** The same fields as they are answered. */
export const USAGE_ANSWERS = {
  input_tokens: z.int().nullable(),
  output_tokens: z.int().nullable(),
  cached_input_tokens: z.int().nullable(),
  cache_write_tokens: z.int().nullable(),
  reasoning_tokens: z.int().nullable(),
  audio_input_tokens: z.int().nullable(),
  audio_output_tokens: z.int().nullable(),
  output_images: z.int().nullable(),
  media_seconds: z.number().nullable(),
} as const satisfies Record<keyof typeof USAGE_FIELDS, z.ZodType>;
