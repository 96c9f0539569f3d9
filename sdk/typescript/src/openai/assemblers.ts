import type { StreamAssembler } from './assembler.js';
import { ChatStreamAssembler } from './chatStream.js';
import { MediaStreamAssembler } from './mediaStream.js';
import type { Kind } from './methods.js';
import { ResponsesStreamAssembler } from './responsesStream.js';

/** The assembler for the streams of one kind of method. `maxText`: characters kept of one stream. */
export function createAssembler(kind: Kind, maxText: number): StreamAssembler {
  switch (kind) {
    case 'chat':
      return new ChatStreamAssembler('chat.completion', maxText);
    case 'completion':
      return new ChatStreamAssembler('text_completion', maxText);
    case 'responses':
      return new ResponsesStreamAssembler(maxText);
    case 'images':
    case 'transcription':
    case 'speech':
    case 'embeddings':
    case 'moderation':
      return new MediaStreamAssembler(kind === 'images', maxText);
  }
}
