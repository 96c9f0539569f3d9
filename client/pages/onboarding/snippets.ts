/** Code to paste for the first request, with this server's address and the reader's key already in it. */

export type SnippetTarget = { readonly baseUrl: string; readonly apiKey: string };

/** The server hands out the SDK that fits it; `beside` is what else the code imports. */
export function installSnippet({ baseUrl }: Pick<SnippetTarget, 'baseUrl'>, ...beside: string[]): string {
  return ['npm install', `${baseUrl}/sdk/promptlab.tgz`, ...beside].join(' ');
}

export function trackSnippet({ baseUrl, apiKey }: SnippetTarget): string {
  return `import OpenAI from 'openai';
import { track } from 'promptlab';

const openai = track(new OpenAI(), {
  apiKey: '${apiKey}',
  baseUrl: '${baseUrl}',
});

// Use the client as before: every call is logged in the background.
const completion = await openai.chat.completions.create({
  model: 'gpt-4.1-mini',
  messages: [{ role: 'user', content: 'Say hello to PromptLab.' }],
});`;
}

/** pip refuses a file that is not called by its full name. */
export function installPythonSnippet({ baseUrl, version }: { baseUrl: string; version: string }): string {
  return `pip install ${baseUrl}/sdk/promptlab_sdk-${version}-py3-none-any.whl openai`;
}

export function trackPythonSnippet({ baseUrl, apiKey }: SnippetTarget): string {
  return `from openai import OpenAI
from promptlab import track

client = track(
    OpenAI(),
    api_key="${apiKey}",
    base_url="${baseUrl}",
)

# Use the client as before: every call is logged in the background.
completion = client.chat.completions.create(
    model="gpt-4.1-mini",
    messages=[{"role": "user", "content": "Say hello to PromptLab."}],
)`;
}

export function curlSnippet({ baseUrl, apiKey }: SnippetTarget): string {
  return `curl -X POST ${baseUrl}/api/v1/logs \\
  -H "Authorization: Bearer ${apiKey}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "gpt-4.1-mini",
    "provider": "openai",
    "messages": [{"role": "user", "content": "Say hello to PromptLab."}],
    "response_content": "Hello, PromptLab!",
    "latency_ms": 420,
    "input_tokens": 13,
    "output_tokens": 5,
    "tags": {"env": "dev"}
  }'`;
}

export function manualSnippet({ baseUrl, apiKey }: SnippetTarget): string {
  return `import { PromptLab } from 'promptlab';

const promptlab = new PromptLab({
  apiKey: '${apiKey}',
  baseUrl: '${baseUrl}',
});

// For any model and any client: log what you called and what came back.
await promptlab.api.logRequest({
  model: 'llama-3.3-70b',
  provider: 'groq',
  messages: [{ role: 'user', content: 'Say hello to PromptLab.' }],
  response_content: 'Hello, PromptLab!',
  latency_ms: 420,
  input_tokens: 13,
  output_tokens: 5,
});`;
}
