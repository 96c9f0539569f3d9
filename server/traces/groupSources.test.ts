import { OrgId } from '#shared/primitives';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { Parameters } from '#server/db/sql';
import { walkRequestGroups, walkTraces } from './groupSources.ts';

const scope = scopeForAdmin(serverAdminScope(), OrgId.parse('01890a5d-ac96-774b-bcce-b302099a8057'));
const prefixOf = (q: string) => walkRequestGroups(new Parameters(), scope, 'session_id', { q }).sources[0]?.prefix;

test.each([
  ['user:ada@example.com', { column: 'user_id', value: 'ada@example.com' }],
  ['user:ada release:1.4', { column: 'user_id', value: 'ada' }],
  ['prompt:support', { column: 'prompt_slug', value: 'support' }],
  ['status:error', { column: 'status', value: 'error' }],
  ['prompt:support@3', undefined],
  ['user:ada*', undefined],
  ['env:prod', undefined],
  ['status:success', undefined],
])('of sessions, %s is looked for through the index of %j', (q, prefix) => {
  expect(prefixOf(q)).toEqual(prefix);
});

test('a range that ends before it begins is refused', () => {
  const filters = { from: '2026-08-02T00:00:00Z', to: '2026-08-01T00:00:00Z' };
  expect(() => walkTraces(new Parameters(), scope, filters)).toThrow('`from` must not be later than `to`.');
});
