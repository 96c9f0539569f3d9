/** The version of this server; `tests/structure.test.ts` compares it with package.json. */
export const VERSION = '0.2.0';
