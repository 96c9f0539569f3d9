/** A client of which nothing can be recorded. */
import Anthropic from '@anthropic-ai/sdk';
import { lab, report } from './shared.mjs';

const warnings = [];
console.warn = (...words) => warnings.push(words.join(' '));
const sent = [];
const fetch = async (_, init) => {
  sent.push(JSON.parse(init.body));
  return Response.json({ id: 'm', type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Hi' }] });
};
const client = lab.track(new Anthropic({ apiKey: 'x', fetch, maxRetries: 0 }));
lab.track(new Anthropic({ apiKey: 'x', fetch, maxRetries: 0 }));
const params = { model: 'claude', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] };
const answer = await client.messages.create({ ...params, prompt_slug: 'p', tags: { a: 'b' } });
await client.beta.messages.create({ ...params, trace_id: 't' });
await report({ warnings, sent, text: answer.content[0].text });
