/** The built-in prices: which one applies to a model at a time. The data is `@pydantic/genai-prices`. */
import { calcPrice } from '@pydantic/genai-prices';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

/** US dollars for a million tokens; with tiers, the last one whose `start` the input exceeds. */
const Rate = z.union([
  z.number(),
  z.object({ base: z.number(), tiers: z.array(z.object({ start: z.number(), price: z.number() })) }),
]);
export type Rate = z.infer<typeof Rate>;

const ModelPrice = z.object({
  input_mtok: Rate.optional(),
  output_mtok: Rate.optional(),
  cache_read_mtok: Rate.optional(),
  cache_write_mtok: Rate.optional(),
  input_audio_mtok: Rate.optional(),
  output_audio_mtok: Rate.optional(),
});
export type ModelPrice = z.infer<typeof ModelPrice>;

/** Names that OpenTelemetry and others use, in the price list's words. */
const PROVIDER_NAMES: ReadonlyMap<string, string> = new Map([
  ['x_ai', 'x-ai'],
  ['azure.ai.openai', 'azure'],
  ['azure-openai', 'azure'],
  ['azure_openai', 'azure'],
  ['mistral_ai', 'mistral'],
  ['gemini', 'google'],
  ['bedrock', 'aws'],
]);

/**
 * A look-up in the list costs tens of microseconds, for it matches names by rules; a price holds for at least half an
 * hour (the shortest step of a price by time of day).
 */
const HALF_HOUR_MS = 1_800_000;
const known = new LRUCache<string, { price: ModelPrice | null }>({ max: 5_000 });

/** The price of a model at a time; null where the list has none. */
export function findModelPrice(provider: string, model: string, at: Date): ModelPrice | null {
  const key = `${provider}\n${model}\n${Math.floor(at.getTime() / HALF_HOUR_MS)}`;
  let entry = known.get(key);
  if (!entry) {
    entry = { price: lookUp(provider, model, at) };
    known.set(key, entry);
  }
  return entry.price;
}

function lookUp(provider: string, model: string, at: Date): ModelPrice | null {
  const name = model.replace(/^models\//, '');
  const lower = provider.toLowerCase();
  const found = ask(PROVIDER_NAMES.get(lower) ?? lower, name, at);
  if (found) return found;
  // `openai/gpt-4o`, as routers write it.
  const slash = name.indexOf('/');
  return slash > 0 ? ask(name.slice(0, slash), name.slice(slash + 1), at) : null;
}

function ask(providerId: string, model: string, at: Date): ModelPrice | null {
  try {
    const found = calcPrice({ input_tokens: 1 }, model, { providerId, timestamp: at });
    return found ? ModelPrice.parse(found.model_price) : null;
  } catch {
    return null; // The list throws for names that it cannot match.
  }
}
