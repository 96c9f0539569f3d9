import type { LoggedRequest } from '#shared/request';
import { toApiCall } from './apiCall.ts';

test('what Python sends by extra_body is sent beside the other parameters', () => {
  const request = {
    model: 'm',
    provider: 'vllm',
    endpoint: 'chat.completions',
    messages: [{ role: 'user', content: 'Hi' }],
    tools: null,
    parameters: { temperature: 0, extra_body: { top_k: 5 } },
  } as unknown as LoggedRequest;
  expect(toApiCall(request)?.body).toEqual({ model: 'm', messages: request.messages, temperature: 0, top_k: 5 });
});
