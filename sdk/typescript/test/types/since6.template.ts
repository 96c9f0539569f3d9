// What came with openai 6.
import OpenAI from 'OPENAI';
import { track } from 'PROMPTLAB';

const client = track(new OpenAI({ apiKey: 'k' }));

async function responses(): Promise<void> {
  const compacted = await client.responses.compact({ model: 'gpt-5', input: 'x', prompt_slug: 'p' });
  const beta = await client.beta.responses.create({ model: 'm', input: 'x', trace_id: 't' });
  const events = await client.beta.responses.create({ model: 'm', input: 'x', stream: true, tags: { a: 'b' } });
  for await (const event of events) void event.type;
  const again = await client.beta.responses.compact({ model: 'gpt-5', input: 'x', promptlab: { userId: 'u' } });
  const ids: string[] = [compacted.id, beta.id, again.id];
  void ids;
  // @ts-expect-error a misspelled extra
  void client.responses.compact({ model: 'gpt-5', input: 'x', prompt_slgu: 'p' });
}
void responses;
