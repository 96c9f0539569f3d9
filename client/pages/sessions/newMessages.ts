/** What each turn of a session adds: a request repeats the whole history before it, which is read once. Pure. */
import { calledTools, type Conversation } from '#shared/conversation/conversation';
import type { Message } from '#shared/conversation/parseMessage';
import type { Part } from '#shared/conversation/part';
import { putInWords } from '#shared/primitives';

/** A request of a session, with the messages that are new in it. */
export interface Turn extends Conversation {
  /** Messages that were left out, since an earlier turn shows them. */
  readonly repeated: number;
  /** Of the calls of the session, by their id: a result is often of a call that an earlier turn shows. */
  readonly toolNames: ReadonlyMap<string, string>;
}

/** The turns in order, each without what those before it have said. */
export function toTurns(conversations: readonly Conversation[]): Turn[] {
  const seen = new Set<string>();
  const toolNames = new Map(conversations.flatMap((conversation) => [...calledTools(conversation)]));
  return conversations.map(({ sent, answer }) => {
    const marks = sent.map(markOf);
    const isInstruction = ({ role }: Message) => role === 'system' || role === 'developer';
    const isNew = (index: number) => !seen.has(marks[index] ?? '');
    // Instructions may hold the time of day, and change while all the rest is repeated.
    const first = sent.findIndex((message, index) => !isInstruction(message) && isNew(index));
    // The same question asked once more is a turn all the same.
    const start =
      first === -1
        ? Math.max(
            0,
            sent.findLastIndex(({ role }) => role === 'user'),
          )
        : first;
    const shown = sent.filter((message, index) => (isInstruction(message) ? isNew(index) : index >= start));
    for (const mark of [...marks, ...answer.map(markOf)]) seen.add(mark);
    return { sent: shown, answer, repeated: sent.length - shown.length, toolNames };
  });
}

/** Tells whether two messages say the same, in whichever form they were sent: an answer comes back as a message. */
function markOf({ role, parts }: Message): string {
  return `${role}\n${parts.map(wordsOf).filter(Boolean).join('\n')}`;
}

function wordsOf(part: Part): string {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text.trim();
    // Thoughts are seldom sent back, nor are sources.
    case 'reasoning':
    case 'citations':
      return '';
    case 'tool_call':
      return `${part.name}(${part.args === null ? '' : putInWords(part.args)})`;
    case 'tool_result':
      return `${part.callId ?? ''}=${part.parts.map(wordsOf).join('\n')}`;
    case 'media':
      return `${part.media} ${part.mimeType} ${part.location} ${part.sizeBytes}`;
    case 'json':
      return putInWords(part.value);
  }
}
