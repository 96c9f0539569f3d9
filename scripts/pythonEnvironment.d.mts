/** A Python of the PATH. */
export interface Python {
  readonly executable: string;
  /** Such as `3.11`. */
  readonly version: string;
}

export interface Environment {
  readonly folder: string;
  /** Its interpreter. */
  readonly python: string;
}

export function findPython(): Python | null;
export function ensureEnvironment(
  python: Python,
  requirements: readonly string[],
  extra?: readonly string[],
): Promise<Environment>;
