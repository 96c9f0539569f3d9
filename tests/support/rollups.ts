/** Whether the rollups say what the requests say. */
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { findRollupDifferences, hasUnsummed } from '#server/rollups/repository';
import type { TestApp } from './testApp.ts';

type Tested = Pick<TestApp, 'deps' | 'orgA' | 'orgB'>;
const scopesOf = ({ orgA, orgB }: Tested) => [orgA, orgB].map(({ id }) => scopeForAdmin(serverAdminScope(), id));

/** Until the rollups of both organizations count all that is stored. */
export async function bringRollupsUpToDate(app: Tested): Promise<void> {
  for (const scope of scopesOf(app)) await app.deps.rollups.bringUpToDate(scope);
}

/** Works out the rollups of both organizations again, of what they count by now. */
export async function expectNoDifferences(app: Tested): Promise<void> {
  for (const scope of scopesOf(app)) expect(await findRollupDifferences(app.deps.db, scope)).toEqual([]);
}

/** The same as they are, and once they count all that is stored. */
export async function expectExactRollups(app: Tested): Promise<void> {
  await expectNoDifferences(app);
  await bringRollupsUpToDate(app);
  await expectNoDifferences(app);
  for (const scope of scopesOf(app)) expect(await hasUnsummed(app.deps.db, scope)).toBe(false);
}
