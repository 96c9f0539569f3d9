/** G: the end of a process, and the runtimes. Whole programs, as a user runs them. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { byText, createHarness, expectValid, until, type Harness } from './harness';
import { V6 } from './majors';
import { hang, refuse } from './receiver';
import { BUILD, runScript } from './runScript';

let h: Harness;
beforeEach(async () => {
  h = await createHarness(V6);
});
afterEach(async () => {
  await h.close();
  expectValid(h);
});

const CALL = 'const client = promptlab.track(newClient()); client.chat.completions.create(HELLO).then(() => {});';
/**
 * A program that tracks a client, does `work` with it, and says at its end how many milliseconds after `work` that was: how
 * long a process takes to start is the machine's business.
 */
const runHeld = async (work: string, options: string, env: Record<string, string> = {}) => {
  const { code, stdout, stderr } = await runScript(
    `const client = promptlab.track(newClient(), ${options});
     const worked = () => {
       const at = performance.now();
       process.once('exit', () => console.log(performance.now() - at));
     };
     ${work}`,
    { baseUrl: h.receiver.url, env },
  );
  expect(code).toBe(0);
  return { heldMs: Number.parseFloat(stdout), stderr };
};
const ONE_CALL = 'client.chat.completions.create(HELLO).then(worked);';

test.each([false, true])('G1 a script that ends normally loses nothing (ESM: %s)', async (isEsm) => {
  const { code, stderr } = await runScript(
    `const client = promptlab.track(newClient());
     for (let i = 0; i < 120; i++) client.chat.completions.create(HELLO);
     promptlab.trace('a step', () => {});`,
    { baseUrl: h.receiver.url, isEsm },
  );
  expect([code, stderr]).toEqual([0, '']);
  expect(h.receiver.logs).toHaveLength(120);
  expect(h.receiver.spans).toHaveLength(1);
});

test('G1 a stream that is half read when the script ends is recorded', async () => {
  const url = JSON.stringify(h.fake.url);
  const { stderr } = await runScript(
    `(async () => {
      const client = promptlab.track(newClient({ baseURL: ${url}, fetch: undefined }));
      const it = (await client.chat.completions.create({ ...HELLO, stream: true }))[Symbol.asyncIterator]();
      await it.next(); await it.next();
    })();`,
    { baseUrl: h.receiver.url },
  );
  expect(stderr).toBe('');
  expect(h.receiver.logs).toMatchObject([
    { status: 'aborted', response_content: 'Hello', metadata: { abandoned: true } },
  ]);
});

test('G1 the shutdown of one instance leaves the end of another alone', async () => {
  const url = JSON.stringify(h.fake.url);
  const { code, stderr } = await runScript(
    `(async () => {
      const [one, two, three] = [0, 1, 2].map(() => new promptlab.PromptLab({ batch: { intervalMs: 60000 } }));
      one.api.logRequest({ model: 'm', provider: 'p', messages: [] });
      two.api.logRequest({ model: 'm', provider: 'p', messages: [] });
      const client = three.track(newClient({ baseURL: ${url}, fetch: undefined }));
      await (await client.chat.completions.create({ ...HELLO, stream: true }))[Symbol.asyncIterator]().next();
      await one.shutdown();
    })();`,
    { baseUrl: h.receiver.url },
  );
  expect([code, stderr]).toEqual([0, '']);
  expect(h.receiver.logs).toHaveLength(3);
});

test('G1 a program at its prompt whose slow upload was cut delivers at its end', async () => {
  h.receiver.misbehave(hang);
  const ended = runScript(
    `const client = promptlab.track(newClient(), { batch: { intervalMs: 60000 }, exitTimeoutMs: 1500 });
     client.chat.completions.create(HELLO).then(() => promptlab.flush({ timeoutMs: 1 }));
     process.stdin.once('data', async () => {
       await client.chat.completions.create(HELLO);
       process.stdin.destroy();
     });`,
    {
      baseUrl: h.receiver.url,
      hasStdin: true,
      onStart: (child) => void until(() => h.receiver.logs.length === 1, 8_000).then(() => child.stdin?.write('go')),
    },
  );
  const { code, ms } = await ended;
  expect(code).toBe(0);
  expect(ms).toBeLessThan(8_000);
  expect(h.receiver.batches).toHaveLength(3);
  expect(h.receiver.logs).toHaveLength(2);
});

test('G1 a flush at the end whose records were rejected is not the last one', async () => {
  h.receiver.misbehave(refuse(422));
  await runScript(
    `${CALL} process.once('beforeExit', () => void setTimeout(() => client.chat.completions.create(HELLO), 300));`,
    { baseUrl: h.receiver.url },
  );
  expect(h.receiver.batches).toHaveLength(2);
  expect(h.receiver.logs).toHaveLength(1);
});

test('G2 an SDK with nothing to do does not delay the end', async () => {
  const idle = await runHeld(`promptlab.trace('x', () => 1, {}); worked();`, '{}', { PROMPTLAB_API_KEY: '' });
  expect(idle.heldMs).toBeLessThan(150);
  const later = '{ batch: { intervalMs: 60000 } }';
  // Delivered already, long before the next interval: nothing is left to wait for.
  const delivered = await runHeld(
    'client.chat.completions.create(HELLO).then(() => promptlab.flush()).then(worked);',
    later,
  );
  expect(delivered.heldMs).toBeLessThan(900);
  // Nobody flushes: the end itself does, and does not wait for the interval either.
  const atEnd = await runHeld(ONE_CALL, later);
  expect(atEnd.heldMs).toBeLessThan(900);
  expect(h.receiver.logs).toHaveLength(2);
});

test('G3 a hanging server delays the end by no more than was agreed', async () => {
  h.receiver.alwaysMisbehave(hang);
  const [atEnd, inFlight] = await Promise.all([
    // The upload begins when the script is over …
    runHeld(ONE_CALL, '{}'),
    // … or hangs since long before.
    runHeld(`${ONE_CALL} setTimeout(() => {}, 200);`, '{ batch: { intervalMs: 0, maxRecords: 1 } }'),
  ]);
  expect(atEnd.heldMs).toBeLessThan(2_800);
  expect(inFlight.heldMs).toBeLessThan(3_000);
  expect(inFlight.stderr).not.toContain('Error:');
}, 20_000);

test('G3 exitTimeoutMs sets how long; flushOnExit: false means not at all', async () => {
  h.receiver.alwaysMisbehave(hang);
  const short = await runHeld(ONE_CALL, '{ exitTimeoutMs: 300 }');
  expect(short.heldMs).toBeGreaterThan(200);
  expect(short.heldMs).toBeLessThan(900);
  expect(h.receiver.batches).toHaveLength(1);
  const off = await runHeld(ONE_CALL, '{ flushOnExit: false }');
  expect(off.heldMs).toBeLessThan(900);
  expect(h.receiver.batches).toHaveLength(1);
}, 20_000);

test('G4 process.exit() skips delivery; `await flush()` before it does not', async () => {
  await runScript(`${CALL} setTimeout(() => process.exit(0), 20);`, { baseUrl: h.receiver.url });
  expect(h.receiver.logs).toHaveLength(0);
  const { code } = await runScript(
    `(async () => { ${CALL} await null; setTimeout(async () => { await promptlab.flush(); process.exit(3); }, 20); })();`,
    {
      baseUrl: h.receiver.url,
    },
  );
  expect(code).toBe(3);
  expect(h.receiver.logs).toHaveLength(1);
  expect(readFileSync(join(__dirname, '..', '..', '..', 'docs', 'sdk.md'), 'utf8')).toContain('process.exit()');
});

test('G5 SIGTERM is not hooked by default; with flushOnSignal it delivers and still dies of the signal', async () => {
  const kill = (child: { pid?: number | undefined; stdout: unknown }) => {
    (child.stdout as NodeJS.ReadableStream).on('data', () => process.kill(child.pid as number, 'SIGTERM'));
  };
  const script = (options: string) => `(async () => {
    const client = promptlab.track(newClient(), ${options});
    await client.chat.completions.create(HELLO);
    setInterval(() => {}, 1000); console.log('ready');
  })();`;
  const plain = await runScript(script('{ batch: { intervalMs: 60000 } }'), {
    baseUrl: h.receiver.url,
    onStart: kill as never,
  });
  expect(plain.signal).toBe('SIGTERM');
  expect(h.receiver.logs).toHaveLength(0);
  const flushing = await runScript(script('{ flushOnSignal: true, batch: { intervalMs: 60000 } }'), {
    baseUrl: h.receiver.url,
    onStart: kill as never,
  });
  expect(flushing.signal).toBe('SIGTERM');
  expect(h.receiver.logs).toHaveLength(1);
});

test('G4 an uncaught exception ends the process as ever, and skips delivery', async () => {
  const { code, stderr } = await runScript(`${CALL} setTimeout(() => { throw new Error('mine'); }, 100);`, {
    baseUrl: h.receiver.url,
  });
  expect(code).toBe(1);
  expect(stderr).toContain('Error: mine');
  expect(h.receiver.logs).toHaveLength(0);
  expect(readFileSync(join(__dirname, '..', '..', '..', 'docs', 'sdk.md'), 'utf8')).toContain('uncaught exception');
});

/** Sends the signal as soon as the script says that it is ready; `heldMs` is how long the process lived on. */
const signalled = async (signal: NodeJS.Signals, code: string) => {
  let killedAt = 0;
  const ended = await runScript(
    `(async () => {
      const client = promptlab.track(newClient(), { flushOnSignal: true, exitTimeoutMs: 300, batch: { intervalMs: 60000 } });
      await client.chat.completions.create(HELLO);
      ${code}
      setInterval(() => {}, 1000); console.log('ready');
    })();`,
    {
      baseUrl: h.receiver.url,
      onStart: (child) =>
        void child.stdout?.once('data', () => {
          killedAt = performance.now();
          child.kill(signal);
        }),
    },
  );
  return { ...ended, heldMs: performance.now() - killedAt };
};

test.each(['SIGTERM', 'SIGINT'] as const)('G5 %s: delivered, and then it ends the process', async (signal) => {
  expect(await signalled(signal, '')).toMatchObject({ code: null, signal, stderr: '' });
  expect(h.receiver.logs).toHaveLength(1);
});

test('G5 a server that hangs delays a signal by no more than was agreed', async () => {
  h.receiver.alwaysMisbehave(hang);
  const { signal, heldMs } = await signalled('SIGTERM', '');
  expect(signal).toBe('SIGTERM');
  expect(h.receiver.totalSockets).toBeGreaterThan(0);
  expect(heldMs).toBeLessThan(1_200);
});

test('G5 a listener of the program decides itself how it ends: the signal is not raised again', async () => {
  const { code, signal } = await signalled(
    'SIGTERM',
    `process.on('SIGTERM', () => setTimeout(() => process.exit(7), 500));`,
  );
  expect([code, signal]).toEqual([7, null]);
  expect(h.receiver.logs).toHaveLength(1);
});

test('G8 shutdown removes its listeners', async () => {
  const { stdout } = await runScript(
    `(async () => {
      const before = ['beforeExit', 'SIGTERM', 'SIGINT'].map((name) => process.listenerCount(name));
      const client = promptlab.track(newClient(), { flushOnSignal: true });
      await client.chat.completions.create(HELLO);
      const during = process.listenerCount('beforeExit') + process.listenerCount('SIGTERM');
      await promptlab.shutdown();
      await promptlab.shutdown();
      await client.chat.completions.create(HELLO);
      console.log(JSON.stringify([before, during, ['beforeExit', 'SIGTERM', 'SIGINT'].map((name) => process.listenerCount(name))]));
    })();`,
    { baseUrl: h.receiver.url },
  );
  const [before, during, after] = JSON.parse(stdout);
  expect(during).toBe(2);
  expect(after).toEqual(before);
});

test('G9 the build imports nothing of Node, and works without process', async () => {
  const importsOf = (file: string) => {
    const text = readFileSync(join(BUILD, file), 'utf8');
    return [...text.matchAll(/(?:\bfrom\s*|\bimport\s*|\brequire\()\s*["']([^"']+)["']/g)].map(([, name]) => name);
  };
  expect(importsOf('cjs/index.cjs')).toEqual([]);
  expect(importsOf('esm/index.js')).toEqual(['../cjs/index.cjs']);
  // As on an edge runtime: no process, no Buffer, no setImmediate, timers that are numbers.
  const { stdout, stderr } = await runScript(
    `(async () => {
      const { createContext, runInContext } = process.getBuiltinModule('node:vm');
      const { readFileSync } = process.getBuiltinModule('node:fs');
      const source = readFileSync(${JSON.stringify(join(BUILD, 'cjs', 'index.cjs'))}, 'utf8');
      const exports = {};
      const context = createContext({ module: { exports }, exports, fetch, Response, Request, Headers, URL, AbortController, AbortSignal,
        TextEncoder, crypto, performance, console, Blob, setTimeout: (f, ms) => +setTimeout(f, ms), clearTimeout: (id) => clearTimeout(id) });
      runInContext(source, context);
      const lab = new context.module.exports.PromptLab({ apiKey: 'k', baseUrl: process.env.PROMPTLAB_BASE_URL });
      const client = lab.track(newClient());
      await lab.trace('edge', async (t) => client.chat.completions.create({ ...HELLO, trace_id: t.id }));
      console.log(JSON.stringify(await lab.flush()));
      process.exit(0);
    })();`,
    { baseUrl: h.receiver.url },
  );
  expect([stdout.trim(), stderr]).toEqual(['{"ok":true,"pending":0}', '']);
  expect(h.receiver.logs[0]?.trace_id).toBe(h.receiver.spans[0]?.trace_id);
});

test('G12 the ESM and the CJS build share one queue and one context', async () => {
  const { stdout, stderr } = await runScript(
    `(async () => {
      const esm = await import(${JSON.stringify(join(BUILD, 'esm', 'index.js'))});
      const one = esm.track(newClient());
      const two = promptlab.track(newClient());
      const same = promptlab.track(one);
      await esm.trace('across', async (t) => {
        await Promise.all([one.chat.completions.create(HELLO), two.chat.completions.create(HELLO), same.chat.completions.create(HELLO)]);
        if (promptlab.currentTrace().id !== t.id) throw new Error('two contexts');
      });
      const queued = [esm.stats().queued, promptlab.stats().queued];
      await promptlab.flush();
      console.log(JSON.stringify([queued, esm.stats().sent]));
    })();`,
    { baseUrl: h.receiver.url },
  );
  expect([stdout.trim(), stderr]).toEqual(['[[4,4],4]', '']);
  expect(new Set(h.receiver.logs.map(({ trace_id }) => trace_id)).size).toBe(1);
});

test('G13 nothing is open after a flush, and nothing is printed after the end', async () => {
  const { stdout } = await runScript(
    `(async () => {
      const client = promptlab.track(newClient());
      await client.chat.completions.create(HELLO);
      await promptlab.flush();
      console.log(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length);
    })();`,
    { baseUrl: h.receiver.url },
  );
  expect(stdout.trim()).toBe('0');
});

test('G13 under a test runner nothing is printed, though the server refuses and nobody flushes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'promptlab-'));
  const testFile = `
    const promptlab = require(${JSON.stringify(join(BUILD, 'cjs', 'index.cjs'))});
    test('one', () => void new promptlab.PromptLab().api.logRequest({ model: 'm', provider: 'p', messages: [] }));`;
  writeFileSync(join(folder, 'jest.config.js'), `module.exports = { testEnvironment: 'node', transform: {} };`);
  writeFileSync(join(folder, 'a.test.js'), testFile);
  // Others run on while the first one's upload fails.
  const slow = `test('slow', () => new Promise((resolve) => setTimeout(resolve, 1500)));`;
  for (const name of ['b', 'c']) writeFileSync(join(folder, `${name}.test.js`), testFile + slow);
  h.receiver.alwaysMisbehave(refuse(500));
  const jest = join(dirname(require.resolve('jest/package.json')), 'bin', 'jest.js');
  const { code, stdout, stderr } = await runScript(
    `process.argv[1] = ${JSON.stringify(jest)};
     process.argv.push('--runInBand');
     process.chdir(${JSON.stringify(folder)});
     require(${JSON.stringify(jest)});`,
    { baseUrl: h.receiver.url, env: { NODE_NO_WARNINGS: '' } },
  );
  const words = stdout + stderr;
  expect(code).toBe(0);
  expect(h.receiver.batches.length).toBeGreaterThan(2);
  expect(words).toContain('Tests:       5 passed');
  expect(words.trim().split('\n').at(-1)).toBe('Ran all test suites.');
  for (const unwanted of ['promptlab', 'after tests are done', 'Warning', 'did not exit'])
    expect(words).not.toContain(unwanted);
  h.receiver.alwaysMisbehave(undefined);
}, 20_000);

test('G14 forks and worker threads have queues of their own', async () => {
  const forked = join(mkdtempSync(join(tmpdir(), 'promptlab-')), 'forked.cjs');
  const slug = (name: string) => `{ model: 'm', provider: 'p', messages: [], prompt_slug: '${name}' }`;
  writeFileSync(
    forked,
    `new (require(${JSON.stringify(join(BUILD, 'cjs', 'index.cjs'))}).PromptLab)().api.logRequest(${slug('fork')});`,
  );
  const { code, stderr } = await runScript(
    `const { Worker, isMainThread } = process.getBuiltinModule('node:worker_threads');
     const client = promptlab.track(newClient());
     client.chat.completions.create({ ...HELLO, prompt_slug: 'main' }).then(() => {});
     new Worker(\`
       const promptlab = require(${JSON.stringify(join(BUILD, 'cjs', 'index.cjs'))});
       const lab = new promptlab.PromptLab();
       lab.api.logRequest(${slug('worker')});
     \`, { eval: true });
     process.getBuiltinModule('node:child_process').fork(${JSON.stringify(forked)}).disconnect();`,
    { baseUrl: h.receiver.url },
  );
  expect([code, stderr]).toEqual([0, '']);
  await until(() => h.receiver.logs.length === 3, 5_000);
  expect(h.receiver.logs.map(({ prompt_slug }) => prompt_slug).toSorted(byText)).toEqual(['fork', 'main', 'worker']);
});
