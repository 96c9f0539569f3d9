import { lazy, Suspense, useMemo, useState } from 'react';
import { Anchor, UnstyledButton } from '@mantine/core';
import { ChevronRightIcon } from '@radix-ui/react-icons';
import { parseConversation } from '#shared/conversation/conversation';
import type { Message } from '#shared/conversation/parseMessage';
import type { LoggedRequest } from '#shared/request';
import { LongText } from '../../components/LongText.tsx';
import { plural } from '../../lib/formatNumber.ts';
import { hasColumns } from '../../lib/hasColumns.ts';
import { messageText, shownRole } from '../../domain/conversation/messageText.ts';
import { type Aligned, type AlignedRow, alignMessages, MOST_MESSAGES } from './alignMessages.ts';
import classes from './ComparePage.module.css';

/** Characters of a message that takes more than a third of a window. */
const LONG = 800;

const DiffText = lazy(() => import('./DiffText.tsx'));

/** Messages side by side, those that stand for each other in one row; what differs is marked word by word. */
export function CompareMessages({ requests }: { requests: readonly LoggedRequest[] }) {
  const { sent, answers, isCut } = useMemo(() => align(requests), [requests]);
  return (
    <section aria-label="Messages" className={classes.messages}>
      {isCut && <p className={classes.hint}>The last {MOST_MESSAGES} messages of each are compared.</p>}
      {sent.map((row, index) => (
        <Row key={index} row={row} isFolded />
      ))}
      <h2 className={classes.heading}>Answer</h2>
      {answers.length === 0 && <p className={classes.hint}>No answer was logged.</p>}
      {answers.map((row, index) => (
        <Row key={index} row={row} />
      ))}
    </section>
  );
}

function align(requests: readonly LoggedRequest[]) {
  const conversations = requests.map((request) => parseConversation(request));
  const sent = conversations.map((conversation) => conversation.sent.map(toAligned));
  return {
    sent: alignMessages(sent),
    answers: alignMessages(conversations.map((conversation) => conversation.answer.map(toAligned))),
    isCut: sent.some(({ length }) => length > MOST_MESSAGES),
  };
}

function toAligned(message: Message): Aligned {
  const role = shownRole(message);
  return { role, text: messageText({ role, parts: message.parts }) };
}

type RowProps = {
  row: AlignedRow<Aligned>;
  /** True: what is long is cut, so that the answers below it are in sight. Default: false. */
  isFolded?: boolean;
};

function Row({ row, isFolded = false }: RowProps) {
  const [isOpen, setIsOpen] = useState(false);
  const longest = Math.max(...row.map((cell) => cell?.text.length ?? 0));
  const isCut = isFolded && !isOpen && longest > LONG;
  const [base = null, ...others] = row;
  const role = row.find((cell) => cell !== null)?.role ?? '';
  const isSame = row.every((cell) => cell !== null && cell.text === base?.text);
  if (isSame && !isOpen && base !== null) {
    return (
      <UnstyledButton className={classes.sameRow} aria-expanded={false} onClick={() => setIsOpen(true)}>
        <ChevronRightIcon aria-hidden />
        <span className={classes.role}>{role}</span>
        <span className={classes.quiet}>the same, {plural(base.text.length, 'character')}:</span>
        <span className={classes.start} dir="auto">
          {base.text.slice(0, 200)}
        </span>
      </UnstyledButton>
    );
  }
  return (
    <div className={classes.row} tabIndex={0} role="group" aria-label={role}>
      <div className={classes.role}>{role}</div>
      <div className={classes.cells} data-cut={isCut || undefined}>
        <CellWords cell={base} against={others.length === 1 ? (others[0] ?? null) : null} side="before" />
        {others.map((cell, index) => (
          <CellWords key={index} cell={cell} against={base} side="after" />
        ))}
      </div>
      {isCut && (
        <Anchor component="button" type="button" fz={12} className={classes.more} onClick={() => setIsOpen(true)}>
          Show all of it ({plural(longest, 'character')})
        </Anchor>
      )}
    </div>
  );
}

type CellWordsProps = {
  cell: Aligned | null;
  /** What it is compared with; null: it is shown as it is. */
  against: Aligned | null;
  side: 'before' | 'after';
};

function CellWords({ cell, against, side }: CellWordsProps) {
  if (cell === null) return <div className={classes.missing}>–</div>;
  const isMonospace = cell.role === 'tool' || /^\s*[[{]/.test(cell.text) || hasColumns(cell.text);
  const plain = <LongText text={cell.text} isMonospace={isMonospace} />;
  return (
    <div className={classes.cell}>
      {against === null || against.text === cell.text ? (
        plain
      ) : (
        <Suspense fallback={plain}>
          <DiffText
            before={side === 'before' ? cell.text : against.text}
            after={side === 'before' ? against.text : cell.text}
            side={side}
            isMonospace={isMonospace}
            fallback={plain}
          />
        </Suspense>
      )}
    </div>
  );
}
