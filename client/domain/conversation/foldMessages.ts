/** Which messages of a conversation are shown at once: the last thing that was asked, and what followed. Pure. */
import type { Message } from '#shared/conversation/parseMessage';

/** A message that is shown, or several that are behind one line. */
export type Piece =
  | { readonly kind: 'message'; readonly message: Message }
  /** Folded to one line, and opened at will. */
  | { readonly kind: 'fold'; readonly messages: readonly Message[] };

/** A conversation of more messages, instructions aside, starts folded. */
const MOST_SHOWN = 6;
/** Of many steps after the last question, so many are shown at the end. */
const LAST_STEPS = 2;

/** True of what the application tells the model, and nobody said in the conversation. */
export function isInstruction({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

/** Instructions at the beginning stand first, each folded by itself. */
export function foldMessages(messages: readonly Message[]): Piece[] {
  const start = messages.findIndex((message) => !isInstruction(message));
  const head = start === -1 ? messages : messages.slice(0, start);
  const rest = start === -1 ? [] : messages.slice(start);
  if (rest.length <= MOST_SHOWN) return [...head, ...rest].map(toPiece);
  const asked = rest.findLastIndex(({ role }) => role === 'user');
  const question = asked === -1 ? rest.length - LAST_STEPS : asked;
  const steps = rest.slice(question + 1);
  const isLong = steps.length > MOST_SHOWN;
  return [
    ...head.map(toPiece),
    ...foldOf(rest.slice(0, question)),
    ...rest.slice(question, question + 1).map(toPiece),
    ...foldOf(isLong ? steps.slice(0, -LAST_STEPS) : []),
    ...(isLong ? steps.slice(-LAST_STEPS) : steps).map(toPiece),
  ];
}

/** Hiding a single message saves nothing. */
function foldOf(messages: readonly Message[]): Piece[] {
  return messages.length < 2 ? messages.map(toPiece) : [{ kind: 'fold', messages }];
}

function toPiece(message: Message): Piece {
  return { kind: 'message', message };
}
