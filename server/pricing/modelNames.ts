/** Model names as they really come, taken apart into who runs the model and what it is called there. Pure. */

export interface NamedModel {
  /** Who runs it, where the name says so. */
  readonly provider: string | null;
  /** In small letters. */
  readonly model: string;
}

/** Only these resources of Bedrock have the name of a model; a custom or provisioned one has a price of its own. */
const BEDROCK_ARN = /^arn:aws:bedrock:[^:]*:[^:]*:(?:foundation-model|inference-profile)\/(.+)$/;
/** `projects/…/publishers/google/models/gemini-2.5-pro`. A tuned model has an endpoint instead. */
const VERTEX_RESOURCE = /^(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/([^/]+)\/models\/([^/]+)$/;
/** How LiteLLM says which call of Bedrock is made, and where. */
const BEDROCK_ROUTE = /^(?:bedrock\/)(?:(?:converse|converse_like|invoke)\/)?(?:[a-z]{2}-[a-z]+-\d\/)?/;
/** Models that only their makers sell, at one price: wherever a router sends the call, the price is the maker's. */
const OF_ITS_MAKER = /^(?:ft:)?(?:gpt-(?!oss)|chatgpt-|codex-|computer-use|o\d|claude-|gemini-|grok-|text-embedding-)/;

/** The name without what says where it is kept. Null where it is the name of a resource whose model is not told. */
export function parseModelName(given: string): NamedModel | null {
  const name = given.trim().toLowerCase();
  if (name.startsWith('arn:')) {
    const model = BEDROCK_ARN.exec(name)?.[1];
    // The profile of an application has letters and digits that say nothing.
    return model === undefined ? null : { provider: 'aws', model };
  }
  const vertex = VERTEX_RESOURCE.exec(name);
  if (vertex?.[2] !== undefined) return { provider: 'google', model: vertex[2] };
  if (name.startsWith('projects/') || name.startsWith('tunedmodels/')) return null;
  const bedrock = BEDROCK_ROUTE.exec(name)?.[0];
  if (bedrock !== undefined) {
    const rest = name.slice(bedrock.length);
    return rest.startsWith('arn:') ? parseModelName(rest) : { provider: 'aws', model: rest };
  }
  return { provider: null, model: name.replace(/^models\//, '') };
}

/** True for the name of a resource whose model is not told: whatever answers has a price of its own there. */
export function isResource(given: string): boolean {
  return parseModelName(given) === null;
}

/** True for a model that somebody tuned, which costs more than the one it comes from. */
export function isTuned(given: string): boolean {
  return /(?:^|\/)ft:|\.ft-/.test(given.trim().toLowerCase());
}

/** `openai/gpt-4o` as the provider and its model. Null where the name has no such form. */
export function splitVendor(model: string): { vendor: string; model: string } | null {
  const slash = model.indexOf('/');
  return slash > 0 && slash < model.length - 1
    ? { vendor: model.slice(0, slash), model: model.slice(slash + 1) }
    : null;
}

/** False where somebody else may run the same model at another price: open weights. */
export function isSoldByItsMakerAlone(model: string): boolean {
  return OF_ITS_MAKER.test(model);
}
