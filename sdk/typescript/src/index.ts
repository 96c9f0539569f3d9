export { getRequestUrl } from './client/requestUrl.js';
export { currentTrace, flush, shutdown, span, stats, trace, track } from './client/defaultInstance.js';
export { PromptLab } from './client/promptLab.js';
export { PromptLabError, type DropReason } from './errors.js';
export type { CallContext, CallExtras } from './record/callExtras.js';
export type { DeliveryStats, FlushResult } from './delivery/deliveryStats.js';
export type { ManualLog } from './record/manualLog.js';
export type { PromptLabOptions } from './client/options.js';
export type { Mask, MaskResult } from './record/redaction/mask.js';
export type { SpanContent, SpanFields, SpanOptions, Trace, TraceOptions } from './tracing/types.js';
export type { Tracked } from './client/trackedTypes.js';
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
