// `withOptions()` came with openai 5.
import OpenAI from 'OPENAI';
import { track } from 'PROMPTLAB';

const client = track(new OpenAI({ apiKey: 'k' }));
// The library types a clone as its own `this`, so the extras stay.
const clone = client.withOptions({ timeout: 5 });
void clone.chat.completions.create({ model: 'm', messages: [], prompt_slug: 'p' });
const asOpenAI: OpenAI = clone;
void asOpenAI;
