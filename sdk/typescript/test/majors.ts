/** The majors of the real `openai` package. Typed as the one at the root: the tests use what all have. */
import type * as OpenAIModule from 'openai';
import type { Loose } from './fakeOpenAI';

export interface Major {
  readonly name: string;
  /** Loaded where it is first asked for. */
  readonly openai: typeof OpenAIModule;
}

/** All that we record. */
export const ALL_MAJORS: readonly Major[] = ['v4', 'v5', 'v6', 'v7'].map((name) => ({
  name: `openai ${name}`,
  get openai() {
    return jest.requireActual<typeof OpenAIModule>(`./majors/node_modules/openai-${name}`);
  },
}));

/** For what does not depend on the major. */
export const V6 = ALL_MAJORS[2] as Major;

/** What the tests of this run take for each: one, and all by `npm run test:majors`. `everyMajor.test.ts` always has all. */
export const MAJORS: readonly Major[] = process.env.OPENAI_MAJORS === 'all' ? ALL_MAJORS : [V6];

/** The helpers of chat, such as `parse()` and `stream()`; they live under `beta` in openai 4. */
export function chatHelpers({ name }: Major, client: OpenAIModule.OpenAI): Loose {
  return name.endsWith('v4') ? (client as Loose).beta.chat.completions : client.chat.completions;
}
