import type { CallRecorder } from './callRecorder.js';

/** What the observers of promises and streams tell about a call. */
export type ObservedCall = Pick<
  CallRecorder,
  | 'isParsing'
  | 'hasStream'
  | 'isBodyTaken'
  | 'isSettled'
  | 'noteResponse'
  | 'succeed'
  | 'succeedRaw'
  | 'fail'
  | 'addPiece'
  | 'endStream'
  | 'abandon'
  | 'onSettled'
>;
