import { ExactNumber } from '#shared/exactJson';
import type { JsonValue } from '#shared/primitives';
import type { ApiCall } from './apiCall.ts';

const METHODS = {
  'chat.completions': 'chat.completions.create',
  responses: 'responses.create',
  embeddings: 'embeddings.create',
} as const;

/** The call with the `openai` package, as a module that runs as it is. */
export function toTypeScript(call: ApiCall): string {
  const { endpoint, body, isStream, gaps } = call;
  const written = toLiteral(body);
  return [
    "import OpenAI from 'openai';",
    '',
    ...gaps.map((gap) => `// ${gap}`),
    ...(written.isRounded ? ['// A number has more digits than JavaScript keeps.'] : []),
    `const openai = new OpenAI(${clientOptions(call)});`,
    `const ${isStream ? 'stream' : 'response'} = await openai.${METHODS[endpoint]}(${written.text});`,
    ...(isStream ? readStream(call) : [PRINT[endpoint]]),
    '',
  ].join('\n');
}

const PRINT = {
  'chat.completions': 'console.log(response.choices[0]?.message);',
  responses: 'console.log(response.output_text);',
  embeddings: 'console.log(response.data[0]?.embedding.length);',
} as const;

function readStream({ endpoint }: ApiCall): string[] {
  const piece =
    endpoint === 'responses'
      ? "if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);"
      : "process.stdout.write(event.choices[0]?.delta?.content ?? '');";
  return ['for await (const event of stream) {', `  ${piece}`, '}'];
}

/** The package reads its own variables of the environment by itself. */
function clientOptions({ keyVariable, baseUrlVariable, baseUrl }: ApiCall): string {
  if (keyVariable === 'OPENAI_API_KEY') return '';
  // A server of one's own wants no key, but the package does.
  const noKey = keyVariable === 'OLLAMA_API_KEY' ? " ?? 'ollama'" : '';
  return [
    '{',
    `  apiKey: process.env.${keyVariable}${noKey},`,
    `  baseURL: process.env.${baseUrlVariable} ?? ${quote(baseUrl)},`,
    '}',
  ].join('\n');
}

function toLiteral(value: JsonValue): { text: string; isRounded: boolean } {
  let isRounded = false;
  const write = (one: JsonValue, indent: string): string => {
    if (one instanceof ExactNumber) {
      isRounded ||= !Number.isFinite(one.toNumber()) || !keepsValue(one);
      return one.literal;
    }
    if (typeof one === 'string') return quote(one);
    if (typeof one !== 'object' || one === null) return String(one);
    const inner = `${indent}  `;
    const members = Array.isArray(one)
      ? one.map((member) => write(member, inner))
      : Object.entries(one).map(([name, member]) => `${writeName(name)}: ${write(member, inner)}`);
    const [start, end] = Array.isArray(one) ? ['[', ']'] : ['{', '}'];
    if (members.length === 0) return `${start}${end}`;
    return `${start}\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}${end}`;
  };
  const text = write(value, '');
  return { text, isRounded };
}

/** `10.50` is 10.5 to anyone; a number of twenty digits is another one. */
function keepsValue({ literal }: ExactNumber): boolean {
  const [digits = ''] = literal.replace(/^-/, '').split(/[eE]/);
  return digits.replace('.', '').replace(/^0+|0+$/g, '').length <= 15;
}

/** A plain `__proto__` would set the prototype. */
function writeName(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : quote(name);
}

function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1);
  return text.includes("'") ? `"${inner}"` : `'${inner.replaceAll('\\"', '"')}'`;
}
