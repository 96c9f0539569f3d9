import type { OrgId } from '#shared/primitives';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { newId } from '#server/ids';
import { BinaryRowEncoder } from './binaryRowEncoder.ts';
import { ownBytes, packRows, unpackRows } from './rowTransfer.ts';

const scope = scopeForAdmin(serverAdminScope(), newId() as OrgId);
const COLUMNS = { org_id: 'uuid', id: 'uuid', words: 'text' } as const;
type Row = { readonly id: string; readonly words: string };

const encoder = () => new BinaryRowEncoder<Row>('a_row', COLUMNS);
const rowsOf = (sizes: readonly number[]): Row[] =>
  sizes.map((size, index) => ({ id: newId(), words: String.fromCharCode(97 + (index % 26)).repeat(size) }));

/** As a message does it: what is transferred is gone here. */
function send(packed: ReturnType<typeof packRows>): ReturnType<typeof packRows> {
  return structuredClone(packed, { transfer: [...packed.pieces] });
}

test.each([
  ['none', []],
  ['a short one', [10]],
  ['many in one piece', Array.from({ length: 50 }, () => 1_000)],
  ['one larger than a piece', [600_000]],
  ['more than a piece holds, with large ones between', [100_000, 200_000, 10, 300_000, 90_000, 90_000, 90_000, 5]],
])('rows come out of a message as they went in: %s', (_, sizes) => {
  const rows = rowsOf(sizes);
  const sender = encoder();
  const unsent = encoder();
  // Twice, since the memory of the first ones is gone when the second ones are encoded.
  for (let round = 0; round < 2; round++) {
    const received = unpackRows(
      send(
        packRows(
          scope.org_id,
          rows.map((row) => sender.encode(scope, row)),
        ),
      ),
    );
    const expected = rows.map((row) => unsent.encode(scope, row));
    expect(received.map(({ content }) => content.toString('hex'))).toEqual(
      expected.map(({ content }) => content.toString('hex')),
    );
    expect(received.map(({ content: _content, ...rest }) => rest)).toEqual(
      expected.map(({ content: _content, ...rest }) => rest),
    );
  }
});

test('memory that is well used is not copied, and a short row does not hold a whole piece', () => {
  const sender = encoder();
  const encoded = rowsOf([100_000, 100_000, 10, 300_000]).map((row) => sender.encode(scope, row));
  const memory = encoded.map(({ content }) => content.buffer);
  const { pieces } = packRows(scope.org_id, encoded);
  expect(pieces.some((piece) => memory.includes(piece))).toBe(true);
  const [short] = rowsOf([10]).map((row) => sender.encode(scope, row));
  const packed = packRows(scope.org_id, short ? [short] : []);
  expect(packed.pieces.map(({ byteLength }) => byteLength)).toEqual([short?.bytes]);
});

test('bytes that share their memory with others are copied, others are not', () => {
  const alone = Buffer.from(new Uint8Array(10).fill(7).buffer);
  expect(ownBytes(alone)).toBe(alone.buffer);
  const shared = alone.subarray(2, 5);
  expect(new Uint8Array(ownBytes(shared))).toEqual(new Uint8Array([7, 7, 7]));
  expect(ownBytes(shared)).not.toBe(alone.buffer);
});
