import { setTimeout as sleep } from 'node:timers/promises';
import { ApiKeyId, OrgId } from '#shared/primitives';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { HealthCounts } from '#server/dataHealth/healthCounts';
import type { Deps } from '#server/deps';
import { newId } from '#server/ids';
import { decodeJsonSpans } from './json.ts';
import { receiveSpans } from './receive.ts';

test('spans that are all refused, however many, leave turns to others while they are decoded', async () => {
  const attributes = Array.from({ length: 40 }, (_, at) => ({ key: `a${at}`, value: { intValue: '1' } }));
  const spans = Array.from({ length: 8_000 }, () => ({ traceId: 'no id', attributes }));
  const bytes = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  const healthCounts = new HealthCounts({
    write: async () => {},
    forget: async () => {},
    now: () => new Date(),
    onError: () => {},
  });
  const scope = scopeForAdmin(serverAdminScope(), OrgId.parse(newId()));
  const decoded = decodeJsonSpans(bytes);
  let turns = 0;
  let isOver = false;
  const others = (async () => {
    for (; !isOver; turns++) await sleep(1);
  })();
  // Nothing of it is stored.
  const received = receiveSpans(
    { healthCounts } as Deps,
    { scope, api_key_id: ApiKeyId.parse(newId()) },
    decoded,
    bytes.length,
  );
  await expect(received).rejects.toThrow(/^8000 of 8000 spans not taken/);
  isOver = true;
  await others;
  expect(turns).toBeGreaterThan(5);
});
