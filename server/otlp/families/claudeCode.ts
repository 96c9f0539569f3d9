/** Claude Code's own traces, whose attributes have names without a prefix. */
import type { SpanRole } from '../mapping.ts';
import type { AttributeReader } from './attributeReader.ts';
import { toFinishReason } from './chat.ts';
import { type Facts, NOTHING, type ReportedUsage } from './facts.ts';

const PREFIX = 'claude_code.';
const ROLES: ReadonlyMap<string, SpanRole> = new Map([
  ['interaction', 'agent'],
  ['llm_request', 'llm'],
  ['tool', 'tool'],
]);

/** `spanName`: what it is; its attributes alone do not say by whom they are. */
export function readClaudeCode(reader: AttributeReader, spanName: string): Facts {
  if (!spanName.startsWith(PREFIX)) return NOTHING;
  const role = ROLES.get(spanName.slice(PREFIX.length)) ?? 'span';
  const isCall = role === 'llm';
  return {
    role,
    name: role === 'tool' ? reader.text('tool_name') : null,
    model: isCall ? reader.text('model') : null,
    provider: isCall ? 'anthropic' : null,
    usage: isCall ? readUsage(reader) : null,
    ttft_ms: reader.number('ttft_ms'),
    finish_reason: toFinishReason(reader.text('stop_reason')),
    provider_request_id: isCall ? reader.text('request_id') : null,
    failure: reader.boolean('success') === false ? (reader.text('error') ?? '') : null,
    input: role === 'agent' ? reader.json('user_prompt') : reader.json('tool_input', 'full_command', 'file_path'),
  };
}

/** As Anthropic counts: what its cache gave and took lies beside the input. */
function readUsage(reader: AttributeReader): ReportedUsage {
  const input = reader.count('input_tokens');
  const reads = reader.count('cache_read_tokens');
  const writes = reader.count('cache_creation_tokens');
  return {
    input_tokens: input === null ? null : input + (reads ?? 0) + (writes ?? 0),
    output_tokens: reader.count('output_tokens'),
    cached_input_tokens: reads,
    cache_write_tokens: writes,
  };
}
