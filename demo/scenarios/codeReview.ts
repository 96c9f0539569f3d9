/** The assistant that reads merge requests: a diff, a look into files through tools, and comments at the end. */
import type { JsonValue } from '#shared/primitives';
import { staffId } from '../company.ts';
import { assistantMessage, toolCall, toolDefinition, toolResult } from '../completion.ts';
import type { Scenario, TraceBuilder } from '../traceBuilder.ts';
import { CHANGES } from './codeChanges.ts';
import type { CodeChange } from './codeChanges.ts';

const SYSTEM = `You review merge requests. Look for bugs that a user would meet, then for what the next reader will not understand.
Do not comment on style: a formatter does that. Read the files that the diff touches before you judge.
Answer in Markdown. Each finding: file and line, what happens, when, and how to fix it. No finding is a fine result.`;

const TOOLS = [
  toolDefinition('read_file', 'Reads a file of the branch.', { path: 'Path in the repository' }),
  toolDefinition('find_uses', 'Finds where a name is used.', { name: 'Identifier' }),
];

export const codeReview: Scenario = {
  name: 'code-review',
  generate(trace) {
    const { random } = trace;
    const change = random.pick(CHANGES);
    const number = random.int(1200, 2400);
    trace.label('code-review', {
      product: 'engineering',
      user_id: staffId(random),
      session_id: `mr_${number}`,
      tags: { language: change.language, repository: change.repository },
    });
    trace.span(`review !${number}`, () => review(trace, change, number), {
      kind: 'agent',
      metadata: { merge_request: number, repository: change.repository, lines_changed: change.diff.split('\n').length },
      error: (isDone) => (isDone ? null : 'The review was not finished'),
    });
  },
};

function review(trace: TraceBuilder, change: CodeChange, number: number): boolean {
  const { random } = trace;
  const settings = {
    model: random.weighted([
      ['claude-sonnet-4-5', 60],
      ['gpt-4.1', 40],
    ] as const),
    tools: TOOLS,
    repeatsInput: true,
    prompt: { slug: 'code-review', version: '9', variables: { merge_request: number, repository: change.repository } },
    parameters: { temperature: 0, max_tokens: 2000 },
  } as const;
  const messages: JsonValue[] = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: `Merge request !${number}: ${change.title}\n\n\`\`\`diff\n${change.diff}\n\`\`\`` },
  ];
  const reading = [toolCall(random, 'read_file', { path: change.path })];
  if (random.chance(0.5)) reading.push(toolCall(random, 'find_uses', { name: change.symbol }));
  if (
    !trace.call({
      ...settings,
      messages: [...messages],
      toolCalls: reading,
      answer: 'I will read the file around the change first.',
      name: 'look around',
    })
  )
    return false;
  messages.push(assistantMessage('I will read the file around the change first.', reading));
  for (const call of reading) {
    const found = trace.span(
      call.name,
      () => {
        trace.wait(random.lognormal(25, 0.5));
        const uses = `${change.path}:14\n${change.path.replace(/\.\w+$/, '.test$&')}:${random.int(20, 90)}\nsrc/main.${change.path.split('.').at(-1)}:${random.int(5, 60)}`;
        return call.name === 'read_file' ? change.file : uses;
      },
      { kind: 'tool', input: JSON.parse(call.arguments) as JsonValue, output: (text) => text },
    );
    messages.push(toolResult(call, found));
  }
  return trace.call({
    ...settings,
    messages: [...messages],
    answer: random.pick(change.reviews),
    isStreaming: true,
    name: 'write review',
  });
}
