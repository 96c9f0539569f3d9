/** MLflow's tracing, which writes every value as JSON, texts too, and keeps calls as they were sent and came back. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import { readUsage } from '#shared/conversation/usage';
import type { SpanRole } from '../mapping.ts';
import { type AttributeReader, toNumber, toText } from './attributeReader.ts';
import { readExchange } from './exchange.ts';
import { type Facts, joinUsage, NOTHING } from './facts.ts';
import { toTags } from './tags.ts';
import { toTools } from './tools.ts';

const KINDS: ReadonlyMap<string, SpanRole> = new Map([
  ['LLM', 'llm'],
  ['CHAT_MODEL', 'llm'],
  ['EMBEDDING', 'embedding'],
  ['CHAIN', 'chain'],
  ['WORKFLOW', 'chain'],
  ['TASK', 'chain'],
  ['PARSER', 'chain'],
  ['AGENT', 'agent'],
  ['TOOL', 'tool'],
  ['RETRIEVER', 'retriever'],
  ['RERANKER', 'reranker'],
  ['GUARDRAIL', 'guardrail'],
  ['EVALUATOR', 'evaluator'],
]);

/** What MLflow says of a span by its own names. */
export function readMlflow(reader: AttributeReader): Facts {
  if (!reader.holds('mlflow')) return NOTHING;
  // Its own id of the trace, and how its pages show the words.
  for (const name of ['mlflow.traceRequestId', 'mlflow.message.format']) reader.value(name);
  const kind = textOf(reader.quoted('mlflow.spanType'));
  const role = kind === null ? null : (KINDS.get(kind.toUpperCase()) ?? 'span');
  const input = reader.quoted('mlflow.spanInputs');
  const output = reader.quoted('mlflow.spanOutputs');
  const tokens = reader.json('mlflow.chat.tokenUsage');
  const model = textOf(reader.quoted('mlflow.llm.model'));
  const provider = textOf(reader.quoted('mlflow.llm.provider'));
  const [prompt] = listOf(reader.json('mlflow.linkedPrompts')).map(objectOf);
  const isCall = role === 'llm' || role === 'embedding';
  const call = isCall ? readExchange(reader, role, { sent: input, received: output }) : NOTHING;
  return {
    ...call,
    role,
    model: model ?? call.model ?? null,
    provider,
    tools: toTools(reader, reader.json('mlflow.chat.tools')) ?? call.tools ?? null,
    // The provider's own counts, where the answer has them, say what the cache has to do with the input.
    usage: joinUsage([call.usage, readUsage({ usage: tokens })]),
    cost_usd: toNumber(objectOf(reader.json('mlflow.llm.cost'))?.total_cost),
    prompt_slug: textOf(prompt?.name),
    prompt_version: toText(prompt?.version),
    tags: toTags(reader.below('mlflow.traceTag.')),
    input,
    output,
  };
}
