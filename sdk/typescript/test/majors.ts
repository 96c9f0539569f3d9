/** The four majors of the real `openai` package. Typed as the one at the root: the tests use what all have. */
import type * as OpenAIModule from 'openai';

export interface Major {
  readonly name: string;
  readonly openai: typeof OpenAIModule;
}

const load = (folder: string) => jest.requireActual<typeof OpenAIModule>(`./majors/node_modules/${folder}`);

export const MAJORS: readonly Major[] = ['v4', 'v5', 'v6', 'v7'].map((name) => ({
  name: `openai ${name}`,
  openai: load(`openai-${name}`),
}));

/** For what does not depend on the major. */
export const V6 = MAJORS[2] as Major;
