/** Tags of other tools are words, ours are strings by name. */
import { listOf, objectOf } from '#shared/conversation/part';
import { setOwnMember } from '#shared/exactJson';
import { type JsonValue, putInWords, type Tags } from '#shared/primitives';

/**
 * A list of words, words with commas between them, or an object. `env:prod` is the tag `env` with the value `prod`; a word
 * without a colon is a tag of that name whose value is `true`.
 */
export function toTags(given: JsonValue): Tags {
  const tags: Tags = {};
  const fields = objectOf(given);
  if (fields !== null) {
    for (const [name, value] of Object.entries(fields)) if (value !== null) setOwnMember(tags, name, putInWords(value));
    return tags;
  }
  const words = typeof given === 'string' ? given.split(',') : listOf(given);
  for (const word of words) {
    if (typeof word !== 'string') continue;
    const text = word.trim();
    const colon = text.indexOf(':');
    if (text === '' || colon === 0) continue;
    if (colon === -1) setOwnMember(tags, text, 'true');
    else setOwnMember(tags, text.slice(0, colon).trim(), text.slice(colon + 1).trim());
  }
  return tags;
}
