/* oxlint-disable no-console -- a script that talks to a person */
/**
 * Wraps an OpenAI client and makes six kinds of calls with it. Everything that is special to PromptLab is in two lines:
 * `track(...)` around the client, and `await flush()` before the end.
 */
import OpenAI from 'openai';
import { flush, getRequestUrl, stats, track } from 'promptlab';

export async function runBasicExample(baseURL: string): Promise<void> {
  const openai = track(new OpenAI({ baseURL, apiKey: 'not-needed-here', maxRetries: 0 }), {
    // A stand-in for OpenAI answers here; with the real one this is inferred from its address.
    provider: 'openai',
    environment: 'example',
  });
  const traceId = crypto.randomUUID();

  const greeting = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'Say hello to the world.' }],
    prompt_slug: 'greeting',
    tags: { env: 'example' },
  });
  report('a chat completion', greeting);

  const stream = await openai.chat.completions.create({
    model: 'gpt-4o',
    messages: [
      { role: 'system', content: 'You are a poet.' },
      { role: 'user', content: 'Write one line about the sea.' },
    ],
    stream: true,
    stream_options: { include_usage: true },
    prompt_slug: 'poem',
    tags: { env: 'example', kind: 'stream' },
  });
  for await (const chunk of stream) void chunk;
  report('a streamed one', stream);

  const question = { role: 'user' as const, content: 'How is the weather in Lisbon?' };
  const tools = [
    {
      type: 'function' as const,
      function: {
        name: 'get_weather',
        description: 'The weather in a city, now.',
        parameters: { type: 'object', properties: { city: { type: 'string' } } },
      },
    },
  ];
  const asked = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [question],
    tools,
    trace_id: traceId,
    prompt_slug: 'weather',
  });
  report('a tool call', asked);

  const [call] = asked.choices[0]?.message.tool_calls ?? [];
  if (asked.choices[0] && call) {
    const answered = await openai.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [
        question,
        asked.choices[0].message,
        { role: 'tool', tool_call_id: call.id, content: '23 °C and sunny' },
      ],
      tools,
      trace_id: traceId,
      prompt_slug: 'weather',
    });
    report('its answer, in the same trace', answered);
  }

  const response = await openai.responses.create({
    model: 'gpt-4o-mini',
    input: 'Name three colours.',
    tags: { env: 'example' },
  });
  report('a response', response);

  const vectors = await openai.embeddings.create({ model: 'text-embedding-3-small', input: ['sea', 'sky'] });
  report('embeddings', vectors);

  try {
    await openai.chat.completions.create({ model: 'fail-429', messages: [{ role: 'user', content: 'Too much.' }] });
  } catch (error) {
    console.log(`  a failing one                  ${error instanceof Error ? error.message : String(error)}`);
  }

  const { ok } = await flush();
  const { sent, lastError } = stats();
  if (!ok) throw new Error(`Not everything was recorded: ${lastError ?? 'no reason known'}`);
  console.log(`\n${sent} calls recorded.`);
}

function report(what: string, result: unknown): void {
  console.log(`  ${what.padEnd(30)} ${getRequestUrl(result) ?? 'not recorded'}`);
}
