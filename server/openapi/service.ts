import type { JsonObject } from '#shared/primitives';
import type { Config } from '#server/config';
import type { Deps } from '#server/deps';
import { openApiDocument } from './openApiDocument.ts';

/** Made once for each configuration: it takes some 30 ms. */
const documents = new WeakMap<Config, JsonObject>();

/** The OpenAPI 3.1 document of this server. */
export function getOpenApi({ config }: Pick<Deps, 'config'>): JsonObject {
  const document = documents.get(config) ?? (openApiDocument(config.basePath) as JsonObject); // Made of JSON values alone.
  documents.set(config, document);
  return document;
}
