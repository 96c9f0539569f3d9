/** How the answer and the stream of a method are read. */
export type Kind =
  | 'chat'
  | 'completion'
  | 'responses'
  | 'embeddings'
  | 'moderation'
  | 'images'
  | 'transcription'
  | 'speech';
