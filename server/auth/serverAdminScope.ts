import { AdminScope } from './orgScope.ts';

/** The server acting for itself, with no call behind it: its first start, the demo seeder, tests. */
export function serverAdminScope(): AdminScope {
  return AdminScope.mint();
}
