import fc from 'fast-check';
import { LogFields, LogInput } from '#shared/request';
import { type JsonObject, LIMITS } from '#shared/primitives';
import { AppError } from '#server/errors';
import { aLogInput } from '#tests/support/factories';
import { parseLog } from './parseLog.ts';

const parse = (fields: JsonObject) => parseLog({ ...(aLogInput() as JsonObject), ...fields });

test('fields that we do not know go below what the caller put under metadata', () => {
  expect(parse({ metadata: { both: 'mine' }, both: 'top', top: 1 }).metadata).toEqual({ both: 'mine', top: 1 });
  expect(parse({ top: 1 }).metadata).toEqual({ top: 1 });
  expect(parse({ metadata: { a: 1 } }).metadata).toEqual({ a: 1 });
  expect(parse({}).metadata).toBeUndefined();
});

test('of more unknown fields than can be stored one more is kept, by which the log is refused', () => {
  const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`field_${at}`, at]));
  const { metadata } = parse(unknown);
  expect(Object.keys(metadata ?? {})).toHaveLength(LIMITS.objectKeys + 1);
});

test('a field named __proto__ stays data', () => {
  const item = JSON.parse('{"model":"m","provider":"p","messages":[],"__proto__":{"cost_usd":"NaN"}}') as JsonObject;
  const log = parseLog(item);
  expect(log.cost_usd).toBeUndefined();
  expect(Object.keys(log.metadata ?? {})).toEqual(['__proto__']);
});

/** Values that fit some fields and break others. */
const anyValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, '', ' a ', 'a\u0000', -1, 1.5, 1e12, true, 'success', '2026-01-01T00:00:00Z', '0.5', [], {}),
  fc.constantFrom({ env: 'prod' }, [{ role: 'user', content: 'Hi' }], [{ content: 1 }], { name: 'sdk' }, 'embeddings'),
);

function attempt<Result>(work: () => Result): Result | 'refused' {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError) return 'refused';
    throw error;
  }
}

test('it takes and refuses exactly what LogInput does, and makes the same of it', () => {
  // An error in other words than ours is read before (givenError.test.ts).
  const names = Object.keys(LogFields.shape).filter((name) => name !== 'error');
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), anyValue), fc.boolean(), (fields, isWhole) => {
      const item = JSON.parse(JSON.stringify(isWhole ? { ...aLogInput(), ...fields } : fields)) as JsonObject;
      const rule = LogInput.safeParse(item);
      const present = Object.entries(rule.data ?? {}).filter(([, value]) => value !== null && value !== undefined);
      expect(attempt(() => parseLog(item))).toEqual(rule.success ? Object.fromEntries(present) : 'refused');
    }),
    { numRuns: 2_000 },
  );
});
