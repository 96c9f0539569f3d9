/** Processor time that `track()` adds where nothing is sent: calls, delivery, chunks. */
import OpenAI from 'openai';
import { Stream } from 'openai/core/streaming';
import type * as Sdk from 'promptlab';
import { formatNumber } from '../lib/numbers.ts';
import { type Row, row } from '../lib/rows.ts';
import { type Client, compare, cpuUs, type MeasureOptions } from './compare.ts';
import { BODY } from './conversation.ts';

/** Answers at once, so that only the client and the wrapper are measured; queueing and delivery included. */
export async function measureInProcess(sdk: typeof Sdk, { scale, onStep }: MeasureOptions): Promise<Row[]> {
  const answer = JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o-mini',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'An answer of some words. '.repeat(20), refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
  });
  const chunks = 2_000;
  const piece = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })}\n\n`;
  const sse = piece({ content: 'word ' }).repeat(chunks) + piece({}, 'stop') + 'data: [DONE]\n\n';
  // One turn of the event loop, as the shortest network takes; without it nothing else would ever run.
  const fetch = (async (_: unknown, init: { body: string }) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (init.body.includes('"stream":true'))
      return new Response(sse, { headers: { 'content-type': 'text/event-stream' } });
    return new Response(answer, { headers: { 'content-type': 'application/json' } });
  }) as unknown as typeof globalThis.fetch;
  const accepted = JSON.stringify({
    results: Array.from({ length: 1_000 }, (_, index) => ({ index, id: null, status: 'created' })),
  });
  const lab = new sdk.PromptLab({
    apiKey: 'k',
    baseUrl: 'http://127.0.0.1:9',
    batch: { intervalMs: 600_000, maxRecords: 1_000, maxBytes: 9_000_000 },
    limits: { queueBytes: 64_000_000 },
    request: { fetch: (async () => new Response(accepted)) as typeof globalThis.fetch, gzipAboveBytes: 1e9 },
  });
  // Nobody is asked; an address of its own, since the SDK warns of a client that calls PromptLab itself.
  const options = { apiKey: 'k', fetch, baseURL: 'http://provider.test/v1' };
  const raw: Client = new OpenAI(options);
  const tracked: Client = lab.track(new OpenAI(options));

  const calls = Math.round(300 * scale);
  // What the call costs until its answer is there; what waits is delivered between the rounds.
  const inTurns = 15;
  const payCalls = async (client: Client) => {
    await lab.flush();
    const started = cpuUs();
    for (let i = 0; i < calls; i++) await client.chat.completions.create(BODY);
    return (cpuUs() - started) / calls;
  };
  onStep('calls in process');
  const perCall = await compare(raw, tracked, payCalls, { turns: inTurns, seconds: 15 });
  // The same with its share of serialising and sending, which happens while the program waits for something else.
  const payAll = async (client: Client) => {
    const started = cpuUs();
    for (let i = 0; i < calls; i++) await client.chat.completions.create(BODY);
    await lab.flush();
    return (cpuUs() - started) / calls;
  };
  onStep('calls in process, delivered');
  const delivered = await compare(raw, tracked, payAll, { turns: inTurns, seconds: 15 });
  const streams = Math.max(2, Math.round(4 * scale));
  const payStreams = async (client: Client) => {
    const started = cpuUs();
    for (let i = 0; i < streams; i++) {
      for await (const part of await client.chat.completions.create({ ...BODY, stream: true })) void part;
    }
    return (cpuUs() - started) / (streams * chunks);
  };
  onStep('chunks from their bytes on');
  const perChunk = await compare(raw, tracked, payStreams, { turns: 5, seconds: 15 });
  // With bytes to decode a chunk costs the library fifty times what is looked for here, and varies by more than that from turn to
  // turn. So the bytes are left out: the library's own stream over chunks that are parsed as it parses them.
  const chunkText = piece({ content: 'word ' }).slice('data: '.length);
  const streamOf = () =>
    new Stream(async function* () {
      for (let i = 0; i < 20_000; i++) yield JSON.parse(chunkText) as OpenAI.ChatCompletionChunk;
    }, new AbortController());
  const clientOf = (): Client =>
    ({ chat: { completions: { create: () => Promise.resolve(streamOf()) } } }) as unknown as Client;
  const payChunks = async (client: Client) => {
    await lab.flush();
    const started = cpuUs();
    for await (const part of await client.chat.completions.create({ ...BODY, stream: true })) void part;
    return (cpuUs() - started) / 20_000;
  };
  onStep('parsed chunks');
  const perParsedChunk = await compare(clientOf(), lab.track(clientOf()), payChunks, { turns: inTurns, seconds: 15 });
  await lab.shutdown();
  return [
    row(
      'added per call, in process (CPU)',
      `${formatNumber(perCall.median)} µs (fastest ${formatNumber(perCall.min)}; raw ${formatNumber(perCall.raw)})`,
      '≤ 50 µs',
      perCall.median <= 50,
    ),
    row(
      'the same, delivered as well (CPU)',
      `${formatNumber(delivered.median)} µs (fastest ${formatNumber(delivered.min)})`,
      'shown',
      undefined,
    ),
    row(
      'added per stream chunk, parsed but not decoded (CPU)',
      `${formatNumber(perParsedChunk.median)} µs (fastest ${formatNumber(perParsedChunk.min)}; raw ${formatNumber(perParsedChunk.raw)})`,
      '≤ 0.5 µs',
      perParsedChunk.median <= 0.5,
    ),
    row(
      'the same, from its bytes on (CPU)',
      `${formatNumber(perChunk.median)} µs (fastest ${formatNumber(perChunk.min)}; raw ${formatNumber(perChunk.raw)})`,
      'shown',
      undefined,
    ),
  ];
}
