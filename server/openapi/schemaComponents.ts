/** JSON Schemas of zod schemas, where those with an id of their own become components that others refer to. */
import { z } from 'zod';
import { LogBatchInput } from '#shared/request';
import { SpanBatchInput } from '#shared/trace';

type Schema = { [key: string]: unknown };
/** A concept may look different on its way in, before zod transforms it, and on its way out. */
type Io = 'input' | 'output';

/** Items of a batch are checked one by one, so that its own schema says nothing of them. */
const BATCH_ITEMS = new Map<unknown, string>([
  [LogBatchInput.shape.logs, 'LogInput'],
  [SpanBatchInput.shape.spans, 'SpanInput'],
]);

/** Collects what the document refers to. */
export class SchemaComponents {
  readonly #registered: Record<Io, ReadonlyMap<string, Schema>> = {
    input: registered('input'),
    output: registered('output'),
  };
  readonly #components = new Map<string, Schema>();

  /** The JSON Schema of `schema`, referring to components where it can. */
  schemaOf(schema: z.ZodType, io: Io): Schema {
    const { $schema: _, $defs: __, id, ...json } = toJsonSchema(schema, io);
    return typeof id === 'string' ? this.#refer(id, io) : this.#resolve(json, io);
  }

  /** All components that were referred to, by name. */
  list(): Record<string, Schema> {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #refer(id: string, io: Io): Schema {
    const name = this.#nameOf(id, io);
    if (!this.#components.has(name)) {
      this.#components.set(name, {}); // A schema may refer to itself.
      this.#components.set(name, this.#resolve(this.#registered[io].get(id) ?? {}, io));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  /** A concept that looks different on its way in has a second component for that. */
  #nameOf(id: string, io: Io): string {
    if (io === 'output' || id.endsWith('Input')) return id;
    const isSame = JSON.stringify(this.#registered.input.get(id)) === JSON.stringify(this.#registered.output.get(id));
    return isSame ? id : `${id}Input`;
  }

  #resolve(schema: Schema, io: Io): Schema {
    return JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
      if (typeof value !== 'object' || value === null || !('$ref' in value)) return value;
      const id = String(value.$ref).split('/').at(-1) ?? '';
      return { ...value, ...this.#refer(id, io) };
    }) as Schema;
  }
}

function registered(io: Io): ReadonlyMap<string, Schema> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { ...options(io), uri: (id) => `#/components/schemas/${id}` });
  return new Map(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _, $id: __, id: ___, ...definition } = schema;
      return [name, definition];
    }),
  );
}

function toJsonSchema(schema: z.ZodType, io: Io): Schema {
  return z.toJSONSchema(schema, options(io));
}

function options(io: Io) {
  return {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: Schema }) {
      // The expression behind it says no more, in 400 characters.
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'uuid') delete jsonSchema.pattern;
      const item = BATCH_ITEMS.get(zodSchema);
      if (item !== undefined) jsonSchema.items = { $ref: `#/components/schemas/${item}` };
    },
  } as const;
}
