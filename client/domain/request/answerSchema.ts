/** The schema that a call asked its answer to fit, from where each API takes it. Pure. */
import { objectOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';

/** Null where any text would do. */
export function answerSchemaOf(parameters: JsonObject | null): JsonValue | null {
  if (parameters === null) return null;
  const format =
    objectOf(parameters.response_format) ??
    objectOf(objectOf(parameters.text)?.format) ??
    objectOf(objectOf(parameters.output_config)?.format) ??
    objectOf(parameters.output_format);
  const config = objectOf(parameters.generationConfig) ?? objectOf(parameters.config) ?? parameters;
  const found =
    objectOf(format?.json_schema)?.schema ??
    format?.schema ??
    config.responseJsonSchema ??
    config.response_json_schema ??
    config.responseSchema ??
    config.response_schema ??
    parameters.format;
  return objectOf(found);
}
