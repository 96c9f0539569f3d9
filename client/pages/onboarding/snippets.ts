/** Code to paste for the first request, with this server's address and the reader's key already in it. */

/** Where the reader logs: the address of this server, and a key of the reader. */
export type SnippetTarget = { readonly baseUrl: string; readonly apiKey: string };

/** The server hands out the SDK that fits it; `beside` is what else the code imports. */
export function installSnippet({ baseUrl }: Pick<SnippetTarget, 'baseUrl'>, ...beside: string[]): string {
  return ['npm install', `${baseUrl}/sdk/promptlab.tgz`, ...beside].join(' ');
}

/** The name says to Node that it is an ES module, whatever the folder holds. */
export const TRACK_FILE = 'first-call.mjs';
export const MANUAL_FILE = 'first-log.mjs';
export const PYTHON_FILE = 'first_call.py';

/** A program that wraps the client of OpenAI and makes one call; for TRACK_FILE. */
export function trackSnippet({ baseUrl, apiKey }: SnippetTarget): string {
  return `import OpenAI from 'openai';
import { flush, track } from 'promptlab';

// Use the client as before: every call is logged in the background.
const openai = track(new OpenAI(), {
  apiKey: '${apiKey}',
  baseUrl: '${baseUrl}',
});

try {
  const completion = await openai.chat.completions.create({
    model: 'gpt-4.1-mini',
    messages: [{ role: 'user', content: 'Say hello to PromptLab.' }],
  });
  console.log(completion.choices[0].message.content);
} finally {
  await flush(); // Only for scripts, which end at once: a call that fails is logged too.
}`;
}

/** `new OpenAI()` reads the key of OpenAI from the environment. */
export function runTrackSnippet(): string {
  return `OPENAI_API_KEY=YOUR_OPENAI_KEY node ${TRACK_FILE}`;
}

/** pip refuses a file that is not called by its full name. */
export function installPythonSnippet({ baseUrl, version }: { baseUrl: string; version: string }): string {
  return `pip install ${baseUrl}/sdk/promptlab_sdk-${version}-py3-none-any.whl openai`;
}

/** The same in Python; for PYTHON_FILE. */
export function trackPythonSnippet({ baseUrl, apiKey }: SnippetTarget): string {
  return `from openai import OpenAI
from promptlab import track

# Use the client as before: every call is logged in the background, also one that fails.
client = track(
    OpenAI(),
    api_key="${apiKey}",
    base_url="${baseUrl}",
)

completion = client.chat.completions.create(
    model="gpt-4.1-mini",
    messages=[{"role": "user", "content": "Say hello to PromptLab."}],
)
print(completion.choices[0].message.content)`;
}

/** The command that runs PYTHON_FILE. */
export function runPythonSnippet(): string {
  return `OPENAI_API_KEY=YOUR_OPENAI_KEY python ${PYTHON_FILE}`;
}

/** One log by REST, which needs neither an SDK nor a key of OpenAI. */
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

/** The same by `logRequest` of the SDK; for MANUAL_FILE. */
export function manualSnippet({ baseUrl, apiKey }: SnippetTarget): string {
  return `import { PromptLab } from 'promptlab';

const promptlab = new PromptLab({
  apiKey: '${apiKey}',
  baseUrl: '${baseUrl}',
});

// For any model and any client: log what you called and what came back.
promptlab.api.logRequest({
  model: 'llama-3.3-70b',
  provider: 'groq',
  messages: [{ role: 'user', content: 'Say hello to PromptLab.' }],
  response_content: 'Hello, PromptLab!',
  latency_ms: 420,
  input_tokens: 13,
  output_tokens: 5,
});
await promptlab.flush(); // Only for scripts, which end at once.`;
}

/** For the terminal in which the agent works: what is pasted into a conversation should hold no secret. */
export function agentEnvironmentSnippet({ baseUrl, apiKey }: SnippetTarget): string {
  return `export PROMPTLAB_API_KEY=${apiKey}
export PROMPTLAB_BASE_URL=${baseUrl}`;
}

/** What a coding agent must know to add logging to a program that it has before it. */
export function agentSnippet({ baseUrl, version }: { baseUrl: string; version: string }): string {
  return `Log the LLM calls of this project to PromptLab, our own server at ${baseUrl}.

1. Find every place where a client of the package \`openai\` is made.
   TypeScript or JavaScript: run \`${installSnippet({ baseUrl })}\`, add
   \`import { track } from 'promptlab'\` and wrap the client once: \`track(new OpenAI(…))\`.
   Python: add \`${baseUrl}/sdk/promptlab_sdk-${version}-py3-none-any.whl\` to the requirements,
   add \`from promptlab import track\` and wrap the client once: \`track(OpenAI(…))\`.
   Never install a package called promptlab from npm or PyPI: it is not this one.
2. \`track\` returns the same client. Change nothing else in the calls. Where they are known, add
   \`prompt_slug\`, \`trace_id\` and \`tags\` to a call; they never reach the provider.
3. The key is in the environment variable PROMPTLAB_API_KEY and the address in PROMPTLAB_BASE_URL.
   Read them from there; write the key into no file.
4. In scripts that end at once, end TypeScript with \`await flush()\` of 'promptlab'. Python needs nothing.
5. Calls of other providers are logged by hand: \`new PromptLab().api.logRequest({ model, provider,
   messages, response_content, latency_ms, input_tokens, output_tokens })\`, in Python
   \`PromptLab().api.log_request({…})\`.
6. Run one call, then show me that it arrived:
   curl -H "Authorization: Bearer $PROMPTLAB_API_KEY" "${baseUrl}/api/v1/requests?limit=1"
The whole API is described at ${baseUrl}/api/v1/openapi.json.`;
}
