/** Sessions and users: what the requests that name them have in common. */
import { z } from 'zod';
import { LIST_PAGE, pageInput } from './page.ts';
import { Cursor, Identifier, Instant, LIMITS } from './primitives.ts';
import { LoggedRequest, RequestFilters } from './request.ts';
import { GROUP_SORTS } from './stats.ts';

/** What lists of sessions and of users are asked by: one is listed where a request of it matches. */
export const ListGroupsInput = z.object({ ...RequestFilters.shape, ...pageInput(LIST_PAGE) });
export type ListGroupsInput = z.output<typeof ListGroupsInput>;

/** Sums over requests, of which some may have reported nothing. */
const sums = {
  requests: z.int(),
  errors: z.int().describe('Requests whose status is `error`.'),
  input_tokens: z.int().nullable().describe('Null where no request reported it.'),
  output_tokens: z.int().nullable(),
  cost_usd: z.string().nullable().describe('Null where no request is priced.'),
  unpriced_requests: z.int().describe('Requests whose cost is unknown, so `cost_usd` is a lower bound.'),
  last_at: Instant.describe('When the latest request began.'),
  is_partial: z.boolean().describe('True where there are more requests than the latest 1,000, which are summed up.'),
};

export const SessionSummary = z
  .object({
    session_id: z.string(),
    ...sums,
    first_at: Instant,
    user_id: z.string().nullable().describe('Of the latest request that names one.'),
    environment: z.string().nullable(),
    models: z.array(z.string()).describe('At most five.'),
    input_preview: z.string().nullable().describe('The first words.'),
    output_preview: z.string().nullable().describe('The last answer.'),
  })
  .meta({ id: 'SessionSummary' });
export type SessionSummary = z.infer<typeof SessionSummary>;

const groupPage = {
  next_cursor: Cursor.nullable().describe('Null on the last page.'),
  searched_back_to: Instant.nullable().describe(
    'Where the search for more ended before the page was full; null: at the beginning.',
  ),
};

export const SessionPage = z.object({ sessions: z.array(SessionSummary), ...groupPage });
export type SessionPage = z.infer<typeof SessionPage>;

/** Requests of one page of a session. */
export const SESSION_PAGE = { most: LIMITS.pageSize, usual: 20 };
export const GetSessionInput = z.object({ session_id: Identifier, ...pageInput(SESSION_PAGE) });
export type GetSessionInput = z.output<typeof GetSessionInput>;

/** A session, and one page of its requests with their words, in the order they began. */
export const SessionDetail = z
  .object({
    session: SessionSummary,
    requests: z.array(LoggedRequest),
    next_cursor: Cursor.nullable().describe('Null on the last page.'),
  })
  .meta({ id: 'SessionDetail' });
export type SessionDetail = z.infer<typeof SessionDetail>;

export const UserSummary = z
  .object({
    user_id: z.string(),
    ...sums,
    first_at: Instant.describe('When the first request began.'),
    sessions: z.int().describe('Sessions that were summed up.'),
  })
  .meta({ id: 'UserSummary' });
export type UserSummary = z.infer<typeof UserSummary>;

export const UserPage = z.object({ users: z.array(UserSummary), ...groupPage });
export type UserPage = z.infer<typeof UserPage>;

/** Users that are ranked. */
export const LARGEST_USERS = { most: 50 } as const;
/** What the largest users are asked for. */
export const LargestUsersInput = z.object({
  filters: RequestFilters.default({}),
  sort: z.enum(GROUP_SORTS).describe('The largest first.'),
  limit: z.int().min(1).max(LARGEST_USERS.most).default(LARGEST_USERS.most),
});
export type LargestUsersInput = z.output<typeof LargestUsersInput>;

/** The largest users by what their requests that match add up to. There is no next page. */
export const LargestUsers = z.object({
  users: z
    .array(UserSummary)
    .describe('Their sums are of the requests that match; first and last seen are of the whole time.'),
  count: z.int().describe('How many users there are among what was counted.'),
  counted_back_to: Instant.nullable().describe('Null where all that match were counted.'),
});
export type LargestUsers = z.infer<typeof LargestUsers>;

export const GetUserInput = z.object({ user_id: Identifier });
