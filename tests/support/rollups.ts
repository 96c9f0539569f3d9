/** Whether the rollups say what the requests say. */
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { findRollupDifferences } from '#server/stats/repository';
import type { TestApp } from './testApp.ts';

/** Works out the rollups of both organizations again. */
export async function expectExactRollups({ deps, orgA, orgB }: Pick<TestApp, 'deps' | 'orgA' | 'orgB'>): Promise<void> {
  for (const { id } of [orgA, orgB]) {
    expect(await findRollupDifferences(deps.db, scopeForAdmin(serverAdminScope(), id))).toEqual([]);
  }
}
