/** The same small application by the AI SDK, of any version. */
import { QUESTION, RESULT, SYSTEM } from './openAiCalls.mjs';

/**
 * A run of a tool in several steps, a stream, thoughts, a failed call, an embedding.
 * @param modules the packages `ai`, `@ai-sdk/openai` and `zod` of who calls.
 * @param telemetry gives the options of a call that is recorded under a name.
 */
export async function callByAiSdk({ ai, openAi, zod }, telemetry) {
  const openai = openAi.createOpenAI({});
  const tools = {
    get_weather: ai.tool({
      description: 'The weather in a city.',
      inputSchema: zod.z.object({ city: zod.z.string() }),
      execute: async () => JSON.parse(RESULT),
    }),
  };
  await ai.generateText({
    model: openai.chat('gpt-4o-mini'),
    system: SYSTEM,
    prompt: QUESTION,
    tools,
    temperature: 0.2,
    maxOutputTokens: 100,
    maxRetries: 0,
    stopWhen: ai.stepCountIs(3),
    ...telemetry('weather'),
  });
  const streamed = ai.streamText({ model: openai.chat('gpt-4.1-mini'), prompt: QUESTION, ...telemetry('stream') });
  for await (const _ of streamed.textStream);
  await ai.generateText({ model: openai('o4-mini'), prompt: QUESTION, ...telemetry('think') });
  await ai
    .generateText({ model: openai.chat('status-429'), prompt: QUESTION, maxRetries: 0, ...telemetry('fail') })
    .catch((error) => console.log(error.name));
  await ai.embed({
    model: openai.embedding('text-embedding-3-small'),
    value: QUESTION,
    ...telemetry('find'),
  });
}
