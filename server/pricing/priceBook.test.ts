import { OrgId } from '#shared/primitives';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { newId } from '#server/ids';
import { PriceBook } from './priceBook.ts';

const scopeOf = () => scopeForAdmin(serverAdminScope(), OrgId.parse(newId()));
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A database that answers when it is told to. */
function setUp() {
  const asked: { readonly org_id: unknown; readonly answer: () => void }[] = [];
  const book = new PriceBook({
    query: (_sql, parameters) =>
      new Promise((resolve) => asked.push({ org_id: parameters?.[0], answer: () => resolve([]) })),
  });
  return { book, asked };
}

test('an organization that changes its prices all the time has one list read at a time, and others have their turn', async () => {
  const { book, asked } = setUp();
  const [busy, other] = [scopeOf(), scopeOf()];
  const reads: Promise<unknown>[] = [];
  for (let change = 0; change < 50; change++) {
    reads.push(book.of(busy));
    book.forget(busy);
  }
  reads.push(book.of(other));
  await turn();
  expect(asked.map(({ org_id }) => org_id)).toEqual([busy.org_id]);
  // What waits is read once for all who ask: it finds every change until then.
  for (let count = 1; count <= 3; count++) {
    expect(asked).toHaveLength(count);
    asked[count - 1]?.answer();
    await turn();
    await turn();
  }
  await Promise.all(reads);
  expect(asked.filter(({ org_id }) => org_id === busy.org_id)).toHaveLength(2);
  expect(asked.filter(({ org_id }) => org_id === other.org_id)).toHaveLength(1);
});
