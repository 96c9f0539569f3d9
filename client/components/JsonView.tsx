import { type KeyboardEvent, useState } from 'react';
import { Anchor } from '@mantine/core';
import { ExactNumber, stringifyExactJson } from '#shared/exactJson';
import { formatCount } from '../lib/formatNumber.ts';
import classes from './JsonView.module.css';

/** A list or an object of more members starts closed: each of them is a row of the page. */
const MOST_OPEN = 200;
/** Members that are shown at once; a click shows as many more. */
const MEMBERS = 200;
/** Characters of a text that are shown at once. */
const CHARACTERS = 4_000;

type JsonViewProps = { value: unknown; label: string };

/** A JSON value as a tree that opens and closes, by mouse and arrow keys. Numbers have the digits they were sent with. */
export default function JsonView({ value, label }: JsonViewProps) {
  if (membersOf(value) === null) {
    return (
      <pre className={classes.plain} dir="auto">
        {stringifyExactJson(value)}
      </pre>
    );
  }
  return (
    <ul role="tree" aria-label={label} className={classes.tree} onKeyDown={moveFocus}>
      <Member value={value} level={0} isLast />
    </ul>
  );
}

type MemberProps = { name?: string | undefined; value: unknown; level: number; isLast: boolean };

function Member({ name, value, level, isLast }: MemberProps) {
  const members = membersOf(value);
  if (members !== null && members.length > 0) {
    return <Container name={name} members={members} isList={Array.isArray(value)} level={level} isLast={isLast} />;
  }
  return (
    <li role="treeitem" className={classes.row} tabIndex={level === 0 ? 0 : -1}>
      {name !== undefined && <Name name={name} />}
      {members === null ? (
        <Leaf value={value} />
      ) : (
        <span className={classes.muted}>{Array.isArray(value) ? '[]' : '{}'}</span>
      )}
      {!isLast && <span className={classes.muted}>,</span>}
    </li>
  );
}

type Members = readonly (readonly [name: string | undefined, value: unknown])[];

/** Of a list or an object; null for what has none. */
function membersOf(value: unknown): Members | null {
  if (Array.isArray(value)) return value.map((member: unknown) => [undefined, member] as const);
  const isObject = typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
  return isObject ? Object.entries(value) : null;
}

type ContainerProps = { name: string | undefined; members: Members; isList: boolean; level: number; isLast: boolean };

/** What is closed or further down is not in the page at all. */
function Container({ name, members, isList, level, isLast }: ContainerProps) {
  const [isOpen, setIsOpen] = useState(level < 2 && members.length <= MOST_OPEN);
  const [shown, setShown] = useState(MEMBERS);
  const hidden = members.length - shown;
  const toggle = () => setIsOpen(!isOpen);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const isToggle = event.key === 'Enter' || event.key === ' ';
    if (!isToggle && event.key !== (isOpen ? 'ArrowLeft' : 'ArrowRight')) return;
    event.preventDefault();
    toggle();
  };
  return (
    <li
      role="treeitem"
      aria-expanded={isOpen}
      className={classes.row}
      tabIndex={level === 0 ? 0 : -1}
      onKeyDown={onKeyDown}
    >
      <span className={classes.head} onClick={toggle}>
        <span className={isOpen ? classes.collapse : classes.expand} aria-hidden />
        {name !== undefined && <Name name={name} />}
        <span className={classes.muted}>
          {isList ? '[' : '{'}
          {!isOpen && `… ${formatCount(members.length)} ${isList ? ']' : '}'}`}
        </span>
      </span>
      {isOpen && (
        <>
          <ul role="group" className={classes.children}>
            {members.slice(0, shown).map(([member, value], index) => (
              <Member key={index} name={member} value={value} level={level + 1} isLast={index === members.length - 1} />
            ))}
          </ul>
          {hidden > 0 && (
            <Anchor component="button" type="button" fz="xs" onClick={() => setShown(shown + MEMBERS)}>
              Show {formatCount(Math.min(hidden, MEMBERS))} of {formatCount(hidden)} more
            </Anchor>
          )}
          <div className={classes.muted}>
            {isList ? ']' : '}'}
            {!isLast && ','}
          </div>
        </>
      )}
      {!isOpen && !isLast && <span className={classes.muted}>,</span>}
    </li>
  );
}

function Name({ name }: { name: string }) {
  return <bdi className={classes.label}>{name === '' ? '""' : name}:</bdi>;
}

function Leaf({ value }: { value: unknown }) {
  const [isWhole, setIsWhole] = useState(false);
  if (typeof value !== 'string') {
    return <span className={value === null ? classes.muted : classes.number}>{stringifyExactJson(value)}</span>;
  }
  const isLong = value.length > CHARACTERS && !isWhole;
  return (
    <>
      <bdi className={classes.string}>{JSON.stringify(isLong ? `${value.slice(0, CHARACTERS)}…` : value)}</bdi>
      {isLong && (
        <Anchor component="button" type="button" fz="xs" ml={6} onClick={() => setIsWhole(true)}>
          Show all {formatCount(value.length)} characters
        </Anchor>
      )}
    </>
  );
}

/** Up and down go through what is open. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=treeitem]')];
  const at = items.findIndex((item) => item === document.activeElement);
  const next = items[at + step];
  if (next === undefined) return;
  for (const item of items) item.tabIndex = item === next ? 0 : -1;
  next.focus();
}
