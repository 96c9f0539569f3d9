import { FairShare } from './fairShare.ts';

/** Work that ends when it is told to, and a record of who works. */
function setUp(options: Partial<ConstructorParameters<typeof FairShare>[0]> = {}) {
  const share = new FairShare({ places: 4, share: 2, reserved: 0, queue: 3, waitMs: 1_000, ...options });
  const working: { readonly name: string; readonly end: () => void }[] = [];
  const start = (name: string) =>
    share.run(
      name,
      () =>
        new Promise<string>((resolve) => {
          const entry = {
            name,
            end: () => {
              working.splice(working.indexOf(entry), 1);
              resolve(name);
            },
          };
          working.push(entry);
        }),
    );
  const names = () =>
    working
      .map((entry) => entry.name)
      .toSorted()
      .join('');
  return { share, working, start, names };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('nobody holds more than the share, and others find the rest', async () => {
  const { start, names, working } = setUp();
  const calls = ['a', 'a', 'a', 'a', 'b'].map(start);
  await turn();
  expect(names()).toBe('aab');
  while (working.length > 0) {
    working[0]?.end();
    await turn();
  }
  expect(await Promise.all(calls)).toEqual(['a', 'a', 'a', 'a', 'b']);
});

test('where all is taken, owners take turns', async () => {
  const { start, names, working } = setUp();
  const calls = ['a', 'a', 'b', 'b', 'a', 'a', 'c', 'c'].map(start);
  await turn();
  expect(names()).toBe('aabb');
  working.find(({ name }) => name === 'b')?.end();
  await turn();
  // `a` holds its share already.
  expect(names()).toBe('aabc');
  working.find(({ name }) => name === 'a')?.end();
  await turn();
  expect(names()).toBe('aabc');
  while (working.length > 0) {
    working[0]?.end();
    await turn();
  }
  await Promise.all(calls);
});

test('what is reserved goes to those who hold nothing yet', async () => {
  const { start, names, working } = setUp({ places: 4, share: 3, reserved: 1 });
  const calls = ['a', 'a', 'a', 'b', 'b', 'c'].map(start);
  await turn();
  expect(names()).toBe('aaab');
  working.find(({ name }) => name === 'a')?.end();
  await turn();
  // `b` waited before `c` and holds one.
  expect(names()).toBe('aabc');
  while (working.length > 0) {
    working[0]?.end();
    await turn();
  }
  await Promise.all(calls);
});

test('who is one too many in the line is refused at once, and who waits too long later', async () => {
  const { start, working } = setUp({ queue: 1, waitMs: 50 });
  const running = ['a', 'a'].map(start);
  const waiting = start('a').catch((error: unknown) => error);
  const refused = start('a');
  await expect(refused).rejects.toMatchObject({ code: 'overloaded', status: 503, retryAfter: expect.any(Number) });
  expect(await waiting).toMatchObject({ code: 'overloaded', retryAfter: expect.any(Number) });
  // The place of the one that left is free again.
  const next = start('a');
  working[0]?.end();
  await turn();
  expect(working).toHaveLength(2);
  while (working.length > 0) working[0]?.end();
  await Promise.all([...running, next]);
});

test('work that fails gives its place back', async () => {
  const { share } = setUp({ places: 1, share: 1 });
  for (let call = 0; call < 3; call++) {
    await expect(share.run('a', () => Promise.reject(new Error('boom')))).rejects.toThrow('boom');
  }
  await expect(share.run('b', async () => 'works')).resolves.toBe('works');
});
