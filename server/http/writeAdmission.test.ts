import http, { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { WriteAdmission } from './writeAdmission.ts';

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
  const admission = new WriteAdmission({ bodyBytes: 1_000, now: () => clock.now });
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
    enter: (name: string) => work(name, () => admission.enter(aCall())),
    goOn: (name: string, bytes = 1) => work(name, () => admission.goOn(aCall(), bytes)),
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

test('where those before have waited for a second, a call is refused at once, and not any more when they are served', async () => {
  const { admission, clock, enter } = anAdmission(10);
  await enter('first');
  const waiting = enter('waiting');
  clock.now += 1_001;
  expect(() => admission.enter(aCall())).toThrow(overloaded);
  await waiting;
  await enter('later');
});

test('where more than 8 MB wait to be parsed, one more body is refused, but a lone one never is', async () => {
  const { admission, enter, goOn } = anAdmission(10);
  await enter('first');
  const lone = goOn('lone', 9 * MB);
  expect(() => admission.goOn(aCall(), 1)).toThrow(overloaded);
  await lone;
  await nextTurn();
  await goOn('later', 1);
});

test('a refusal says when to come back, and keeps the connection where the body is small', async () => {
  const { admission, clock, enter } = anAdmission(10);
  await enter('first');
  const waiting = enter('waiting');
  clock.now += 1_001;
  const refuse = (headers: http.IncomingHttpHeaders): unknown => {
    try {
      return admission.enter(aCall(headers));
    } catch (error) {
      return error;
    }
  };
  expect(refuse({ 'content-length': '2000' })).toMatchObject({ retryAfter: expect.any(Number), headers: {} });
  expect(refuse({ 'content-length': '5000000' })).toMatchObject({ headers: { Connection: 'close' } });
  expect(refuse({})).toMatchObject({ headers: { Connection: 'close' } });
  await waiting;
});

test('bodies beyond the budget are refused until one of those before is answered; a lone one always fits', () => {
  const { admission } = anAdmission(0);
  const reserve = (bytes: number) => {
    const req = aCall({ 'content-length': String(bytes) });
    const res = new ServerResponse(req);
    admission.reserve(req, res);
    return res;
  };
  const large = reserve(2_000);
  expect(() => reserve(1)).toThrow(overloaded);
  large.emit('close');
  reserve(600);
  expect(() => reserve(600)).toThrow(overloaded);
  expect(admission.used).toBe(600);
});

test('a caller who has hung up while he waited is turned away, and holds nothing', async () => {
  const { admission } = anAdmission(0);
  const req = aCall({ 'content-length': '600' });
  const res = new ServerResponse(req);
  req.destroy();
  await nextTurn();
  expect(() => admission.reserve(req, res)).toThrow(expect.objectContaining({ code: 'malformed_request' }) as Error);
  expect(admission.used).toBe(0);
});
