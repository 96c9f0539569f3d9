import http, { type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { AppError } from '#server/errors';
import { AdmissionControl } from './admissionControl.ts';

const MB = 1024 * 1024;
const aCall = (headers: http.IncomingHttpHeaders = {}): IncomingMessage => {
  const req = new http.IncomingMessage(new Socket());
  Object.assign(req.headers, headers);
  return req;
};
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const overloaded = expect.objectContaining({ code: 'overloaded', status: 503 }) as Error;

/** An admission by a clock of its own, where each call takes `workMs` once it goes on. */
function anAdmission(workMs: number) {
  const clock = { now: 0 };
  const admission = new AdmissionControl({ bodyBytes: 1_000, now: () => clock.now });
  const wentOn: string[] = [];
  const work = async (name: string, wait: () => Promise<void> | void) => {
    await wait();
    wentOn.push(name);
    clock.now += workMs;
  };
  return {
    admission,
    clock,
    wentOn,
    enter: (name: string, authorization = '') => work(name, () => admission.admit(aCall({ authorization }))),
    goOn: (name: string, bytes = 1, owner = 'one') => work(name, () => admission.resume(aCall(), owner, bytes)),
  };
}

/** An admission whose queue of this caller stands: its calls have waited for more than a second. */
async function anOverload(caller: string) {
  const { admission, clock, enter } = anAdmission(10);
  await enter('first', caller);
  const calls = Array.from({ length: 200 }, (_, call) => enter(String(call), caller));
  while (clock.now < 1_500) await nextTurn();
  return {
    /** What a call with these headers is told; undefined where it is served. */
    call: async (headers: http.IncomingHttpHeaders): Promise<unknown> => {
      try {
        return await admission.admit(aCall(headers));
      } catch (error) {
        return error;
      }
    },
    end: () => Promise.all(calls),
  };
}

test('a turn of the event loop works for some milliseconds, and the rest waits in order for the next', async () => {
  const { enter, wentOn } = anAdmission(2);
  const calls = Array.from({ length: 8 }, async (_, call) => {
    for (let turn = 0; turn < call; turn++) await Promise.resolve();
    await enter(String(call));
  });
  // All of them arrive before the loop turns.
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  expect(wentOn).toEqual(['0', '1', '2']);
  await Promise.all(calls);
  expect(wentOn).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
});

test('a call whose body has been read goes before those that have only arrived', async () => {
  const { enter, goOn, wentOn } = anAdmission(10);
  await enter('first');
  await Promise.all([enter('arrived'), goOn('begun')]);
  expect(wentOn).toEqual(['first', 'begun', 'arrived']);
});

test('a burst is served whole, however long its last call waits', async () => {
  const { clock, enter, wentOn } = anAdmission(10);
  await enter('first');
  await Promise.all(Array.from({ length: 300 }, (_, call) => enter(String(call))));
  expect(wentOn).toHaveLength(301);
  expect(clock.now).toBeGreaterThan(3_000);
});

test('where more comes than can be served for a second, a call is refused until waits are short again', async () => {
  const { admission, clock, wentOn, enter } = anAdmission(10);
  const calls: Promise<void>[] = [];
  const refusals: unknown[] = [];
  const refusedAt: number[] = [];
  // Three come while one is served.
  await enter('first');
  for (let turn = 0; turn < 300; turn++) {
    for (let call = 0; call < 3; call++) {
      const calling = enter('one').catch((error: unknown) => {
        refusals.push(error);
        refusedAt.push(clock.now);
      });
      calls.push(calling);
    }
    await nextTurn();
  }
  expect(new Set(refusals.map((error) => (error as AppError).code))).toEqual(new Set(['overloaded']));
  expect(Math.min(...refusedAt)).toBeGreaterThan(1_000);
  // What came in the first second is served, and from then on no more than can be.
  await Promise.all(calls);
  expect(refusedAt.length).toBeGreaterThan(300);
  expect(wentOn.length + refusedAt.length).toBe(901);
  expect(clock.now).toBeGreaterThan(2_900);
  await enter('later');
  expect(admission.admit(aCall())).toBeInstanceOf(Promise);
});

test('where 16 MB wait to be parsed, one more body is refused, but a lone one never is', async () => {
  const { admission, enter, goOn } = anAdmission(10);
  await enter('first');
  const lone = goOn('lone', 17 * MB);
  expect(() => admission.resume(aCall(), 'one', 1)).toThrow(overloaded);
  await lone;
  await nextTurn();
  await goOn('later', 1);
});

test('a refusal says when to come back, and keeps the connection where the body is small', async () => {
  const { call, end } = await anOverload('a');
  expect(await call({ authorization: 'a', 'content-length': '2000' })).toMatchObject({
    retryAfter: expect.any(Number),
    headers: {},
  });
  expect(await call({ authorization: 'a', 'content-length': '5000000' })).toMatchObject({
    headers: { Connection: 'close' },
  });
  expect(await call({ authorization: 'a' })).toMatchObject({ headers: { Connection: 'close' } });
  await end();
});

test('those who wait are served in turn by whom they belong to', async () => {
  const { enter, goOn, wentOn } = anAdmission(10);
  await enter('first');
  const many = Array.from({ length: 5 }, (_, call) => goOn(`a${call}`, 1, 'a'));
  await Promise.all([...many, goOn('b', 1, 'b')]);
  expect(wentOn.indexOf('b')).toBeLessThan(4);
  const crowd = Array.from({ length: 5 }, (_, call) => enter(`c${call}`, 'c'));
  await Promise.all([...crowd, enter('d', 'd')]);
  expect(wentOn.slice(7).indexOf('d')).toBeLessThan(3);
});

test('whoever has nothing before it is let in by the second turn, however long the bodies of others take', async () => {
  const { enter, goOn, wentOn } = anAdmission(10);
  await enter('first');
  const bodies = Array.from({ length: 6 }, (_, call) => goOn(`body ${call}`, 1, 'a'));
  const crowd = Array.from({ length: 6 }, (_, call) => enter(`crowd ${call}`, 'a'));
  await Promise.all([...bodies, ...crowd, enter('other', 'b')]);
  expect(wentOn.slice(0, 6)).toEqual(['first', 'body 0', 'crowd 0', 'other', 'body 1', 'crowd 1']);
});

test('the queue of one caller sends nobody else away', async () => {
  const { call, end } = await anOverload('a');
  expect(await call({ authorization: 'a' })).toEqual(overloaded);
  expect(await call({ authorization: 'b' })).toBeUndefined();
  await end();
});

test('while new connections come a turn is short, so that more of them are taken', async () => {
  const { admission, clock, enter, wentOn } = anAdmission(1);
  const call = async (name: string) => {
    for (let turn = 0; turn < Number(name); turn++) await Promise.resolve();
    await enter(name);
  };
  admission.noteConnection(new Socket());
  const first = Array.from({ length: 8 }, (_, index) => call(String(index)));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  expect(wentOn).toHaveLength(1);
  await Promise.all(first);
  // A connection that is known changes nothing.
  const known = new Socket();
  admission.noteConnection(known);
  clock.now += 50;
  admission.noteConnection(known);
  await nextTurn();
  wentOn.length = 0;
  const second = Array.from({ length: 8 }, (_, index) => call(String(index)));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  expect(wentOn).toHaveLength(5);
  await Promise.all(second);
});

test('of the turns in which connections come eight take nothing else, and the ninth does', async () => {
  const { admission, enter, wentOn } = anAdmission(10);
  await enter('first');
  const waiting = enter('waits');
  const turnsUntilServed = async () => {
    for (let turn = 0; ; turn++) {
      if (wentOn.length > 1) return turn;
      admission.noteConnection(new Socket());
      await nextTurn();
    }
  };
  expect(await turnsUntilServed()).toBeGreaterThanOrEqual(8);
  expect(wentOn).toEqual(['first', 'waits']);
  await waiting;
});

test('of the room for bodies that wait to be parsed, one owner leaves half to the others', async () => {
  const { admission, enter, goOn } = anAdmission(10);
  await enter('first');
  const bodies = [goOn('1', 7 * MB, 'a'), goOn('2', 1 * MB, 'a')];
  expect(() => admission.resume(aCall(), 'a', 1 * MB)).toThrow(overloaded);
  bodies.push(goOn('3', 1 * MB, 'b'));
  await Promise.all(bodies);
});
