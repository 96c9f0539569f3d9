/** The OpenAPI 3.1 description of the REST API, made from the endpoint table. */
import type { z } from 'zod';
import { type Endpoint, endpoints } from '#shared/endpoints';
import { ErrorBody } from '#shared/error';
import { ExportFailure } from '#shared/otlp';
import { VERSION } from '#server/version';
import { SchemaComponents } from './schemaComponents.ts';

type Schema = { [key: string]: unknown };

const DESCRIPTION = `Log calls to large language models, and read, count and manage them.

Authenticate with \`Authorization: Bearer <API key>\`. Every answer that is not 2xx is an \`Error\`; every answer carries
\`X-Request-Id\`. A 503 says in \`Retry-After\` when a retry makes sense. Failures of OpenTelemetry's endpoints are a
\`google.rpc.Status\`, in the encoding of the request; as JSON it holds the \`error\` as well.`;

/** The whole document. `basePath` is what the server hangs under; empty for the root. */
export function openApiDocument(basePath: string): Schema {
  const components = new SchemaComponents();
  const paths = new Map<string, Schema>();
  for (const [name, row] of Object.entries<Endpoint>(endpoints)) {
    const path = row.path.replaceAll(/:(\w+)/g, '{$1}');
    paths.set(path, { ...paths.get(path), [row.method]: operation(name, row, components) });
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'PromptLab',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    paths: Object.fromEntries(paths),
    components: {
      schemas: components.list(),
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key with the scope that the endpoint names.' },
        signInCode: { type: 'http', scheme: 'bearer', description: 'The code of a sign-in link, good once.' },
        adminToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'The admin token. Not needed on the machine itself, where no proxy is in between.',
        },
      },
    },
  };
}

function operation(name: string, row: Endpoint, components: SchemaComponents): Schema {
  const output = components.schemaOf(row.output, 'output');
  const failure = components.schemaOf(row.otlp ? ExportFailure : ErrorBody, 'output');
  const named = Object.entries({ [row.status]: 'The answer.', ...row.otherStatuses });
  const failed = contentOf({ otlp: row.otlp }, failure);
  // Receipts of a batch that was rejected, or what is wrong with the call itself.
  const schemaFor = (status: string) => (Number(status) < 400 ? output : { anyOf: [output, failure] });
  return {
    operationId: name,
    summary: row.summary,
    tags: [row.tag],
    ...authorization(row.auth),
    parameters: [
      ...parametersOf(row.params, 'path', row.examples?.[0]?.params, components),
      ...parametersOf(row.query, 'query', row.examples?.[0]?.query, components),
    ],
    ...(row.body ? { requestBody: requestBody(row, row.body, components) } : {}),
    responses: {
      ...Object.fromEntries(
        named.map(([status, description]) => [status, { description, ...contentOf(row, schemaFor(status)) }]),
      ),
      '4XX': { description: 'What is wrong with the call, and what is accepted.', ...failed },
      '5XX': {
        description: 'We could not serve it now; 503 says in `Retry-After` when to try again.',
        ...failed,
      },
    },
  };
}

function authorization(auth: Endpoint['auth']): Schema {
  switch (auth) {
    case 'none':
      return { security: [] };
    case 'admin':
      return { security: [{ adminToken: [] }] };
    case 'code':
      return { description: 'Needs the code of a sign-in link.', security: [{ signInCode: [] }] };
    case 'any key':
      return { description: 'Needs an API key; any will do.', security: [{ apiKey: [] }] };
    case 'ingest':
    case 'read':
    case 'manage':
      return { description: `Needs an API key with the scope \`${auth}\`.`, security: [{ apiKey: [] }] };
  }
}

/** The encoding that exporters of OpenTelemetry send by default; its messages are the same as in JSON. */
const PROTOBUF = { 'application/x-protobuf': { schema: { type: 'string', format: 'binary' } } };

function requestBody(row: Endpoint, body: z.ZodType, components: SchemaComponents): Schema {
  const examples = (row.examples ?? []).filter((example) => example.body !== undefined);
  return {
    required: true,
    content: {
      'application/json': {
        schema: components.schemaOf(body, 'input'),
        ...(examples.length === 0
          ? {}
          : {
              examples: Object.fromEntries(
                examples.map((example) => [example.name, { summary: example.summary, value: example.body }]),
              ),
            }),
      },
      ...(row.otlp ? PROTOBUF : {}),
    },
  };
}

/** The members of an object schema as parameters. What a URL may repeat is an array there. */
function parametersOf(
  schema: z.ZodType | undefined,
  place: 'path' | 'query',
  example: Readonly<Record<string, unknown>> | undefined,
  components: SchemaComponents,
): Schema[] {
  if (!schema) return [];
  const object = components.schemaOf(schema, 'input');
  const required = new Set((object.required ?? []) as string[]);
  return Object.entries((object.properties ?? {}) as Record<string, Schema>).map(([name, property]) => {
    const { description, ...rest } = property;
    return {
      name,
      in: place,
      required: place === 'path' || required.has(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
      ...(example && Object.hasOwn(example, name) ? { example: example[name] } : {}),
    };
  });
}

function contentOf(
  { contentTypes = ['application/json'], otlp }: Pick<Endpoint, 'contentTypes' | 'otlp'>,
  schema: Schema,
): Schema {
  const content = Object.fromEntries(contentTypes.map((type) => [type, { schema }]));
  return { content: otlp ? { ...content, ...PROTOBUF } : content };
}
