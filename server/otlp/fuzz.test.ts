/** Whatever bytes are sent: they are decoded or refused, never anything else, and never for long. */
import fc from 'fast-check';
import { AppError } from '#server/errors';
import { aLogsExport, anOtlpRecord, anOtlpSpan, aTraceExport, toAnyValue } from '#tests/support/otlp';
import { listOtlpFixtures, readOtlpFixture } from '#tests/support/otlpFixtures';
import { toProtobuf } from '#tests/support/otlpProtobuf';
import { Refused } from './decoded.ts';
import { decodeJsonRecords, decodeJsonSpans } from './json.ts';
import { decodeProtobufRecords, decodeProtobufSpans } from './protobuf.ts';
import { mapLogRecord, mapSpan } from './mapping.ts';

const IDS = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' };
const SPANS = aTraceExport([
  anOtlpSpan({
    attributes: { list: ['a', { b: [1, 2.5, true] }], 'llm.input_messages.0.message.role': 'user' } as never,
  }),
  anOtlpSpan({
    events: [{ name: 'exception', timeUnixNano: '1767225600000000000' }],
    status: { code: 2, message: 'no' },
  }),
]);
const RECORDS = aLogsExport([anOtlpRecord(IDS), anOtlpRecord({ ...IDS, body: toAnyValue([{ content: 'x' }]) })]);

/** Of each property, with a seed of its own each time. `npm run test:fuzz` runs ten times as many. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 200);
const runs = { numRuns: RUNS };

/** Decodes and maps all of it: an AppError is an answer, anything else is a fault of ours. */
function expectAnswer(read: () => void): void {
  let thrown: unknown = null;
  try {
    read();
  } catch (error) {
    thrown = error;
  }
  if (thrown !== null) expect(thrown).toBeInstanceOf(AppError);
}

function expectProtobufAnswer(bytes: Buffer): void {
  expectAnswer(() => {
    for (const span of decodeProtobufSpans(bytes).items) if (!(span instanceof Refused)) mapSpan(span);
  });
  expectAnswer(() => {
    for (const record of decodeProtobufRecords(bytes).items) {
      if (record !== null && !(record instanceof Refused)) mapLogRecord(record);
    }
  });
}

function expectJsonAnswer(body: Buffer): void {
  expectAnswer(() => {
    for (const span of decodeJsonSpans(body).items) if (!(span instanceof Refused)) mapSpan(span);
  });
  expectAnswer(() => {
    for (const record of decodeJsonRecords(body).items) {
      if (record !== null && !(record instanceof Refused)) mapLogRecord(record);
    }
  });
}

test('random bytes are decoded, or refused by an error of ours', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expectProtobufAnswer(Buffer.from(bytes));
      expectJsonAnswer(Buffer.from(bytes));
    }),
    runs,
  );
});

const FIXTURES = listOtlpFixtures().flatMap(({ file }) => {
  const { traces, logs } = readOtlpFixture(file);
  return [[file, toProtobuf(traces)] as const, ...(logs ? [[`logs of ${file}`, toProtobuf(logs)] as const] : [])];
});

test.each<readonly [string, Buffer]>([
  ['spans', toProtobuf(SPANS)],
  ['log records', toProtobuf(RECORDS)],
  ['spans as JSON', Buffer.from(JSON.stringify(SPANS))],
  ['log records as JSON', Buffer.from(JSON.stringify(RECORDS))],
  ...FIXTURES,
])('bytes of %s, of which some were changed, cut out or repeated', (_, original) => {
  const change = fc.record({
    at: fc.nat({ max: original.length - 1 }),
    length: fc.nat({ max: 12 }),
    put: fc.uint8Array({ maxLength: 12 }),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      let bytes = original;
      for (const { at, length, put } of changes) {
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at + length)]);
      }
      expectProtobufAnswer(bytes);
      expectJsonAnswer(bytes);
    }),
    // Fixtures have many spans, each of which is mapped.
    { numRuns: original.length > 4_000 ? RUNS / 4 : RUNS },
  );
});

test.each([
  ['spans', JSON.stringify(SPANS)],
  ['log records', JSON.stringify(RECORDS)],
])('JSON of %s, any values of which were replaced by others', (_, original) => {
  const { length } = listPlaces(JSON.parse(original));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: length - 1 }), fc.jsonValue()), { minLength: 1, maxLength: 4 }),
      (changes) => {
        const body = JSON.parse(original);
        const places = listPlaces(body);
        for (const [index, value] of changes) {
          const place = places[index];
          if (place) place.owner[place.key] = value;
        }
        expectJsonAnswer(Buffer.from(JSON.stringify(body)));
      },
    ),
    runs,
  );
});

test('any JSON object is decoded, or refused by an error of ours', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) =>
      expectJsonAnswer(Buffer.from(JSON.stringify(body))),
    ),
    runs,
  );
});

interface Place {
  readonly owner: Record<string, unknown>;
  readonly key: string;
}

/** Every member of every list and object below `root`. */
function listPlaces(root: unknown): Place[] {
  if (typeof root !== 'object' || root === null) return [];
  const owner = root as Record<string, unknown>;
  return Object.keys(owner).flatMap((key) => [{ owner, key }, ...listPlaces(owner[key])]);
}
