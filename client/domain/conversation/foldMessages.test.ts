import { messageOf } from '#shared/conversation/parseMessage';
import { foldMessages } from './foldMessages.ts';

/** `s` system, `u` user, `a` assistant. */
function folded(roles: string): string {
  const names = new Map([
    ['s', 'system'],
    ['u', 'user'],
    ['a', 'assistant'],
  ]);
  const messages = roles.split('').map((role) => messageOf(names.get(role) ?? role, []));
  return foldMessages(messages)
    .map((piece) => (piece.kind === 'fold' ? `[${piece.messages.length}]` : piece.message.role[0]))
    .join('');
}

test.each([
  ['nothing', '', ''],
  ['six messages and their instructions', 'ssuauaua', 'ssuauaua'],
  ['a long history', 'suauauau', 's[6]u'],
  ['a history with a single turn before the last', 'auaaaaa', 'auaaaaa'],
  ['the steps of an agent', 'suaaaaaaaa', 'su[6]aa'],
  ['a history and steps', 'uauaaaaaaaaa', '[2]u[7]aa'],
  ['what nobody asked', 'aaaaaaaa', '[6]aa'],
  ['instructions between', 'susauaua', 's[5]ua'],
  ['instructions alone', 'ssssssss', 'ssssssss'],
])('%s', (_, roles, expected) => {
  expect(folded(roles)).toBe(expected);
});
