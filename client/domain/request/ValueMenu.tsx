import type { ReactNode } from 'react';
import { Menu, UnstyledButton } from '@mantine/core';
import { CopyIcon, MinusCircledIcon, OpenInNewWindowIcon, PlusCircledIcon } from '@radix-ui/react-icons';
import { Link, useNavigate } from '@tanstack/react-router';
import { parseQuery } from '#shared/query/parseQuery';
import { addTerm, formatTerm, type Term } from '#shared/query/terms';
import { useCopy } from '../../lib/useCopy.ts';
import { changeSearch } from '../pageSearch.ts';
import { useAddress } from '../useAddress.ts';
import classes from './ValueMenu.module.css';

type ValueMenuProps = {
  /** What the query language calls it, such as `model` or `tag.team`; null for what it cannot ask for. */
  name: string | null;
  value: string;
  /** What it is, for a reader: `Model`. */
  label: string;
  /** What is shown in place of the value itself. */
  children?: ReactNode;
  /** `chip` has a surface; `text` stands in a line of others. */
  look?: 'chip' | 'text';
};

/** A value, and all that can be done with it: narrow the list to it, leave it out, copy it, open what it names. */
export function ValueMenu({ name, value, label, children = value, look = 'chip' }: ValueMenuProps) {
  const narrow = useNarrow();
  const copy = useCopy();
  const term = name === null ? null : { field: name, value };
  // A value longer than a query may be has no term.
  const isAskable = term !== null && parseQuery(formatTerm(term)).problem === null;
  return (
    <Menu position="bottom-start" width={240} withinPortal>
      <Menu.Target>
        <UnstyledButton
          className={classes[look]}
          title={`${label}: ${value}`}
          dir="auto"
          onKeyDown={(event) => {
            if (event.key !== '.') return;
            event.preventDefault();
            event.currentTarget.click();
          }}
        >
          {children}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={classes.named} dir="auto">
          {label}: {value}
        </Menu.Label>
        {isAskable && (
          <>
            <Menu.Item leftSection={<PlusCircledIcon />} onClick={() => narrow(term)}>
              Filter for
            </Menu.Item>
            <Menu.Item leftSection={<MinusCircledIcon />} onClick={() => narrow({ ...term, isExcluded: true })}>
              Filter out
            </Menu.Item>
          </>
        )}
        <Menu.Item leftSection={<CopyIcon />} onClick={() => void copy(label, value)}>
          Copy
        </Menu.Item>
        <OpenItem name={name} value={value} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** The page of what a value names, where there is one. */
function OpenItem({ name, value }: Pick<ValueMenuProps, 'name' | 'value'>) {
  switch (name) {
    case 'trace':
      return (
        <OpenLink
          noun="trace"
          render={(props) => <Link to="/traces/$traceId" params={{ traceId: value }} {...props} />}
        />
      );
    case 'session':
      return (
        <OpenLink
          noun="session"
          render={(props) => <Link to="/sessions/$sessionId" params={{ sessionId: value }} {...props} />}
        />
      );
    case 'user':
      return (
        <OpenLink noun="user" render={(props) => <Link to="/users/$userId" params={{ userId: value }} {...props} />} />
      );
    case null:
    default:
      return null;
  }
}

function OpenLink({ noun, render }: { noun: string; render: (props: object) => ReactNode }) {
  return (
    <Menu.Item leftSection={<OpenInNewWindowIcon />} renderRoot={render}>
      Open {noun}
    </Menu.Item>
  );
}

/** Adds a term to the query of the list, which opens where another page is shown. The open request stays open. */
function useNarrow(): (term: Term) => void {
  const navigate = useNavigate();
  const { search } = useAddress();
  return (term) =>
    void navigate({ to: '/requests', search: changeSearch(search, { q: addTerm(search.q ?? '', term) }) });
}
