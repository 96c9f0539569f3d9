/** What `track()` adds to calls over HTTP, one at a time and a hundred at once. */
import OpenAI from 'openai';
import type * as Sdk from 'promptlab';
import { formatNumber, median } from '../lib/numbers.ts';
import { type Row, row } from '../lib/rows.ts';
import { type Client, compare, compareOneByOne, type MeasureOptions } from './compare.ts';
import { BODY } from './conversation.ts';
import type { Servers } from './startServers.ts';

export async function measureOverHttp(
  sdk: typeof Sdk,
  { providerUrl, labUrl }: Servers,
  { scale, onStep }: MeasureOptions,
): Promise<Row[]> {
  const lab = new sdk.PromptLab({ apiKey: 'k', baseUrl: labUrl });
  const raw: Client = new OpenAI({ apiKey: 'k', baseURL: providerUrl });
  const tracked: Client = lab.track(new OpenAI({ apiKey: 'k', baseURL: providerUrl }));
  const oneByOne = { calls: Math.round(300 * scale), seconds: 10 };
  onStep('calls over HTTP');
  const perCall = await compareOneByOne(raw, tracked, timeOfCall, oneByOne);
  onStep('streams over HTTP');
  const ttft = await compareOneByOne(raw, tracked, timeToFirstToken, oneByOne);
  const ratioOf = async (model: string, { calls, seconds }: { readonly calls: number; readonly seconds: number }) => {
    onStep(`100 calls at a time, ${model}`);
    const { pairs } = await compare(raw, tracked, (client) => timeOfMany(client, model, Math.round(calls * scale)), {
      seconds,
    });
    return median(pairs.map(([rawMs, trackedMs]) => (rawMs / trackedMs) * 100));
  };
  // Calls that end together queue for the one thread, so at 100 at a time the 50 µs that a call may cost are 5 ms of each
  // round trip: 97 % is a promise about models that take longer than 170 ms, as those behind a network do.
  const ratio = await ratioOf('after-300-ms', { calls: 800, seconds: 45 });
  const ratioAfter100Ms = await ratioOf('after-100-ms', { calls: 1_000, seconds: 25 });
  const ratioAtOnce = await ratioOf(BODY.model, { calls: 1_500, seconds: 15 });
  await lab.flush();
  const { sockets } = (await (await fetch(`${labUrl}/stats`)).json()) as { sockets: number };
  const { dropped } = lab.stats();
  await lab.shutdown();
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return [
    row(
      'added per call, over HTTP',
      `${formatNumber(perCall.median * 1_000)} µs (raw ${formatNumber(perCall.raw * 1_000)})`,
      'shown',
      undefined,
    ),
    row(
      'added time to first token',
      `${formatNumber(ttft.median * 1_000)} µs (raw ${formatNumber(ttft.raw * 1_000)})`,
      '≤ 100 µs',
      ttft.median <= 0.1,
    ),
    row(
      'calls/s at 100 at a time, answers after 300 ms, tracked ÷ raw',
      `${formatNumber(ratio)} %`,
      '≥ 97 %',
      ratio >= 97,
    ),
    row(
      'the same, answers after 100 ms; at once',
      `${formatNumber(ratioAfter100Ms)} %; ${formatNumber(ratioAtOnce)} %`,
      'shown',
      undefined,
    ),
    row('sockets open to PromptLab at once', `${sockets}`, '≤ 2', sockets <= 2),
    row('records lost under that load', `${lost}`, '0', lost === 0),
  ];
}

async function timeOfCall(client: Client): Promise<number> {
  const startedMs = performance.now();
  await client.chat.completions.create(BODY);
  return performance.now() - startedMs;
}

async function timeToFirstToken(client: Client): Promise<number> {
  const startedMs = performance.now();
  for await (const part of await client.chat.completions.create({ ...BODY, stream: true }))
    if (part.choices[0]?.delta.content) return performance.now() - startedMs;
  return Number.NaN;
}

/** Milliseconds a call, of so many calls, 100 at a time. */
async function timeOfMany(client: Client, model: string, calls: number): Promise<number> {
  let left = calls;
  const startedMs = performance.now();
  const work = async () => {
    while (left-- > 0) await client.chat.completions.create({ ...BODY, model });
  };
  await Promise.all(Array.from({ length: 100 }, work));
  return (performance.now() - startedMs) / calls;
}
