/** What is the same request, and what is not; and that the bytes it came as do not matter. */
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { parseExactJson } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { JsonSource } from '#server/http/jsonSource';
import { scanJson } from '#server/http/jsonStructure';
import { canonicalJson, isCanonical } from './canonicalJson.ts';
import { type HashedCall, hashRequest } from './requestHashes.ts';

const system = (content: JsonValue) => ({ role: 'system', content });
const user = (content: JsonValue) => ({ role: 'user', content });
const TOOL = { type: 'function', function: { name: 'look_up', parameters: { type: 'object', properties: { a: {} } } } };
const CALL: HashedCall = {
  model: 'gpt-4o',
  provider: 'openai',
  messages: [system('You are brief.'), user('Hello')],
  parameters: { temperature: 0, max_tokens: 100 },
  tools: [TOOL],
};
const hashOf = (changes: Partial<HashedCall> = {}) => hashRequest({ ...CALL, ...changes }).request_hash;
const prefixOf = (changes: Partial<HashedCall> = {}) => hashRequest({ ...CALL, ...changes }).prefix_hash;

/** A call as it comes over HTTP, with the bytes it was parsed from. */
function received(json: string): { call: HashedCall; source: JsonSource } {
  const bytes = Buffer.from(json);
  const call = parseExactJson(json) as HashedCall & JsonObject;
  return { call, source: new JsonSource(bytes, call, scanJson(bytes)) };
}

/** The same value with the keys of each object in another order. */
function turned(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, turned(member)]),
  );
}

test('the hashes are the first 16 bytes of the SHA-256 of the JSON that docs/savings.md says', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
  const messages = '[{"role":"system","content":"You are brief."},{"role":"user","content":"Hello"}]';
  const tools =
    '[{"type":"function","function":{"name":"look_up","parameters":{"type":"object","properties":{"a":{}}}}}]';
  expect(canonicalJson(CALL.tools ?? null)).toBe(
    '[{"type":"function","function":{"name":"look_up","parameters":{"type":"object","properties":{"a":{}}}}}]',
  );
  expect(hashOf()).toBe(
    sha256(`["gpt-4o","openai","chat.completions",{"max_tokens":100,"temperature":0},${tools},${messages}]`),
  );
  expect(prefixOf()).toBe(sha256(`[[{"role":"system","content":"You are brief."}],${tools}]`));
});

test.each<[string, Partial<HashedCall>]>([
  ['the order of keys', turned(CALL as JsonObject) as Partial<HashedCall>],
  ['how it is sent', { parameters: { temperature: 0, stream: true, stream_options: {}, max_tokens: 100 } }],
  ['who asks', { parameters: { user: 'u1', metadata: { a: 'b' }, temperature: 0, max_tokens: 100 } }],
  ['an endpoint that is said', { endpoint: 'chat.completions' }],
])('%s changes nothing', (_, changes) => {
  expect(hashOf(changes)).toBe(hashOf());
  expect(prefixOf(changes)).toBe(prefixOf());
});

test.each<[string, Partial<HashedCall>]>([
  ['another model', { model: 'gpt-4o-mini' }],
  ['another provider', { provider: 'azure' }],
  ['another endpoint', { endpoint: 'responses' }],
  ['another temperature', { parameters: { temperature: 1, max_tokens: 100 } }],
  ['another limit', { parameters: { temperature: 0, max_tokens: 101 } }],
  ['no parameters', { parameters: null }],
  ['another word', { messages: [system('You are brief.'), user('Hello!')] }],
  ['another role', { messages: [system('You are brief.'), { role: 'assistant', content: 'Hello' }] }],
  ['another order of messages', { messages: [user('Hello'), system('You are brief.')] }],
  ['no tools', { tools: null }],
])('%s is another request', (_, changes) => {
  expect(hashOf(changes)).not.toBe(hashOf());
});

test('the prefix is the instructions and the tools alone', () => {
  expect(prefixOf({ messages: [system('You are brief.'), user('Something else')], model: 'x' })).toBe(prefixOf());
  expect(prefixOf({ messages: [system('You are long.'), user('Hello')] })).not.toBe(prefixOf());
  expect(prefixOf({ tools: null })).not.toBe(prefixOf());
  // What comes after the first word of the user is no prefix.
  expect(prefixOf({ messages: [system('You are brief.'), user('a'), system('Now be long.')] })).toBe(prefixOf());
  expect(prefixOf({ messages: [user('Hello')], tools: null })).toBeNull();
  expect(prefixOf({ messages: 'Hello', tools: null, parameters: { instructions: 'You are brief.' } })).toMatch(
    /^\w{32}$/,
  );
  expect(prefixOf({ messages: { system: 'You are brief.', messages: [user('Hello')] }, tools: null })).toMatch(
    /^\w{32}$/,
  );
});

test.each([[''], [[]], [{}]])('a call whose messages were not captured (%j) is like no other', (messages) => {
  expect(hashRequest({ ...CALL, messages })).toEqual({ request_hash: null, prefix_hash: null });
});

test('prefixes of one length that follow each other are told apart', () => {
  const words = ['aaaa', 'bbbb', 'aaaa', 'bbbb', 'aaab'];
  const hashes = words.map((content) => prefixOf({ messages: [system(content)] }));
  expect(new Set(hashes).size).toBe(3);
  expect(hashes[0]).toBe(hashes[2]);
  const tools = [[TOOL], [{ ...TOOL, type: 'functiom' }], [TOOL]].map((each) => prefixOf({ tools: each }));
  expect(new Set(tools).size).toBe(2);
});

const long = 'x'.repeat(300);
test.each([
  ['as OpenAI’s libraries write it', `[{"role":"system","content":"${long}"},{"role":"user","content":"a/b \\n é"}]`],
  ['in another order', `[{"content":"${long}","role":"system"},{"content":"a/b \\n é","role":"user"}]`],
  ['with white space', `[ {"role": "system", "content": "${long}"}, {"role": "user", "content": "a/b \\n é"} ]`],
  ['with escapes', `[{"role":"system","content":"${long}"},{"role":"user","content":"a/b \\n \\u00e9"}]`],
  ['with an escaped slash', `[{"role":"system","content":"${long}"},{"role":"user","content":"a\\/b \\n é"}]`],
])('messages %s are the same', (_, messages) => {
  const { call, source } = received(`{"model":"m","provider":"p","messages":${messages}}`);
  const expected = hashRequest({
    model: 'm',
    provider: 'p',
    messages: [system(long), user('a/b \n é')],
  });
  expect(hashRequest(call, source)).toEqual(expected);
});

const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' }) as fc.Arbitrary<JsonValue>;

test('any JSON has one canonical form, which says the same', () => {
  fc.assert(
    fc.property(json, (value) => {
      const canonical = canonicalJson(value);
      expect(canonicalJson(turned(value))).toBe(canonical);
      const hasNumberedNames = /"\d[^"]*":/.test(canonical);
      expect(isCanonical(JSON.parse(canonical)) || hasNumberedNames).toBe(true);
      expect(JSON.parse(canonical)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('whatever is sent, its bytes and its values have the same hashes', () => {
  const some = fc.record(
    { role: fc.constantFrom('system', 'user', 'tool'), content: json, name: json },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.array(some, { maxLength: 4 }),
      json,
      fc.dictionary(fc.string(), json),
      (messages, tools, parameters) => {
        const given = { messages, tools, parameters, model: 'm', provider: 'p' };
        const { call, source } = received(JSON.stringify(given));
        const turnedCall = turned(call as JsonObject) as HashedCall & JsonObject;
        expect(hashRequest(call, source)).toEqual(hashRequest(call));
        expect(hashRequest(turnedCall)).toEqual(hashRequest(call));
      },
    ),
  );
});

test('a call that is larger than what is hashed at once has the same hashes either way', () => {
  const messages = [system('é'.repeat(50_000)), user('x'.repeat(200_000))];
  const { call, source } = received(JSON.stringify({ ...CALL, messages }));
  expect(hashRequest(call, source)).toEqual(hashRequest({ ...CALL, messages }));
  expect(hashRequest(call, source).request_hash).not.toBe(hashOf());
});

test('numbers are the same as they were written', () => {
  const { call } = received('{"model":"m","provider":"p","messages":"x","parameters":{"seed":107505301260286117}}');
  const { call: other } = received(
    '{"model":"m","provider":"p","messages":"x","parameters":{"seed":107505301260286118}}',
  );
  expect(hashRequest(call).request_hash).not.toBe(hashRequest(other).request_hash);
});
