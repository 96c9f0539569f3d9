// Compiled against each major; must have no error.
import OpenAI, { AzureOpenAI } from 'OPENAI';
import { PromptLab, track, type CallExtras, type PromptLabOptions, type Tracked } from 'PROMPTLAB';

const options: PromptLabOptions = {
  apiKey: 'k',
  tags: { env: 'prod' },
  mask: (record) => record,
  limits: { queueBytes: 1 },
};
const client = track(new OpenAI({ apiKey: 'k' }), options);
const messages = [{ role: 'user' as const, content: 'x' }];

async function extras(): Promise<void> {
  const plain = await client.chat.completions.create({
    model: 'm',
    messages,
    prompt_slug: 'p',
    trace_id: 't',
    tags: { a: 'b' },
  });
  const text: string | null | undefined = plain.choices[0]?.message.content;
  const stream = await client.chat.completions.create({
    model: 'm',
    messages,
    stream: true,
    prompt_slug: 'p',
    promptlab: { userId: 'u' },
  });
  for await (const part of stream) {
    const delta: string | null | undefined = part.choices[0]?.delta.content;
    void delta;
  }
  stream.controller.abort();
  const { data, response } = await client.chat.completions.create({ model: 'm', messages, tags: {} }).withResponse();
  const id: string = data.id;
  const status: number = response.status;
  const params: OpenAI.ChatCompletionCreateParams & CallExtras = { model: 'm', messages, prompt_version: 2 };
  const either = await client.chat.completions.create(params);
  const union: OpenAI.ChatCompletion | AsyncIterable<OpenAI.ChatCompletionChunk> = either;
  void union;
  const answer = await client.responses.create({ model: 'm', input: 'x', prompt_slug: 'p' });
  const output: string = answer.output_text;
  const events = await client.responses.create({ model: 'm', input: 'x', stream: true, traceId: 't' });
  for await (const event of events) void event.type;
  const vectors = await client.embeddings.create({ model: 'm', input: 'x', tags: { a: 'b' } });
  const first: number[] | undefined = vectors.data[0]?.embedding;
  await client.completions.create({ model: 'm', prompt: 'x', promptSlug: 'p' });
  await client.moderations.create({ input: 'x', tags: { a: 'b' } });
  await client.images.generate({ prompt: 'x', prompt_slug: 'p' });
  void [text, id, status, output, first];
}

async function media(file: File): Promise<void> {
  const edited = await client.images.edit({ image: file, prompt: 'x', prompt_slug: 'p' });
  const varied = await client.images.createVariation({ image: file, tags: { a: 'b' } });
  const spoken = await client.audio.transcriptions.create({ file, model: 'm', trace_id: 't' });
  const heard: string = spoken.text;
  const plain = await client.audio.transcriptions.create({ file, model: 'm', response_format: 'text', trace_id: 't' });
  const translated = await client.audio.translations.create({ file, model: 'm', promptlab: { userId: 'u' } });
  const words: string = translated.text;
  const speech = await client.audio.speech.create({ model: 'm', voice: 'alloy', input: 'x', promptSlug: 'p' });
  const sound: ArrayBuffer = await speech.arrayBuffer();
  void [edited.data, varied.data, heard, plain, words, sound];
}

async function helpers(): Promise<void> {
  const format = { type: 'json_schema' as const, json_schema: { name: 'x', schema: {} } };
  const parsed = await client.HELPERS.parse({ model: 'm', messages, response_format: format, prompt_slug: 'p' });
  const content: string | null | undefined = parsed.choices[0]?.message.content;
  const runner = client.HELPERS.stream({ model: 'm', messages, trace_id: 't', promptlab: { userId: 'u' } });
  runner.on('content', (diff: string) => void diff);
  const final: string | null = await runner.finalContent();
  const tool = {
    type: 'function' as const,
    function: {
      name: 'f',
      description: 'x',
      parameters: {},
      parse: (text: string) => JSON.parse(text) as { a: number },
      function: ({ a }: { a: number }) => String(a),
    },
  };
  const tools = client.HELPERS.runTools({ model: 'm', messages, tools: [tool], tags: { a: 'b' } });
  const last: string | null = await tools.finalContent();
  const answer = await client.responses.parse({ model: 'm', input: 'x', prompt_slug: 'p' });
  const output: string = answer.output_text;
  const events = client.responses.stream({ model: 'm', input: 'x', prompt_slug: 'p' });
  const response = await events.finalResponse();
  void [content, final, last, output, response.id];
}

const asOpenAI: OpenAI = client;
const azure: AzureOpenAI = track(new AzureOpenAI({ apiKey: 'k', endpoint: 'https://x', apiVersion: 'v' }));
const again: Tracked<OpenAI> = new PromptLab().track(new OpenAI({ apiKey: 'k' }));
const log = new PromptLab({ apiKey: 'k' }).api.logRequest({
  model: 'm',
  provider: 'p',
  messages: messages as OpenAI.ChatCompletionMessageParam[],
  tags: { a: 'b' },
});
const camel = new PromptLab({ apiKey: 'k' }).api.logRequest({
  model: 'm',
  provider: 'p',
  messages,
  inputTokens: 4,
  promptSlug: 'p',
});
void [extras, media, helpers, asOpenAI, azure, again, log, camel];
