/** What the calls of this benchmark send. */

/** Ten messages of about 480 bytes: a usual conversation. */
const MESSAGES = Array.from({ length: 10 }, (_, i) => ({
  role: i % 2 === 0 ? ('user' as const) : ('assistant' as const),
  content: `${i} ${'some words of a conversation that went on for a while, '.repeat(9)}`.slice(0, 440),
}));
export const BODY = { model: 'gpt-4o-mini', messages: MESSAGES };
