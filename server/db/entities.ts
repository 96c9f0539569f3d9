import { getMetadataArgsStorage } from 'typeorm';
import { ApiKeyRow } from '#server/apiKeys/entity';
import { DataHealthHourRow } from '#server/dataHealth/entity';
import { JobRow } from '#server/jobs/entity';
import { OrganizationRow } from '#server/organizations/entity';
import { OtlpWaitingRow } from '#server/otlp/entity';
import { RequestPayloadRow, RequestRow } from '#server/requests/entity';
import { PriceRow } from '#server/pricing/entity';
import { SearchLeaseRow, SearchSegmentRow, SearchTailRow } from '#server/search/entity';
import {
  RequestDayRow,
  RequestHourRow,
  RequestTotalRow,
  RequestUserDayRow,
  RequestValueRow,
  UnsummedRequestsRow,
} from '#server/rollups/entity';
import { SignInCodeRow } from '#server/signIn/entity';
import { SavedViewRow } from '#server/views/entity';
import { SpanPayloadRow, SpanRow } from '#server/traces/entity';

/**
 * Tables that are found without an organization, and which others point at: on Citus each node has a copy of them (a reference
 * table). All other tables have an `org_id`, and are distributed by it.
 */
const referenceEntities = [OrganizationRow, ApiKeyRow];

/** Every table. A new entity class is added here, and a migration beside it. */
export const entities = [
  ...referenceEntities,
  SignInCodeRow,
  RequestRow,
  RequestPayloadRow,
  RequestHourRow,
  RequestDayRow,
  RequestTotalRow,
  RequestUserDayRow,
  RequestValueRow,
  UnsummedRequestsRow,
  SpanRow,
  SpanPayloadRow,
  JobRow,
  SavedViewRow,
  PriceRow,
  OtlpWaitingRow,
  DataHealthHourRow,
  SearchTailRow,
  SearchSegmentRow,
  SearchLeaseRow,
];

const tableOf = (entity: unknown): string =>
  getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.name ?? '';

/** Names of the tables whose rows each belong to one organization, which their `org_id` names. */
export const tenantTables = (): string[] =>
  entities.filter((entity) => !referenceEntities.some((one) => one === entity)).map(tableOf);

/** Names of the tables that are the same on every node, with that of TypeORM. */
export const referenceTables = (): string[] => ['migrations', ...referenceEntities.map(tableOf)];
