import http, { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { AppError } from '#server/errors';
import { WriteAdmission } from './writeAdmission.ts';

const aCall = (headers: http.IncomingHttpHeaders = {}): IncomingMessage => {
  const req = new http.IncomingMessage(new Socket());
  Object.assign(req.headers, headers);
  return req;
};
const findReason = (admission: WriteAdmission, req: IncomingMessage): AppError | null => {
  try {
    admission.check(req);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
};
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('writes late in a long turn of the event loop are refused, and the next turn takes less', async () => {
  let now = 0;
  const admission = new WriteAdmission({ bodyBytes: 1, now: () => now });
  const isRefused = () => findReason(admission, aCall()) !== null;
  const turn = async (...times: number[]) => {
    const start = now;
    const verdicts = times.map((time) => {
      now = start + time;
      return isRefused();
    });
    await nextTurn();
    return verdicts;
  };
  expect(await turn(0, 299, 300)).toEqual([false, false, true]);
  expect(await turn(0, 99, 100)).toEqual([false, false, true]);
  expect(await turn(0, 99)).toEqual([false, false]);
  expect(await turn(0, 299)).toEqual([false, false]);
});

test('a refusal says when to come back, and keeps the connection where the body is small', async () => {
  let now = 0;
  const admission = new WriteAdmission({ bodyBytes: 1, now: () => now });
  admission.check(aCall());
  now = 300;
  const refuse = (headers: http.IncomingHttpHeaders) => findReason(admission, aCall(headers));
  expect(refuse({ 'content-length': '2000' })).toMatchObject({ code: 'overloaded', status: 503, headers: {} });
  expect(refuse({ 'content-length': '2000' })?.retryAfter).toBeGreaterThanOrEqual(1);
  expect(refuse({ 'content-length': '5000000' })?.headers).toEqual({ Connection: 'close' });
  expect(refuse({})?.headers).toEqual({ Connection: 'close' });
  await nextTurn();
});

test('bodies beyond the budget are refused until one of those before is answered; a lone one always fits', () => {
  const admission = new WriteAdmission({ bodyBytes: 1_000 });
  const reserve = (bytes: number) => {
    const req = aCall({ 'content-length': String(bytes) });
    const res = new ServerResponse(req);
    admission.reserve(req, res);
    return res;
  };
  const large = reserve(2_000);
  expect(() => reserve(1)).toThrow(expect.objectContaining({ code: 'overloaded' }));
  large.emit('close');
  reserve(600);
  expect(() => reserve(600)).toThrow(expect.objectContaining({ code: 'overloaded' }));
  expect(admission.used).toBe(600);
});
