/** All ways to use a client that there are, and the provider's side of them. */
import type OpenAI from 'openai';
import {
  chatAnswer,
  delta,
  responseAnswer,
  responseEvents,
  sendError,
  sendEvents,
  sendJson,
  textChunks,
  type FakeOpenAI,
  type Loose,
} from './fakeOpenAI';
import { HELLO, until } from './harness';

/** Answers by the name of the model: some misbehave, some say more than a word. */
export function serve({ on }: FakeOpenAI): void {
  const call = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
  const end = delta({ reasoning_details: [{ text: 'so' }] }, 'tool_calls');
  const message = { role: 'assistant', content: null, reasoning_details: [{ text: 'so' }] };
  const streams: Record<string, unknown[]> = {
    cut: [delta({ content: 'a' })],
    tools: [
      delta({ role: 'assistant', tool_calls: [call] }),
      delta({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] }),
      // Some servers say the message again beside its last piece.
      { ...end, choices: end.choices.map((choice: object) => ({ ...choice, message })) },
    ],
  };
  on('/chat/completions', (seen, res) => {
    const { model, stream, messages } = seen.body;
    if (model === 'fails') return sendError(res, 400, { message: 'no' });
    if (stream)
      return sendEvents(seen, res, streams[model] ?? textChunks(['Hello', ' there']), { cut: model === 'cut' });
    const isAsked = model === 'tools' && messages.length === 1;
    sendJson(
      res,
      isAsked ? chatAnswer({ role: 'assistant', content: null, tool_calls: [call] }, 'tool_calls') : chatAnswer(),
    );
  });
  on('/responses', (seen, res) => {
    const events = seen.body.model === 'fails' ? [{ type: 'error', message: 'no' }] : responseEvents();
    if (seen.body.stream) return sendEvents(seen, res, events, { done: false, named: true });
    sendJson(
      res,
      seen.body.background ? responseAnswer({ status: 'queued', output: [], usage: null }) : responseAnswer(),
    );
  });
  on('/audio/transcriptions', (seen, res) =>
    seen.text.includes('name="stream"')
      ? sendEvents(seen, res, [
          { type: 'transcript.text.delta', delta: 'spoken' },
          { type: 'transcript.text.done', text: 'spoken' },
        ])
      : sendJson(res, { text: 'spoken' }),
  );
  on('/responses/resp_1', (_, res) => sendJson(res, responseAnswer()));
}

/** What a caller sees of many kinds of calls, a result each; `only`: the numbers of those that are wanted. */
export async function useClient(client: OpenAI, fake: FakeOpenAI, only?: ReadonlySet<number>): Promise<unknown[]> {
  const { chat, beta, responses, images, audio } = client as Loose;
  const create = (more: object) => chat.completions.create({ ...HELLO, ...more });
  // The helpers live under `beta` in openai 4, and its clients have no clones.
  const helpers = chat.completions.runTools ? chat.completions : beta.chat.completions;
  const clone = client.withOptions?.({ timeout: 5_000 }) ?? client;
  const file = new File(['abc'], 'a.txt', { type: 'text/plain' });
  const tool = { name: 'f', parameters: {}, parse: JSON.parse, function: () => 'done' };
  const text = async (stream: AsyncIterable<Loose>) => {
    let all = '';
    for await (const part of stream) all += part.choices?.[0]?.delta?.content ?? part.delta ?? '';
    return all;
  };
  const failing = async (call: () => PromiseLike<unknown>) => {
    try {
      return await call();
    } catch (error) {
      return [(error as Error).constructor.name, (error as Error).message];
    }
  };
  const uses: (() => unknown)[] = [
    () => create({ prompt_slug: 'p', tags: { a: 'b' }, promptlab: { metadata: { a: 1 }, variables: { b: 2 } } }),
    () => create({ prompt_slug: 5 }),
    () => create({ tools: [{ type: 'function', function: { toJSON: () => ({ name: 'f' }) } }] }),
    () => chat.completions.create(Object.defineProperty({ ...HELLO }, 'user', { enumerable: true, get: () => 'u' })),
    async () => text(await create({ stream: true, prompt_slug: 'p' })),
    async () => (await create({}).withResponse()).request_id !== null,
    async () => (await create({}).asResponse()).json(),
    async () => (await create({ stream: true }).asResponse()).text(),
    async () => (await helpers.parse(HELLO)).choices[0]?.message.content,
    () => helpers.stream(HELLO).finalContent(),
    () => helpers.runTools({ ...HELLO, model: 'tools', tools: [{ type: 'function', function: tool }] }).finalContent(),
    async () => {
      for await (const part of await create({ stream: true })) return part.choices[0]?.index;
    },
    async () => {
      const stream = await create({ stream: true });
      let count = 0;
      for await (const part of stream) {
        count += part ? 1 : 0;
        stream.controller.abort();
      }
      return count > 0;
    },
    async () => {
      const [left, right] = (await create({ stream: true })).tee();
      return [await text(left), await text(right)];
    },
    async () => new Response((await create({ stream: true })).toReadableStream()).text(),
    async () => {
      const choices: unknown[] = [];
      for await (const part of await create({ stream: true, model: 'tools' })) choices.push(part.choices);
      return choices;
    },
    () => failing(async () => text(await create({ stream: true, model: 'cut' }))),
    () => failing(() => create({ model: 'fails' })),
    () => failing(() => clone.chat.completions.create({ ...HELLO, model: 'fails' })),
    async () => {
      // Nobody asks for the answer.
      void create({ model: 'unseen' });
      await until(() => fake.requests.some(({ body }) => body.model === 'unseen'), 15_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    },
    // Throws at once: the body cannot be written.
    () => failing(async () => create({ temperature: 1n })),
    () => failing(() => create({}).then(() => { throw new Error('mine'); })), // prettier-ignore
    () => client.completions.create({ model: 'm', prompt: 'long '.repeat(1_000) }),
    () => responses.create({ model: 'm', input: [{ role: 'user', content: 'x' }] }),
    async () => text(await responses.create({ model: 'm', input: 'x', stream: true })),
    () => failing(async () => text(await responses.create({ model: 'fails', input: 'x', stream: true }))),
    async () => [
      await responses.create({ model: 'm', input: 'x', background: true }),
      await responses.retrieve('resp_1'),
    ],
    () => client.embeddings.create({ model: 'e', input: 'x' }),
    () => client.moderations.create({ input: 'x' }),
    () => images.generate({ model: 'm', prompt: `data:image/png;base64,${'iVBORw0KGgo'.repeat(99)}` }),
    () => images.edit({ model: 'm', prompt: 'x', image: file }),
    () => audio.transcriptions.create({ model: 'm', file }),
    async () => text(await audio.transcriptions.create({ model: 'm', file, stream: true })),
    async () => (await (await audio.speech.create({ model: 'm', voice: 'v', input: 'x' })).arrayBuffer()).byteLength,
  ];
  const results = await Promise.all(uses.filter((_, index) => only?.has(index) ?? true).map((use) => use()));
  return JSON.parse(JSON.stringify(results)) as unknown[];
}
