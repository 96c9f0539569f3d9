import type { OrgId } from '#shared/primitives';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { newId } from '#server/ids';
import { BinaryRowEncoder, type ColumnType } from './binaryRowEncoder.ts';

const scope = scopeForAdmin(serverAdminScope(), newId() as OrgId);

test('a large value is moved once at most, however many columns come behind it', () => {
  const counts = Array.from({ length: 40 }, (_, index) => `count_${index}`);
  const types: Record<string, ColumnType> = Object.fromEntries(counts.map((name) => [name, 'integer']));
  const encoder = new BinaryRowEncoder<{ id: string; words: string }>('a_row', {
    org_id: 'uuid',
    id: 'uuid',
    words: 'text',
    ...types,
  });
  const row = { id: newId(), words: 'x'.repeat(1_000_000), ...Object.fromEntries(counts.map((name) => [name, 1])) };
  const allocate = jest.spyOn(Buffer, 'allocUnsafeSlow');
  try {
    const { bytes } = encoder.encode(scope, row);
    const allocated = allocate.mock.calls.reduce((sum, [size]) => sum + size, 0);
    expect(bytes).toBeGreaterThan(1_000_000);
    expect(allocated).toBeGreaterThan(bytes);
    expect(allocated).toBeLessThan(2 * bytes);
  } finally {
    allocate.mockRestore();
  }
});
