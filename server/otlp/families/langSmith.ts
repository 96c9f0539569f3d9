/** LangSmith's exporter, which tells every run of LangChain, and every traced function, by the names of a model call. */
import { objectOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import type { AttributeReader } from './attributeReader.ts';
import { readExchange } from './exchange.ts';
import { type Facts, NOTHING } from './facts.ts';
import { toTags } from './tags.ts';

/** What a run is: `gen_ai.operation.name` calls a prompt a chat, and a retriever an embedding. */
const KINDS: ReadonlyMap<string, SpanRole> = new Map([
  ['llm', 'llm'],
  ['chain', 'chain'],
  ['tool', 'tool'],
  ['retriever', 'retriever'],
  ['embedding', 'embedding'],
  ['prompt', 'prompt'],
  ['parser', 'chain'],
]);

/** What LangSmith says of a span by its own names, and its inputs and outputs. */
export function readLangSmith(reader: AttributeReader): Facts {
  if (!reader.holds('langsmith')) return NOTHING;
  // Those of the client, which may hold credentials.
  reader.value('langsmith.request.headers');
  const role = KINDS.get(reader.text('langsmith.span.kind')?.toLowerCase() ?? '') ?? null;
  return {
    ...(role === null ? NOTHING : readRun(reader, role)),
    role,
    user_id: reader.text('langsmith.metadata.user_id', 'langsmith.metadata.userId'),
    session_id: reader.text(
      'langsmith.metadata.session_id',
      'langsmith.metadata.thread_id',
      'langsmith.trace.session_id',
    ),
    tags: toTags(reader.json('langsmith.span.tags')),
    metadata: readMetadata(reader),
  };
}

/** Inputs and outputs as JSON: of a call what was sent and what came back. */
function readRun(reader: AttributeReader, role: SpanRole): Facts {
  const input = reader.json('gen_ai.prompt');
  const output = reader.json('gen_ai.completion');
  const isCall = role === 'llm' || role === 'embedding';
  if (!isCall) return { input, output };
  // The output has them too, where Python writes its own form of an object.
  for (const side of ['input', 'output']) reader.value(`gen_ai.usage.${side}_token_details`);
  return readExchange(reader, role, { sent: input, received: unwrapReturned(output) });
}

/** What a traced function returned stands in `output`, unless it is an object itself. */
function unwrapReturned(output: JsonValue): JsonValue {
  const fields = objectOf(output);
  return fields !== null && Object.keys(fields).length === 1 ? (fields.output ?? output) : output;
}

/** Who it was for and in which session are fields. */
function readMetadata(reader: AttributeReader): JsonObject {
  const { user_id: _user, userId: _userId, session_id: _session, ...metadata } = reader.below('langsmith.metadata.');
  return metadata;
}
