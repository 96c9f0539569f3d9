import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiKeyId, OrgId } from '#shared/primitives';
import type { StoredApiKey } from '#server/apiKeys/repository';
import { newId } from '#server/ids';
import { poll } from '#tests/support/poll';
import { hashSecret } from './apiKeySecret.ts';
import { Authenticator } from './authenticate.ts';
import { FailedAttempts } from './failedAttempts.ts';

const KEY = `pl_live_${'a'.repeat(43)}`;
const OTHER = `pl_live_${'b'.repeat(43)}`;
const stored: StoredApiKey = { org_id: OrgId.parse(newId()), id: ApiKeyId.parse(newId()), scopes: ['read'] };

/** The table of keys, which answers when it is told to. */
class FakeKeys {
  readonly rows = new Map<string, StoredApiKey>();
  lookUps = 0;
  failure: Error | null = null;
  #held: (() => void)[] | null = null;

  readonly find = async (keyHash: Buffer): Promise<StoredApiKey | null> => {
    this.lookUps++;
    const found = this.rows.get(keyHash.toString('hex')) ?? null;
    if (this.#held) await new Promise<void>((resolve) => this.#held?.push(resolve));
    if (this.failure) throw this.failure;
    return found;
  };

  add(key: string): void {
    this.rows.set(hashSecret(key).toString('hex'), stored);
  }

  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const resolve of held) resolve();
  }
}

function setUp() {
  const keys = new FakeKeys();
  keys.add(KEY);
  const uses: string[] = [];
  const authenticator = new Authenticator({
    attempts: new FailedAttempts({ limit: 20, now: Date.now, listGoodKeys: async () => [], onLimit: () => {} }),
    addressOf: () => '203.0.113.9',
    findKey: keys.find,
    onUse: (key) => uses.push(key.id),
  });
  return { keys, uses, authenticator, ask: (key: string) => authenticator.authenticate(withKey(key)) };
}

function withKey(key: string): IncomingMessage {
  const authorization = `Bearer ${key}`;
  return { headers: { authorization }, rawHeaders: ['Authorization', authorization] } as unknown as IncomingMessage;
}

test('a busy key costs one look-up, also where all its calls come at once', async () => {
  const { keys, uses, ask } = setUp();
  keys.hold();
  const calls = Array.from({ length: 100 }, () => ask(KEY));
  keys.release();
  const callers = await Promise.all(calls);
  await ask(KEY);
  expect(keys.lookUps).toBe(1);
  expect(callers[0]).toMatchObject({ api_key_id: stored.id, scopes: ['read'], scope: { org_id: stored.org_id } });
  expect(uses).toHaveLength(101);
});

test('noise costs no look-up, and an unknown key only one', async () => {
  const { keys, ask } = setUp();
  for (const noise of ['x', `pl_live_${'a'.repeat(42)}`, `${KEY}a`]) {
    await expect(ask(noise)).rejects.toMatchObject({ code: 'invalid_api_key' });
  }
  expect(keys.lookUps).toBe(0);
  for (let call = 0; call < 10; call++) await expect(ask(OTHER)).rejects.toMatchObject({ code: 'invalid_api_key' });
  expect(keys.lookUps).toBe(1);
});

test('a key that was deleted is refused by the next call, and a new one works at once', async () => {
  const { keys, authenticator, ask } = setUp();
  await ask(KEY);
  await expect(ask(OTHER)).rejects.toMatchObject({ code: 'invalid_api_key' });
  keys.rows.clear();
  keys.add(OTHER);
  authenticator.keyDeleted(stored.id);
  authenticator.keyCreated();
  await expect(ask(KEY)).rejects.toMatchObject({ code: 'invalid_api_key' });
  await expect(ask(OTHER)).resolves.toMatchObject({ api_key_id: stored.id });
});

test('a look-up that began before the deletion is not remembered after it', async () => {
  const { keys, authenticator, ask } = setUp();
  keys.hold();
  const early = ask(KEY);
  keys.rows.clear();
  authenticator.keyDeleted(stored.id);
  keys.release();
  await early;
  await expect(ask(KEY)).rejects.toMatchObject({ code: 'invalid_api_key' });
});

test('where we could not look, the failure is told as it is and not remembered', async () => {
  const { keys, ask } = setUp();
  keys.failure = new Error('away');
  await expect(ask(KEY)).rejects.toThrow('away');
  await expect(ask(OTHER)).rejects.toThrow('away');
  keys.failure = null;
  await expect(ask(KEY)).resolves.toMatchObject({ api_key_id: stored.id });
});

test('what is remembered is looked up again after a second, also for a key that never rests', async () => {
  const { keys, ask } = setUp();
  await ask(KEY);
  keys.rows.clear();
  // Another process deleted it; nobody told us.
  await expect(ask(KEY)).resolves.toMatchObject({ api_key_id: stored.id });
  const started = performance.now();
  await poll(() => expect(ask(KEY)).rejects.toMatchObject({ code: 'invalid_api_key' }));
  expect(performance.now() - started).toBeLessThan(1_500);
});

describe('while the database does not answer', () => {
  /** A key that was good a second ago, so that it is asked for again. */
  async function setUpRemembered() {
    const test = setUp();
    await test.ask(KEY);
    await sleep(760);
    return test;
  }

  test('a key that was good stays good, and its calls wait for a fifth of a second at most', async () => {
    const { keys, ask } = await setUpRemembered();
    keys.hold();
    const started = performance.now();
    await expect(ask(KEY)).resolves.toMatchObject({ api_key_id: stored.id });
    expect(performance.now() - started).toBeLessThan(350);
    const later = performance.now();
    for (let call = 0; call < 10; call++) await ask(KEY);
    expect(performance.now() - later).toBeLessThan(100);
    expect(keys.lookUps).toBe(2);
    keys.release();
  });

  test('so it does where the look-up fails, and a key that was never looked up is told the failure', async () => {
    const { keys, ask } = await setUpRemembered();
    keys.failure = new Error('away');
    for (let call = 0; call < 10; call++) await expect(ask(KEY)).resolves.toMatchObject({ api_key_id: stored.id });
    expect(keys.lookUps).toBe(2);
    await expect(ask(OTHER)).rejects.toThrow('away');
  });

  test('the answer that comes late counts: a key that another process deleted is refused', async () => {
    const { keys, ask } = await setUpRemembered();
    keys.rows.clear();
    keys.hold();
    await ask(KEY);
    keys.release();
    await poll(() => expect(ask(KEY)).rejects.toMatchObject({ code: 'invalid_api_key' }));
  });

  test('a key that this process deletes is refused, though a call is waiting with it', async () => {
    const { keys, authenticator, ask } = await setUpRemembered();
    keys.hold();
    const waiting = ask(KEY).catch((error: unknown) => error);
    keys.rows.clear();
    authenticator.keyDeleted(stored.id);
    await sleep(250);
    keys.release();
    expect(await waiting).toMatchObject({ code: 'invalid_api_key' });
  });
});

test('after half a minute without an answer a key that was good is not used any more', async () => {
  jest.useFakeTimers();
  try {
    const { keys, ask } = setUp();
    await ask(KEY);
    keys.failure = new Error('away');
    jest.advanceTimersByTime(29_000);
    await expect(ask(KEY)).resolves.toMatchObject({ api_key_id: stored.id });
    jest.advanceTimersByTime(1_100);
    await expect(ask(KEY)).rejects.toThrow('away');
  } finally {
    jest.useRealTimers();
  }
});
