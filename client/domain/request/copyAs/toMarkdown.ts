import { parseConversation } from '#shared/conversation/conversation';
import type { Message } from '#shared/conversation/parseMessage';
import type { Part } from '#shared/conversation/part';
import type { LoggedRequest } from '#shared/request';
import { formatCount, formatDuration } from '../../../lib/formatNumber.ts';
import { readableJson } from '../../conversation/readableText.ts';

/** A request as Markdown, for an issue or a chat: what it was, what was said, what came back. */
export function toMarkdown(request: LoggedRequest, link: string): string {
  const { sent, answer } = parseConversation(request);
  const { error } = request;
  return [
    `## ${request.name ?? request.model}`,
    '',
    factsOf(request).join(' · '),
    '',
    `[Open in PromptLab](${link})`,
    '',
    ...(error
      ? [
          `**Error** ${[error.http_status, error.type, error.code].filter(Boolean).join(' ')}`,
          '',
          fence(error.message ?? 'No message.', 'text'),
          '',
        ]
      : []),
    ...sent.flatMap((message) => writeMessage(message, titleOf(message))),
    ...answer.flatMap((message) => writeMessage(message, 'Answer')),
  ].join('\n');
}

function factsOf({
  model,
  provider,
  status,
  started_at,
  latency_ms,
  input_tokens,
  output_tokens,
  cost_usd,
}: LoggedRequest): string[] {
  const facts = [`\`${model}\` (${provider})`, status, started_at];
  if (latency_ms !== null) facts.push(formatDuration(latency_ms));
  if (input_tokens !== null || output_tokens !== null) {
    const count = (tokens: number | null) => (tokens === null ? '–' : formatCount(tokens));
    facts.push(`${count(input_tokens)} → ${count(output_tokens)} tokens`);
  }
  if (cost_usd !== null) facts.push(`$${cost_usd}`);
  return facts;
}

function titleOf({ role, name }: Message): string {
  const title = role.charAt(0).toUpperCase() + role.slice(1);
  return name === null ? title : `${title} (${name})`;
}

function writeMessage({ role, parts }: Message, title: string): string[] {
  const isOfTool = role === 'tool' || role === 'function';
  return [`### ${title}`, '', ...parts.flatMap((part) => [writePart(part, isOfTool), ''])];
}

function writePart(part: Part, isOfTool: boolean): string {
  switch (part.kind) {
    case 'text':
      return isOfTool ? fence(readableJson(part.text), 'json') : part.text;
    case 'refusal':
      return `**Refused** ${part.text}`;
    case 'reasoning':
      return part.text === '' ? '*Reasoning, not disclosed*' : `*Reasoning*\n\n${part.text}`;
    case 'media':
      return `*${[part.media, part.name, part.mimeType, part.location].filter(Boolean).join(', ')}*`;
    case 'tool_call':
      return fence(`${part.name}(${readableJson(part.args)})`, 'js');
    case 'tool_result':
      return part.parts.map((inner) => writePart(inner, true)).join('\n\n');
    case 'citations':
      return part.sources
        .map(({ title, url, quote }) => `- ${[title, url].filter(Boolean).join(' ') || quote}`)
        .join('\n');
    case 'json':
      return fence(readableJson(part.value), 'json');
  }
}

/** Longer than any fence in the text. */
function fence(text: string, language: string): string {
  let longest = 2;
  // One by one: a long text has more fences than a call takes arguments.
  for (const [ticks] of text.matchAll(/`{3,}/g)) longest = Math.max(longest, ticks.length);
  const marks = '`'.repeat(longest + 1);
  return `${marks}${language}\n${text}\n${marks}`;
}
