/** What "Copy as" gives runs as it is pasted, and sends what was logged: curl, TypeScript and Python, to a stand-in for OpenAI. */
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { type LocalOpenAI, startLocalOpenAI } from '../examples/localOpenAI.ts';
import { type ApiCall, toApiCall } from '../client/domain/request/copyAs/apiCall.ts';
import { toCurl } from '../client/domain/request/copyAs/toCurl.ts';
import { toPython } from '../client/domain/request/copyAs/toPython.ts';
import { toTypeScript } from '../client/domain/request/copyAs/toTypeScript.ts';
import { parseExactJson, stringifyExactJson } from '#shared/exactJson';
import type { LoggedRequest } from '#shared/request';

jest.setTimeout(180_000);

const ROOT = path.resolve(__dirname, '..');
const run = promisify(execFile);
/** Has `openai`; empty where this machine has no Python. CI has one. */
const python = execFileSync(process.execPath, [path.join(ROOT, 'scripts', 'testPython.mjs')], { encoding: 'utf8' });
const hasPython = python !== '' || process.env.CI === 'true';

let local: LocalOpenAI;
let recorder: Server;
let folder: string;
const received: { path: string; authorization: string | undefined; body: string }[] = [];

beforeAll(async () => {
  local = await startLocalOpenAI({ delayMs: 2 });
  recorder = createServer((req, res) => {
    const pieces: Buffer[] = [];
    req.on('data', (piece: Buffer) => pieces.push(piece));
    req.on('end', () => {
      const body = Buffer.concat(pieces).toString();
      received.push({ path: req.url ?? '', authorization: req.headers.authorization, body });
      const address = `${local.baseURL.replace(/\/v1$/, '')}${req.url}`;
      void fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
        .then(async (answer) => {
          res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
          res.end(Buffer.from(await answer.arrayBuffer()));
        })
        .catch((error: unknown) => res.destroy(error as Error));
    });
  });
  await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve));
  // Where the package `openai` is found.
  folder = fs.mkdtempSync(path.join(ROOT, 'node_modules', '.copied-'));
});
afterAll(async () => {
  await local.close();
  recorder.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => received.splice(0));

/** As the dashboard has it: numbers keep their digits. */
function logged(fields: string): LoggedRequest {
  return parseExactJson(
    `{"model":"gpt-4o-mini","provider":"openai","endpoint":"chat.completions","stream":false,"truncated":false,
      "tools":null,"parameters":null,${fields}}`,
  ) as LoggedRequest;
}

const ODD = JSON.stringify('It\'s "quoted" \\ $HOME `date` $(id) %s {{x}}\nJSON\nEOF\t\u0000\u2028é 北京 😀 مرحبا');
const CASES: [string, LoggedRequest][] = [
  [
    'a chat with tools, odd words and a schema',
    logged(`"messages":[{"role":"system","content":${ODD}},{"role":"user","content":[{"type":"text","text":${ODD}}]},
      {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}}]},
      {"role":"tool","tool_call_id":"c","content":"3"}],
      "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"__proto__":{"type":"string"},"odd key":{"type":"null"}}}}}],
      "parameters":{"temperature":0.2,"top_p":1.0,"stop":["a","b"],"logprobs":false,"reasoning_effort":"low",
        "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object","properties":{}}}}}`),
  ],
  [
    'a stream',
    logged(
      '"messages":[{"role":"user","content":"Hi"}],"stream":true,"parameters":{"stream_options":{"include_usage":true}}',
    ),
  ],
  [
    'responses with instructions',
    logged(
      '"endpoint":"responses","messages":{"instructions":"Be brief.","input":[{"role":"user","content":"Hi"}]},"parameters":{"reasoning":{"effort":"low"}}',
    ),
  ],
  ['a stream of responses', logged('"endpoint":"responses","messages":"Hi","stream":true')],
  [
    'embeddings',
    logged('"endpoint":"embeddings","messages":["one","two"],"parameters":{"dimensions":8,"encoding_format":"float"}'),
  ],
  [
    'a call for a user, with metadata of its own',
    logged(
      '"messages":[{"role":"user","content":"Hi"}],"parameters":{"user":"user-1","store":true,"metadata":{"team":"blue"}}',
    ),
  ],
  [
    'a model of another provider',
    logged('"provider":"mistral","messages":[{"role":"user","content":"Hi"}],"parameters":{"safe_prompt":true}'),
  ],
];

function callOf(request: LoggedRequest): ApiCall {
  const call = toApiCall(request);
  if (!call) throw new Error('It is a call of OpenAI.');
  return call;
}

function environment({ keyVariable, baseUrlVariable }: ApiCall): NodeJS.ProcessEnv {
  const { port } = recorder.address() as AddressInfo;
  // Nothing of this machine.
  return {
    PATH: process.env.PATH,
    [keyVariable]: 'sk-of-this-machine',
    [baseUrlVariable]: `http://127.0.0.1:${port}/v1`,
  } as unknown as NodeJS.ProcessEnv;
}

function expectReceived({ path: endpoint, body }: ApiCall): void {
  expect(received).toHaveLength(1);
  const [call] = received;
  expect(call?.path).toBe(`/v1${endpoint}`);
  expect(call?.authorization).toBe('Bearer sk-of-this-machine');
  expect(JSON.parse(call?.body ?? '')).toEqual(JSON.parse(stringifyExactJson(body)));
}

describe.each(CASES)('%s', (_, request) => {
  const call = callOf(request);

  test('as curl sends the same call', async () => {
    const { stdout } = await run('sh', ['-c', toCurl(call)], { env: environment(call) });
    expectReceived(call);
    expect(stdout).toContain('"object"');
  });

  test('as TypeScript sends the same call', async () => {
    const file = path.join(folder, 'call.mts');
    fs.writeFileSync(file, toTypeScript(call));
    const { stderr } = await run(process.execPath, ['--import', 'tsx', file], { env: environment(call), cwd: ROOT });
    expect(stderr).toBe('');
    expectReceived(call);
  });

  (hasPython ? describe : describe.skip)('where there is Python', () => {
    test('as Python sends the same call', async () => {
      const file = path.join(folder, 'call.py');
      fs.writeFileSync(file, toPython(call));
      const { stderr } = await run(python, [file], { env: environment(call) });
      expect(stderr).toBe('');
      expectReceived(call);
    });
  });
});

test('digits that JavaScript would lose are in curl and Python, and TypeScript says that it rounds', async () => {
  const request = logged(
    '"messages":[{"role":"user","content":"Hi"}],"parameters":{"seed":-9054686819491029395,"temperature":0.10}',
  );
  const call = callOf(request);
  await run('sh', ['-c', toCurl(call)], { env: environment(call) });
  expect(received[0]?.body).toContain('-9054686819491029395');
  expect(toPython(call)).toContain('seed=-9054686819491029395');
  expect(toTypeScript(call)).toContain('// A number has more digits than JavaScript keeps.');
});

test('what was not logged is said, and calls of other libraries are not guessed', () => {
  const image =
    '{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,[base64 image/png, 9 bytes, hash 1]"}}]}';
  expect(toCurl(callOf(logged(`"messages":[${image}]`)))).toMatch(/^# A picture, sound or file was left out/);
  expect(toApiCall(logged('"endpoint":"messages.create","messages":[]'))).toBeNull();
  expect(toApiCall(logged('"endpoint":null,"messages":[{"role":"user","parts":[{"text":"Hi"}]}]'))).toBeNull();
  expect(toApiCall(logged('"endpoint":null,"messages":[{"role":"user","content":"Hi"}]'))?.endpoint).toBe(
    'chat.completions',
  );
});
