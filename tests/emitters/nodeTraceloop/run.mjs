/** The same calls, recorded by Traceloop's whole SDK: its workflow, its tool, and who it was for. */
import * as traceloop from '@traceloop/node-server-sdk';
import { OpenAI } from 'openai';
import { callOpenAI, QUESTION, RESULT } from '../openAiCalls.mjs';

traceloop.initialize({
  appName: process.env.OTEL_SERVICE_NAME,
  baseUrl: process.env.OTEL_EXPORTER_OTLP_ENDPOINT,
  apiKey: 'key',
  silenceInitializationMessage: true,
  instrumentModules: { openAI: OpenAI },
});

await traceloop.withAssociationProperties({ user_id: 'user-42', session_id: 'chat-7', plan: 'pro' }, () =>
  traceloop.withWorkflow(
    { name: 'answer-question' },
    async () => {
      await callOpenAI(new OpenAI({ maxRetries: 0 }));
      return traceloop.withTool({ name: 'get_weather' }, async () => RESULT, { city: 'Paris' });
    },
    { question: QUESTION },
  ),
);
await traceloop.forceFlush();
