/** The query of a call: by the schema of its endpoint, and nothing else. A misspelt filter would answer for everything. */
import { z } from 'zod';
import { closestName } from '#shared/closestName';
import { AppError, fromZodError } from '#server/errors';

const NAME_LENGTH = 40;

/**
 * Parses the query; undefined where the endpoint takes none.
 * @throws {AppError} `invalid_value`, naming the first parameter at fault.
 */
export function parseQuery(schema: z.ZodType | undefined, query: Readonly<Record<string, unknown>>): unknown {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  for (const [name, value] of Object.entries(query)) {
    if (!known.includes(name)) throw unknownParameter(name, known);
    if (Array.isArray(value) && name !== 'tag') {
      throw new AppError('invalid_value', `\`${name}\` must be given once.`, { param: name });
    }
  }
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse({ ...query });
  if (parsed.success) return parsed.data;
  throw fromZodError(parsed.error, 'The query');
}

function unknownParameter(name: string, known: readonly string[]): AppError {
  const shown = printable(name);
  const param = shown;
  if (known.length === 0) {
    return new AppError('invalid_value', `\`${shown}\` is not known: this endpoint takes no query parameters.`, {
      param,
    });
  }
  const meant = closestName(name, known);
  const hint = meant === null ? `(it takes ${known.join(', ')})` : `(did you mean \`${meant}\`?)`;
  return new AppError('invalid_value', `\`${shown}\` is not a query parameter of this endpoint ${hint}.`, { param });
}

// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/g;

function printable(name: string): string {
  return name.slice(0, NAME_LENGTH).toWellFormed().replace(CONTROL_CHARACTERS, '\uFFFD');
}
