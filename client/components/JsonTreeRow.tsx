import { ActionIcon } from '@mantine/core';
import { CopyIcon, Link2Icon } from '@radix-ui/react-icons';
import { stringifyExactJson } from '#shared/exactJson';
import { formatCount } from '../lib/formatNumber.ts';
import { type JsonRow, MEMBERS_SHOWN, previewOf } from '../lib/jsonRows.ts';
import classes from './JsonTree.module.css';

type JsonTreeRowProps = {
  row: JsonRow;
  /** The one row that is reached by Tab; arrows lead from there. */
  isTabStop: boolean;
  isMatch: boolean;
  isCurrent: boolean;
  onFocus: () => void;
  onToggle: () => void;
  onCopyPath: () => void;
  onCopyValue: () => void;
};

const INDENT_PX = 14;
/** Deeper rows are not moved further to the right. */
const MOST_INDENT = 24;

export function JsonTreeRow({ row, isTabStop, isMatch, isCurrent, onFocus, onToggle, ...copies }: JsonTreeRowProps) {
  const { id, depth, name, size, isOpen, hidden } = row;
  const isParent = size !== null && size > 0;
  return (
    <div
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={isParent ? isOpen : undefined}
      aria-selected={isCurrent}
      tabIndex={isTabStop ? 0 : -1}
      data-row={id}
      data-match={isMatch || undefined}
      data-current={isCurrent || undefined}
      className={isParent ? `${classes.row} ${classes.container}` : classes.row}
      style={{ paddingInlineStart: Math.min(depth, MOST_INDENT) * INDENT_PX }}
      onFocus={(event) => event.target === event.currentTarget && onFocus()}
      onClick={isParent || hidden > 0 ? onToggle : undefined}
    >
      <span className={classes.fold} aria-hidden>
        {isParent && (isOpen ? '▾' : '▸')}
      </span>
      {hidden > 0 ? (
        <span className={classes.more}>
          Show {formatCount(Math.min(hidden, MEMBERS_SHOWN))} of {formatCount(hidden)} more
        </span>
      ) : (
        <>
          {name !== null && <bdi className={classes.name}>{name === '' ? '""' : name}:</bdi>}
          <Value row={row} onToggle={onToggle} />
          <span className={classes.actions} onClick={(event) => event.stopPropagation()}>
            <RowButton label="Copy path" Icon={Link2Icon} isTabStop={isTabStop} onClick={copies.onCopyPath} />
            <RowButton label="Copy value" Icon={CopyIcon} isTabStop={isTabStop} onClick={copies.onCopyValue} />
          </span>
        </>
      )}
    </div>
  );
}

type RowButtonProps = { label: string; Icon: typeof CopyIcon; isTabStop: boolean; onClick: () => void };

function RowButton({ label, Icon, isTabStop, onClick }: RowButtonProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={20}
      tabIndex={isTabStop ? 0 : -1}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon width={12} height={12} />
    </ActionIcon>
  );
}

function Value({ row, onToggle }: { row: JsonRow; onToggle: () => void }) {
  const { value, size, isOpen } = row;
  if (size === null) return <Leaf value={value} isWhole={isOpen} onToggle={onToggle} />;
  const [start, end] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (size === 0) return <span className={classes.muted}>{start + end}</span>;
  return (
    <span className={classes.preview}>
      {start}
      {isOpen ? formatCount(size) : <bdi>{previewOf(value)}</bdi>}
      {end}
      {!isOpen && size > 1 && ` ${formatCount(size)}`}
    </span>
  );
}

/** Characters of a text that are shown at once, and after a click. */
const FIRST = 400;
const MOST = 20_000;

/** True for a text that opens. */
export function isLongLeaf(value: unknown): boolean {
  return typeof value === 'string' && value.length > FIRST;
}

function Leaf({ value, isWhole, onToggle }: { value: unknown; isWhole: boolean; onToggle: () => void }) {
  if (typeof value !== 'string') {
    return (
      <span className={`${classes.value} ${value === null ? classes.muted : classes.number}`}>
        {stringifyExactJson(value)}
      </span>
    );
  }
  const shown = isWhole ? MOST : FIRST;
  const isCut = value.length > shown;
  return (
    <span className={classes.value}>
      <bdi className={classes.string}>{JSON.stringify(isCut ? `${value.slice(0, shown)}…` : value)}</bdi>
      {(isCut || isWhole) && (
        <span className={classes.more} onClick={onToggle}>
          {` ${wordsOf(value.length, isWhole)}`}
        </span>
      )}
    </span>
  );
}

function wordsOf(length: number, isWhole: boolean): string {
  if (isWhole) return length > MOST ? `Show less of ${formatCount(length)} characters (copy for all)` : 'Show less';
  return `Show ${length > MOST ? `${formatCount(MOST)} of` : 'all'} ${formatCount(length)} characters`;
}
