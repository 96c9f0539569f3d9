/** What the programs beside this file need: a provider in the process, and a PromptLab that keeps what it is sent. */
import { createRequire } from 'node:module';

/** The build of the SDK, named by the test. */
export const promptlab = createRequire(import.meta.url)(process.env.PROMPTLAB_BUILD);

export const HELLO = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] };

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: '{"a":1}', refusal: null }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 },
};
const chunk = (delta, finish_reason = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, delta, finish_reason }],
});
const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'gpt-4o-mini',
  output: [
    {
      type: 'message',
      id: 'm',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: '{"a":1}', annotations: [] }],
    },
  ],
  usage: { input_tokens: 11, output_tokens: 5, total_tokens: 16 },
};
const json = (body, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'x-request-id': 'req_1' },
  });

/** Bodies that reached the provider. */
export const sent = [];

/** Answers as OpenAI does; the model `fails` gets a 400. */
export async function provider(url, init) {
  const body = JSON.parse(init.body);
  sent.push(body);
  if (body.model === 'fails') return json({ error: { message: 'no' } }, 400);
  if (String(url).includes('/responses')) return json(RESPONSE);
  if (!body.stream) return json(ANSWER);
  const events = [chunk({ role: 'assistant', content: '{"a"' }), chunk({ content: ':1}' }), chunk({}, 'stop')];
  const lines = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  return new Response(`${lines}data: [DONE]\n\n`, { headers: { 'content-type': 'text/event-stream' } });
}

/** Records that reached PromptLab. */
export const records = [];

export const lab = new promptlab.PromptLab({
  apiKey: 'k',
  request: {
    gzipAboveBytes: Infinity,
    fetch: async (_, { body }) => {
      const { logs = [] } = JSON.parse(new TextDecoder().decode(body));
      records.push(...logs);
      return Response.json({ results: logs.map(({ id }, index) => ({ index, id, status: 'created' })) });
    },
  },
});

const FORMAT = { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } };

/** What callers do with a client, and what each of them sees. */
export const USES = {
  create: async (client) => (await client.chat.completions.create(HELLO)).choices[0].message.content,
  'create, streamed': async (client) => {
    let text = '';
    for await (const part of await client.chat.completions.create({ ...HELLO, stream: true }))
      text += part.choices[0]?.delta?.content ?? '';
    return text;
  },
  parse: async (client) =>
    (await client.chat.completions.parse({ ...HELLO, response_format: FORMAT })).choices[0].message.content,
  stream: async (client) => client.chat.completions.stream(HELLO).finalContent(),
  withResponse: async (client) => (await client.chat.completions.create(HELLO).withResponse()).data.id,
  asResponse: async (client) => (await (await client.chat.completions.create(HELLO).asResponse()).json()).id,
  responses: async (client) => (await client.responses.create({ model: 'gpt-4o-mini', input: 'Hi' })).output_text,
  'an error': async (client) => {
    try {
      await client.chat.completions.create({ ...HELLO, model: 'fails' });
    } catch (error) {
      return `${error.constructor.name} ${error.status}`;
    }
  },
};

/** Runs every use; what throws is told as its message. */
export async function useClient(client) {
  const seen = {};
  for (const [name, use] of Object.entries(USES)) {
    const before = records.length;
    try {
      seen[name] = { value: await use(client) };
    } catch (error) {
      seen[name] = { threw: String(error?.message ?? error) };
    }
    await lab.flush();
    seen[name].records = records.length - before;
  }
  return seen;
}

let rejections = 0;
process.on('unhandledRejection', () => rejections++);

/** Prints what the test reads, as one line. */
export async function report(result) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.stdout.write(`${JSON.stringify({ ...result, rejections })}\n`);
  process.exit(0);
}
