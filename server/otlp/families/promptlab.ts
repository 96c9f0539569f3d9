/** Our own attributes, which anybody can set beside any instrumentation: they win over everything else. */
import { objectOf } from '#shared/conversation/part';
import type { JsonObject } from '#shared/primitives';
import type { AttributeReader } from './attributeReader.ts';
import { type Facts, NOTHING } from './facts.ts';
import { toTags } from './tags.ts';

/** `promptlab.user`, `.session`, `.environment`, `.release`, `.tags`, `.metadata.*`, `.prompt.slug|version|variables`, `.name`. */
export function readPromptLab(reader: AttributeReader): Facts {
  if (!reader.holds('promptlab')) return NOTHING;
  return {
    name: reader.text('promptlab.name'),
    user_id: reader.text('promptlab.user', 'promptlab.user_id'),
    session_id: reader.text('promptlab.session', 'promptlab.session_id'),
    environment: reader.text('promptlab.environment'),
    release: reader.text('promptlab.release'),
    prompt_slug: reader.text('promptlab.prompt.slug'),
    prompt_version: reader.text('promptlab.prompt.version'),
    prompt_variables: variablesOf(reader),
    tags: { ...toTags(reader.json('promptlab.tags')), ...toTags(reader.below('promptlab.tags.')) },
    metadata: { ...objectOf(reader.json('promptlab.metadata')), ...reader.below('promptlab.metadata.') },
  };
}

function variablesOf(reader: AttributeReader): JsonObject | null {
  const variables = {
    ...objectOf(reader.json('promptlab.prompt.variables')),
    ...reader.below('promptlab.prompt.variables.'),
  };
  return Object.keys(variables).length === 0 ? null : variables;
}
