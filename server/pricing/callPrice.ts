/** Which price of the list a call has: that of the model that answered, or of the one that was asked for. Pure. */
import { LRUCache } from 'lru-cache';
import type { PricedCall } from './call.ts';
import { isVersionOf } from './matchModel.ts';
import { isResource, isSoldByItsMakerAlone, isTuned, splitVendor } from './modelNames.ts';
import { findModelPrice, findRunner, type FoundPrice, HALF_HOUR_MS } from './priceList.ts';

/** Profiles of Bedrock cost what their region does, and a name in an answer may leave that out. */
const BEDROCK_REGION = /^[a-z]+\.[a-z0-9]+\./;
/** Azure's router of models takes a fee besides, which the list does not have. */
const MODEL_ROUTER = /(?:^|\/)model-router/;
/** What OpenRouter does with a model besides: searches, another provider, nothing to pay. Its answers leave it out. */
const VARIANT = /:[a-z]+$/;

const known = new LRUCache<string, { price: FoundPrice | null }>({ max: 5_000 });

/** The price of a call at a time; null where none surely applies. Calls of an application have few names, again and again. */
export function findCallPrice(call: PricedCall, at: Date): FoundPrice | null {
  const { provider, model, response_model } = call;
  // With the lengths, so that no name is taken for a part of another.
  const key = `${provider.length} ${model.length} ${Math.floor(at.getTime() / HALF_HOUR_MS)} ${provider}${model}${response_model ?? ''}`;
  let entry = known.get(key);
  if (!entry) {
    entry = { price: lookUp(call, at) };
    known.set(key, entry);
  }
  return entry.price;
}

/**
 * The price of the model that answered; of the one that was asked for where the first is a version of it that is not
 * listed, or where its name says more: where the model runs, that it was tuned, or how it was called.
 */
function lookUp(call: PricedCall, at: Date): FoundPrice | null {
  const { provider, model, response_model } = call;
  const asked = findModelPrice(provider, model, at);
  if (!response_model || asked?.provider === 'aws' || isTuned(model)) return asked;
  if (MODEL_ROUTER.test(model.toLowerCase()) || (isResource(model) && !namesProfile(call))) return null;
  const runner = findRunner(provider, model);
  if (runner?.provider === 'openrouter' && VARIANT.test(model)) return asked;
  const answered = findModelPrice(runner?.provider ?? provider, response_model, at);
  if (answered) return answered;
  if (isVersionOf(runner?.model ?? splitVendor(model)?.model ?? model, response_model)) return asked;
  // A gateway may have fallen back to the model of another.
  const name = splitVendor(response_model)?.model ?? response_model;
  return isSoldByItsMakerAlone(name.toLowerCase()) ? findModelPrice(provider, response_model, at) : null;
}

/** True where the profile of an application has answered with the name of the profile of a region. */
function namesProfile({ model, response_model }: PricedCall): boolean {
  return model.includes(':application-inference-profile/') && BEDROCK_REGION.test(response_model ?? '');
}
