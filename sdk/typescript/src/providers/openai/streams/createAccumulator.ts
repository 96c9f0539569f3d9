import type { StreamAccumulator } from '../../../record/streamAccumulator.js';
import { ChatStreamAccumulator } from './chatStream.js';
import { MediaStreamAccumulator } from './mediaStream.js';
import type { Kind } from '../kind.js';
import { ResponsesStreamAccumulator } from './responsesStream.js';

/** The assembler for the streams of one kind of method. `maxText`: characters kept of one stream. */
export function createAccumulator(kind: Kind, maxText: number): StreamAccumulator {
  switch (kind) {
    case 'chat':
      return new ChatStreamAccumulator('chat.completion', maxText);
    case 'completion':
      return new ChatStreamAccumulator('text_completion', maxText);
    case 'responses':
      return new ResponsesStreamAccumulator(maxText);
    case 'images':
    case 'transcription':
    case 'speech':
    case 'embeddings':
    case 'moderation':
      return new MediaStreamAccumulator(kind === 'images', maxText);
  }
}
