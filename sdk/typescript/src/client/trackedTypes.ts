/** The type of a tracked client. */
import type { CallExtras } from '../record/callExtras.js';

// The first parameter of a call with our extras added, for each overload; all else of the client's type stays.
// Structural on purpose: no types of `openai` are imported, so two copies of it can never disagree.
type WithExtras<F> = F extends {
  (body: infer A, ...rest: infer RA): infer XA;
  (body: infer B, ...rest: infer RB): infer XB;
  (body: infer C, ...rest: infer RC): infer XC;
  (body: infer D, ...rest: infer RD): infer XD;
  (body: infer E, ...rest: infer RE): infer XE;
  (body: infer F, ...rest: infer RF): infer XF;
}
  ? {
      (body: A & CallExtras, ...rest: RA): XA;
      (body: B & CallExtras, ...rest: RB): XB;
      (body: C & CallExtras, ...rest: RC): XC;
      (body: D & CallExtras, ...rest: RD): XD;
      (body: E & CallExtras, ...rest: RE): XE;
      (body: F & CallExtras, ...rest: RF): XF;
    }
  : never;

type ExtrasAt<T, Path extends string, M extends string> = Path extends `${infer Head}.${infer Rest}`
  ? T extends { [K in Head]: infer Inner }
    ? { readonly [K in Head]: ExtrasAt<Inner, Rest, M> }
    : unknown
  : T extends { [K in Path]: { [K2 in M]: infer F } }
    ? { readonly [K in Path]: { readonly [K2 in M]: WithExtras<F> } }
    : unknown;

/** A client whose model calls also take `CallExtras`. Assignable to the type it came from. */
export type Tracked<T> = T &
  ExtrasAt<T, 'chat.completions', 'create'> &
  ExtrasAt<T, 'completions', 'create'> &
  ExtrasAt<T, 'responses', 'create'> &
  ExtrasAt<T, 'responses', 'compact'> &
  ExtrasAt<T, 'beta.responses', 'create'> &
  ExtrasAt<T, 'beta.responses', 'compact'> &
  ExtrasAt<T, 'embeddings', 'create'> &
  ExtrasAt<T, 'moderations', 'create'> &
  ExtrasAt<T, 'images', 'generate'> &
  ExtrasAt<T, 'images', 'edit'> &
  ExtrasAt<T, 'images', 'createVariation'> &
  ExtrasAt<T, 'audio.transcriptions', 'create'> &
  ExtrasAt<T, 'audio.translations', 'create'> &
  ExtrasAt<T, 'audio.speech', 'create'>;
