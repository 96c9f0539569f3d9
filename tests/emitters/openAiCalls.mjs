/** The calls of the small application that each emitter of JavaScript records, by a client of OpenAI. */
export const SYSTEM = 'You answer in one sentence.';
export const QUESTION = 'What is the weather in Paris?';
export const RESULT = '{"sky":"clear","degrees":24}';
const TOOLS = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'The weather in a city.',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

/** A chat, a call of a tool and its result, a stream, a failed call, an embedding. */
export async function callOpenAI(client) {
  const asked = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: QUESTION },
  ];
  await client.chat.completions.create({ model: 'gpt-4o-mini', messages: asked, temperature: 0.2, max_tokens: 100 });
  const first = await client.chat.completions.create({ model: 'gpt-4o-mini', messages: asked, tools: TOOLS });
  const [call] = first.choices[0].message.tool_calls;
  const made = { role: 'assistant', content: null, tool_calls: [call] };
  const given = { role: 'tool', tool_call_id: call.id, content: RESULT };
  await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [...asked, made, given], tools: TOOLS });
  const pieces = await client.chat.completions.create({
    model: 'gpt-4.1-mini',
    messages: asked,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const _ of pieces);
  await client.chat.completions
    .create({ model: 'status-429', messages: asked })
    .catch((error) => console.log(error.name));
  await client.embeddings.create({ model: 'text-embedding-3-small', input: QUESTION });
}

/** A call of the endpoint `responses`: thoughts and words, and a picture that is asked about. */
export async function callResponses(client) {
  const picture = { type: 'input_image', image_url: 'https://example.com/paris.png', detail: 'auto' };
  await client.responses.create({
    model: 'o4-mini',
    instructions: SYSTEM,
    input: [{ role: 'user', content: [{ type: 'input_text', text: QUESTION }, picture] }],
    max_output_tokens: 100,
  });
}
