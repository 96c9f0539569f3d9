/**
 * Proofs of who is asking. A repository function takes one of them, so that a query without an organization does not
 * compile, and only this folder makes them (`tests/structure.test.ts` checks it).
 */
import type { OrgId } from '#shared/primitives';

/** The right to see and change what one organization owns. */
export class OrgScope {
  readonly org_id: OrgId;
  readonly #isWanted: () => boolean;

  private constructor(org_id: OrgId, isWanted: () => boolean) {
    this.org_id = org_id;
    this.#isWanted = isWanted;
  }

  /** @param isWanted false once nobody waits any more for what is read with it. */
  static mint(org_id: OrgId, isWanted: () => boolean = always): OrgScope {
    return new OrgScope(org_id, isWanted);
  }

  /** False once its caller has hung up: what it asked for need not be read. */
  get isWanted(): boolean {
    return this.#isWanted();
  }
}

function always(): boolean {
  return true;
}

/** The right to manage organizations and their keys: an operator, or the server itself at its first start. */
export class AdminScope {
  // A private field makes the class nominal: no object literal passes for it.
  readonly #isAdmin = true;

  private constructor() {}

  static mint(): AdminScope {
    return new AdminScope();
  }

  get isAdmin(): true {
    return this.#isAdmin;
  }
}
