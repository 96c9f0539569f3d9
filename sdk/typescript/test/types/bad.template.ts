// Each marked line must be an error; `@ts-expect-error` is itself an error where there is none.
import OpenAI from 'OPENAI';
import { PromptLab, track } from 'PROMPTLAB';

const client = track(new OpenAI({ apiKey: 'k' }), { apiKey: 'k' });
const raw = new OpenAI({ apiKey: 'k' });
const body = { model: 'm', messages: [{ role: 'user' as const, content: 'x' }] };

// @ts-expect-error a misspelled extra
void client.chat.completions.create({ ...body, prompt_slgu: 'p' });
// @ts-expect-error an extra of the wrong type
void client.chat.completions.create({ ...body, prompt_slug: 5 });
// @ts-expect-error tags are an object of strings
void client.chat.completions.create({ ...body, tags: ['a'] });
// @ts-expect-error an unknown field of `promptlab`
void client.chat.completions.create({ ...body, promptlab: { slgu: 'p' } });
// @ts-expect-error extras on a client that is not tracked
void raw.chat.completions.create({ ...body, prompt_slug: 'p' });
// @ts-expect-error the parameters of the provider are still checked
void client.chat.completions.create({ model: 'm', prompt_slug: 'p' });
// @ts-expect-error the same for responses
void client.responses.create({ model: 'm', input: 'x', prompt_slgu: 'p' });
// @ts-expect-error an unknown option
track(raw, { apikey: 'k' });
// @ts-expect-error a mask returns a record or null
new PromptLab({ mask: () => 5 });
// @ts-expect-error a log needs a model
new PromptLab().api.logRequest({ provider: 'p', messages: [] });
