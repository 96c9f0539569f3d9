/**
 * What of a request is searched: the texts inside of its messages, response and error, its ids, and the values of its
 * tags. Keys are not, nor what the formats of providers say everywhere. The same in SQL: wordsSql.ts.
 */

/** Members that say what kind of a thing they stand in … */
export const PROTOCOL_KEYS = ['role', 'type', 'object', 'status', 'finish_reason', 'stop_reason'] as const;

/** … with these values: a search for `user` or `text` means the text of somebody, and not every message there is. */
export const PROTOCOL_VALUES = [
  'assistant',
  'chat.completion',
  'completed',
  'developer',
  'document',
  'end_turn',
  'file',
  'function',
  'function_call',
  'function_call_output',
  'image',
  'image_url',
  'input_audio',
  'input_file',
  'input_image',
  'input_text',
  'list',
  'message',
  'model',
  'output_text',
  'reasoning',
  'refusal',
  'response',
  'stop',
  'summary_text',
  'system',
  'text',
  'thinking',
  'tool',
  'tool_call',
  'tool_calls',
  'tool_result',
  'tool_use',
  'user',
] as const;

const KEYS: ReadonlySet<string> = new Set(PROTOCOL_KEYS);
const VALUES: ReadonlySet<string> = new Set(PROTOCOL_VALUES);

/** Columns of a request that are ids or a text of their own. */
export const ID_COLUMNS = ['id', 'provider_request_id', 'trace_id', 'user_id', 'session_id'] as const;

/** Calls `add` with each text inside of a JSON value that is searched. */
export function eachText(json: unknown, add: (text: string) => void): void {
  if (typeof json === 'string') add(json);
  else if (Array.isArray(json)) for (const item of json) eachText(item, add);
  else if (typeof json === 'object' && json !== null) {
    for (const [key, value] of Object.entries(json)) {
      if (typeof value === 'string' && KEYS.has(key) && VALUES.has(value)) continue;
      eachText(value, add);
    }
  }
}
