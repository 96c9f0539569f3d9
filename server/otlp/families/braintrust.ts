/** Braintrust's SDKs for OpenTelemetry (Go, Java, Ruby, .NET): each kind of fact is one attribute of JSON. */
import { objectOf, textOf } from '#shared/conversation/part';
import type { JsonObject } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import { type AttributeReader, toNumber } from './attributeReader.ts';
import { readExchange } from './exchange.ts';
import { type Facts, joinUsage, NOTHING, type ReportedUsage } from './facts.ts';
import { secondsToMs } from './genAi.ts';
import { toTags } from './tags.ts';
import { toTools } from './tools.ts';

const KINDS: ReadonlyMap<string, SpanRole> = new Map([
  ['llm', 'llm'],
  ['tool', 'tool'],
  ['function', 'chain'],
  ['task', 'chain'],
  ['eval', 'chain'],
  ['score', 'evaluator'],
]);

/** What Braintrust says of a span by its own names. */
export function readBraintrust(reader: AttributeReader): Facts {
  if (!reader.holds('braintrust')) return NOTHING;
  const kind = textOf(readMembers(reader, 'braintrust.span_attributes').type);
  const role = kind === null ? null : (KINDS.get(kind) ?? 'span');
  const input = reader.quoted('braintrust.input_json', 'braintrust.input');
  const output = reader.quoted('braintrust.output_json', 'braintrust.output');
  const metrics = readMembers(reader, 'braintrust.metrics');
  const { model, provider, tools, ...others } = readMembers(reader, 'braintrust.metadata');
  const call = role === 'llm' ? readExchange(reader, role, { sent: input, received: output }) : NOTHING;
  return {
    ...call,
    role,
    model: textOf(model) ?? call.model ?? null,
    provider: textOf(provider),
    tools: toTools(reader, tools ?? null) ?? call.tools ?? null,
    // Of a call it says how it was called.
    parameters: role === 'llm' ? { ...call.parameters, ...others } : null,
    metadata: role === 'llm' ? null : others,
    // The answer says more of what was written to a cache.
    usage: joinUsage([readUsage(reader, metrics), call.usage]),
    ttft_ms: secondsToMs(toNumber(metrics.time_to_first_token)),
    tags: toTags(reader.json('braintrust.tags')),
    input,
    output,
  };
}

/** One attribute of JSON; .NET writes one for each member. */
function readMembers(reader: AttributeReader, name: string): JsonObject {
  return { ...objectOf(reader.json(name)), ...reader.below(`${name}.`) };
}

function readUsage(reader: AttributeReader, metrics: JsonObject): ReportedUsage {
  return {
    input_tokens: reader.toCount(metrics.prompt_tokens),
    output_tokens: reader.toCount(metrics.completion_tokens),
    total_tokens: reader.toCount(metrics.tokens),
    cached_input_tokens: reader.toCount(metrics.prompt_cached_tokens),
    cache_write_tokens: reader.toCount(metrics.prompt_cache_creation_tokens),
    reasoning_tokens: reader.toCount(metrics.completion_reasoning_tokens),
    audio_input_tokens: reader.toCount(metrics.prompt_audio_tokens),
    audio_output_tokens: reader.toCount(metrics.completion_audio_tokens),
  };
}
