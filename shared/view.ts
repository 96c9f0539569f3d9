/** A saved view: what a list shows, kept under a name for everybody of the organization. */
import { z } from 'zod';
import { DisplayName, Instant, strictInput, uuid } from './primitives.ts';

export const ViewId = uuid().brand<'ViewId'>();
export type ViewId = z.infer<typeof ViewId>;

/** Bounds of the saved views of one organization. */
export const VIEW_LIMITS = { views: 100, nameLength: 60, textLength: 1_000 } as const;

const ViewName = DisplayName.refine(
  (name) => name.length <= VIEW_LIMITS.nameLength,
  `must be at most ${VIEW_LIMITS.nameLength} characters`,
);

const ViewPage = z.enum(['requests', 'traces', 'sessions', 'users']).meta({
  id: 'ViewPage',
  description: 'The page of the dashboard that the view is of.',
});

const viewText = () =>
  z
    .string()
    .max(VIEW_LIMITS.textLength, `must be at most ${VIEW_LIMITS.textLength} characters`)
    .refine((text) => !text.includes('\u0000') && text.isWellFormed(), 'must be well-formed text without NUL');

/**
 * What the address of the page holds, by the names it has there. Texts as they were written: a view is kept over changes
 * of what they may say, and who opens it is told what cannot be read any more.
 */
const VIEW_SEARCH = {
  q: viewText().optional().describe('The query (docs/query.md).'),
  t: viewText().optional().describe('The time, such as `24h`.'),
  env: viewText().optional().describe('The environment.'),
  sort: viewText().optional().describe('Such as `-latency`.'),
  cols: viewText().optional().describe('The columns.'),
  density: viewText().optional(),
} as const;
export const ViewSearch = strictInput(VIEW_SEARCH).meta({
  id: 'ViewSearch',
  description: 'What the address of the page holds.',
});
export type ViewSearch = z.infer<typeof ViewSearch>;

export const SavedView = z
  .object({
    id: ViewId,
    name: z.string(),
    page: ViewPage,
    search: ViewSearch,
    is_default: z.boolean().describe('The page opens with it where its address names none. At most one a page.'),
    created_at: Instant,
    updated_at: Instant,
  })
  .meta({ id: 'SavedView', description: 'What a list shows, kept under a name.' });
export type SavedView = z.infer<typeof SavedView>;

export const SaveViewInput = strictInput({
  name: ViewName,
  page: ViewPage.default('requests'),
  search: ViewSearch,
  is_default: z.boolean().default(false),
}).meta({ id: 'SaveViewInput' });
export type SaveViewInput = z.output<typeof SaveViewInput>;
