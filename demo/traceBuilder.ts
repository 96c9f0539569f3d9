/** Where a scenario plays: it keeps the clock, the trace and the ids, and collects the logs and spans of one task. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { LogInput } from '#shared/request';
import type { SpanInput } from '#shared/trace';
import { releaseOf } from './company.ts';
import type { Fault } from './faults.ts';
import { logOfCall } from './modelCall.ts';
import type { ModelCall } from './modelCall.ts';
import { DEMO_MODELS } from './models.ts';
import type { DemoModelName } from './models.ts';
import type { Random } from './random.ts';

export type DemoItem = { log: LogInput } | { span: SpanInput };

/** What happened in the demo's past. Days are UTC days of the epoch. */
export interface Timeline {
  /** An hour in which OpenAI refused or failed most calls. */
  readonly incident: { readonly from: number; readonly to: number };
  /** The day on which the support chat moved to a newer model. */
  readonly switchDay: number;
}

/** A kind of task. To add one, write a file in `scenarios/` and name it in `scenarios.ts`. */
export interface Scenario {
  /** Also the value of the tag `feature`. */
  readonly name: string;
  readonly generate: (trace: TraceBuilder) => void;
}

interface Labels {
  readonly product: string;
  readonly user_id?: string;
  readonly session_id?: string;
  readonly tags?: Record<string, string>;
}

export interface SpanDetails<Result> {
  readonly kind?: string;
  readonly metadata?: JsonObject;
  readonly input?: JsonValue;
  /** What the step gave back, where it did not fail. */
  readonly output?: (result: Result) => JsonValue;
  /** Why it failed; null where it did not. */
  readonly error?: (result: Result) => string | null;
}

export class TraceBuilder {
  readonly random: Random;
  readonly day: number;
  readonly timeline: Timeline;
  readonly items: DemoItem[] = [];
  /** Logs among the items. */
  logCount = 0;
  readonly startedAt: number;
  /** When the last call or step was over. */
  endedAt: number;
  #now: number;
  #traceId: string | null = null;
  #parentId: string | null = null;
  #labels: Partial<LogInput> & Partial<SpanInput> = {};

  constructor(options: { random: Random; startedAt: number; day: number; timeline: Timeline }) {
    this.random = options.random;
    this.day = options.day;
    this.timeline = options.timeline;
    this.startedAt = options.startedAt;
    this.#now = options.startedAt;
    this.endedAt = options.startedAt;
  }

  /** Labels that all later logs and spans of this task carry. Call it once, first. */
  label(scenario: string, { product, tags, ...ids }: Labels): void {
    const environment = this.random.weighted([
      ['production', 88],
      ['staging', 8],
      ['development', 4],
    ] as const);
    this.#labels = {
      ...ids,
      environment,
      release: releaseOf(product, this.day),
      tags: { feature: scenario, team: product, ...tags },
    };
  }

  /** Lets time pass, as while a person reads and types. */
  wait(ms: number): void {
    this.#now += Math.round(ms);
  }

  /** A step with its own calls and steps inside. The first one is the root of a trace. */
  span<T>(name: string, body: () => T, details: SpanDetails<T> = {}): T {
    const startedAt = this.#now;
    this.#traceId ??= this.random.uuid(startedAt).replaceAll('-', '');
    const id = this.random.uuid(startedAt);
    const parentId = this.#parentId;
    const span: SpanInput = {
      id,
      trace_id: this.#traceId,
      parent_id: parentId,
      name,
      started_at: new Date(startedAt).toISOString(),
      ...(details.kind ? { kind: details.kind } : {}),
      ...(details.metadata ? { metadata: details.metadata } : {}),
      ...(details.input === undefined ? {} : { input: details.input }),
      ...this.#labels,
    };
    this.items.push({ span });
    this.#parentId = id;
    const result = body();
    this.#parentId = parentId;
    const message = details.error?.(result) ?? null;
    span.status = message === null ? 'success' : 'error';
    if (message !== null) span.error = { type: 'Error', message };
    else if (details.output) span.output = details.output(result);
    span.latency_ms = this.#now - startedAt;
    this.endedAt = Math.max(this.endedAt, this.#now);
    return result;
  }

  /** Calls a model. True when it answered: a scenario goes on only then. */
  call(call: ModelCall): boolean {
    const fault = call.fault ?? this.#chanceOfFault(call.model);
    const startedAt = this.#now;
    const log: LogInput = {
      id: this.random.uuid(startedAt),
      started_at: new Date(startedAt).toISOString(),
      ...logOfCall(this.random, call, startedAt, fault),
      trace_id: this.#traceId,
      parent_id: this.#parentId,
      ...this.#labels,
      sdk: { name: 'promptlab', version: '0.2.0', runtime: 'node 20.20.2' },
    };
    if (call.tags) log.tags = { ...log.tags, ...call.tags };
    if (call.metadata) log.metadata = call.metadata;
    this.items.push({ log });
    this.logCount += 1;
    this.#now = startedAt + Math.ceil(log.latency_ms ?? 0);
    this.endedAt = Math.max(this.endedAt, this.#now);
    return log.status === 'success' || log.status === 'incomplete';
  }

  #chanceOfFault(model: DemoModelName): Fault | null {
    const { provider } = DEMO_MODELS[model];
    const { from, to } = this.timeline.incident;
    if (provider === 'openai' && this.#now >= from && this.#now < to && this.random.chance(0.8)) {
      return this.random.chance(0.6) ? 'rate_limit' : 'server_error';
    }
    if (provider === 'ollama') return this.random.chance(0.015) ? 'timeout' : null;
    const point = this.random.fraction();
    if (point < 0.007) return 'rate_limit';
    if (point < 0.011) return 'server_error';
    if (point < 0.0125) return 'timeout';
    return point < 0.013 ? 'bad_request' : null;
  }
}
