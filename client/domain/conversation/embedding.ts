import type { JsonObject, JsonValue } from '#shared/primitives';
import { listOf, objectOf } from '#shared/conversation/part';
import { formatCount, plural } from '../../lib/formatNumber.ts';

/** What an embedding gave, in words: `256 numbers`. Pure. */
export function describeEmbedding(response: JsonValue | null, parameters: JsonObject | null): string {
  const vectors = listOf(objectOf(response ?? undefined)?.data).map(
    (entry) => listOf(objectOf(entry)?.embedding).length,
  );
  const [first] = vectors;
  if (first !== undefined && first > 0) {
    return vectors.length === 1
      ? plural(first, 'number')
      : `${plural(vectors.length, 'embedding')} of ${plural(first, 'number')}`;
  }
  const { dimensions } = parameters ?? {};
  return typeof dimensions === 'number' ? `${formatCount(dimensions)} numbers, not logged` : 'Numbers, not logged';
}
