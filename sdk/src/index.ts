export { flush, getRequestUrl, shutdown, stats, track } from './defaultInstance.js';
export { PromptLab } from './promptLab.js';
export { PromptLabError, type DropReason } from './errors.js';
export type { CallContext, CallExtras } from './callExtras.js';
export type { DeliveryStats, FlushResult } from './delivery/delivery.js';
export type { ManualLog } from './manualLog.js';
export type { MaskResult, PromptLabOptions } from './options.js';
export type { Tracked } from './track.js';
export type {
  JsonObject,
  JsonValue,
  LogInput,
  LogReceipt,
  RequestError,
  RequestStatus,
  SpanInput,
  Tags,
} from './wire.js';
