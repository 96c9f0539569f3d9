import { Initial1764000000000 } from './0001-initial.ts';
import { RowSizes1764100000000 } from './0002-row-sizes.ts';
import { Sanitized1764160000003 } from './0003-sanitized.ts';
import { SignInCodes1764200000000 } from './0004-sign-in-codes.ts';
import { Jobs1764400000000 } from './0005-jobs.ts';
import { CostStatus1764500000000 } from './0006-cost-status.ts';
import { Payloads1764600000000 } from './0007-payloads.ts';
import { SearchIndex1764700000000 } from './0008-search-index.ts';
import { Rollups1764800000000 } from './0009-rollups.ts';
import { KeysAndViews1764900000000 } from './0010-keys-and-views.ts';
import { TracesAndSessions1765000000000 } from './0011-traces-and-sessions.ts';
import { CostStatusDefault1765100000000 } from './0012-cost-status-default.ts';
import { Prices1765200000000 } from './0013-prices.ts';
import { OtlpWaiting1765300000000 } from './0014-otlp-waiting.ts';
import { DataHealth1765400000000 } from './0015-data-health.ts';
import { TotalsAndUsers1765500000000 } from './0016-totals-and-users.ts';
import { RequestHashes1765700000000 } from './0017-request-hashes.ts';
import { UnitsOfPrices1765800000000 } from './0018-units-of-prices.ts';
import { Values1765900000000 } from './0019-values.ts';
import { UnsummedRequests1766000000000 } from './0020-unsummed-requests.ts';
import { Reads1766200000000 } from './0022-reads.ts';
import { ValueHistograms1766300000000 } from './0023-value-histograms.ts';
import { PromptValues1766600000000 } from './0026-prompt-values.ts';
import { UnhashedRequests1766700000000 } from './0027-unhashed-requests.ts';
import { Prefixes1766800000000 } from './0028-prefixes.ts';

/** In order. A released migration is never edited; a change of the schema is a new file here. */
export const migrations = [
  Initial1764000000000,
  RowSizes1764100000000,
  Sanitized1764160000003,
  SignInCodes1764200000000,
  Jobs1764400000000,
  CostStatus1764500000000,
  Payloads1764600000000,
  SearchIndex1764700000000,
  Rollups1764800000000,
  KeysAndViews1764900000000,
  TracesAndSessions1765000000000,
  CostStatusDefault1765100000000,
  Prices1765200000000,
  OtlpWaiting1765300000000,
  DataHealth1765400000000,
  TotalsAndUsers1765500000000,
  RequestHashes1765700000000,
  UnitsOfPrices1765800000000,
  Values1765900000000,
  UnsummedRequests1766000000000,
  Reads1766200000000,
  ValueHistograms1766300000000,
  PromptValues1766600000000,
  UnhashedRequests1766700000000,
  Prefixes1766800000000,
];
