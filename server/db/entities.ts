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

/** Every table. A new entity class is added here, and a migration beside it. */
export const entities = [
  OrganizationRow,
  ApiKeyRow,
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
