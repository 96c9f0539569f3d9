import type { Config } from '#server/config';
import type { Deps } from '#server/deps';
import { openApiDocument } from './openApiDocument.ts';

/** Made once for each configuration: it takes some 30 ms, and nobody has to be known to ask for it. */
const documents = new WeakMap<Config, Buffer>();

/** The OpenAPI 3.1 document of this server, as JSON. */
export function getOpenApi({ config }: Pick<Deps, 'config'>): Buffer {
  const document = documents.get(config) ?? Buffer.from(JSON.stringify(openApiDocument(config.basePath)));
  documents.set(config, document);
  return document;
}
