export { getRequestUrl } from './requestUrl.js';
export { currentTrace, flush, shutdown, span, stats, trace, track } from './defaultInstance.js';
export { PromptLab } from './promptLab.js';
export { PromptLabError, type DropReason } from './errors.js';
export type { CallContext, CallExtras } from './callExtras.js';
export type { DeliveryStats, FlushResult } from './delivery/deliveryStats.js';
export type { ManualLog } from './manualLog.js';
export type { MaskResult, PromptLabOptions } from './options.js';
export type { SpanFields, Trace, TraceOptions } from './traceTypes.js';
export type { Tracked } from './tracked.js';
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
