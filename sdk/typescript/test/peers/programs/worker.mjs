/** A Worker as the documentation writes them; the way to flush is the path. */
import OpenAI from 'openai';
import { PromptLab, flush, track } from 'promptlab';

const ANSWER = {
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
};
const provider = async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return Response.json(ANSWER);
};
const call = (client, n) =>
  client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: String(n) }] });
const newClient = () => new OpenAI({ apiKey: 'k', fetch: provider });

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    const options = { apiKey: 'k', baseUrl: env.LAB_URL };
    const n = searchParams.get('n');
    if (pathname === '/flush') {
      await call(track(newClient(), options), n);
      return Response.json(await flush());
    }
    if (pathname === '/waitUntilFlush') {
      await call(track(newClient(), options), n);
      ctx.waitUntil(flush());
    } else if (pathname === '/waitUntilOption') {
      await call(track(newClient(), { ...options, waitUntil: (work) => ctx.waitUntil(work) }), n);
    } else if (pathname === '/instance') {
      const lab = new PromptLab(options);
      await call(lab.track(newClient()), n);
      return Response.json(await lab.flush());
    }
    return new Response('ok');
  },
};
