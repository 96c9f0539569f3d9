import { createLogger } from './log.ts';

/** The one line that a failure makes in the log. */
function logged(err: unknown) {
  const lines: string[] = [];
  createLogger('info', { write: (line) => lines.push(line) }).warn({ err }, 'failed');
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '').err;
}

const refused = (address: string) =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED', syscall: 'connect' });

test('a database that is away is told without a stack, by each of its addresses', () => {
  const all = Object.assign(new AggregateError([refused('::1:5432'), refused('127.0.0.1:5432')]), {
    code: 'ECONNREFUSED',
  });
  for (const error of [refused('127.0.0.1:5432'), all]) {
    expect(logged(error)).toMatchObject({ message: expect.stringContaining('connect ECONNREFUSED 127.0.0.1:5432') });
    expect(logged(error)).not.toHaveProperty('stack');
  }
});

test('any other failure has its stack', () => {
  expect(logged(new TypeError('x is not a function'))).toMatchObject({
    type: 'TypeError',
    stack: expect.stringContaining('log.test'),
  });
});
