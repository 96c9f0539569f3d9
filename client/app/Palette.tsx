import '@mantine/spotlight/styles.layer.css';
import { useEffect, useState } from 'react';
import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { MagnifyingGlassIcon } from '@radix-ui/react-icons';
import { useNavigate } from '@tanstack/react-router';
import { signOut } from '../api/credentials.ts';
import { KeyCaps } from '../components/KeyCaps.tsx';
import { changeSearch, readSearch, sharedSearch } from '../domain/pageSearch.ts';
import { basePath } from '../lib/basePath.ts';
import { isMac, type Key, KEY_NAMES, KEYS, type KeyName, printKeys } from '../keys/keys.ts';
import { NAVIGATION_PAGES } from './navigation.ts';
import { pasteTargets } from './pasteTargets.ts';
import { availableKeys } from '../keys/useKeys.ts';

interface Entry {
  readonly group: string;
  readonly label: string;
  readonly keyName?: KeyName;
  readonly run: () => void;
}

/** ⌘K: pages, actions of this page, and whatever id is pasted into it. `asked` grows with each time it is asked for. */
export default function Palette({ asked }: { asked: number }) {
  const [query, setQuery] = useState('');
  useEffect(() => spotlight.open(), [asked]);
  const pasted = usePasted(query);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = useEntries().filter(({ label, group }) => {
    const text = `${group} ${label}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const entries = [...pasted, ...found];
  const groups = [...new Set(entries.map(({ group }) => group))];
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      scrollable
      maxHeight={420}
      attributes={{ content: { 'aria-label': 'Find a page, a request or an action' } }}
    >
      <Spotlight.Search
        placeholder="Go to a page, run an action, or paste an id"
        aria-label="Go to"
        leftSection={<MagnifyingGlassIcon />}
      />
      <Spotlight.ActionsList>
        {groups.map((group) => (
          <Spotlight.ActionsGroup key={group} label={group}>
            {entries
              .filter((entry) => entry.group === group)
              .map(({ label, keyName, run }) => (
                <Spotlight.Action
                  key={label}
                  label={label}
                  onClick={run}
                  rightSection={keyName && <KeyCaps keys={printKeys(keyName, isMac())} />}
                />
              ))}
          </Spotlight.ActionsGroup>
        ))}
        {entries.length === 0 && <Spotlight.Empty>Nothing is called that here.</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** What the text may be the id of, or a query. */
function usePasted(query: string): Entry[] {
  const navigate = useNavigate();
  return pasteTargets(query).map(({ label, kind, value }) => ({
    group: 'Open',
    label,
    run: () => {
      switch (kind) {
        case 'request':
          return void navigate({ to: '/requests/$requestId', params: { requestId: value } });
        case 'trace':
          return void navigate({ to: '/traces/$traceId', params: { traceId: value } });
        case 'query':
          return void navigate({
            to: '/requests',
            search: (before: object) => changeSearch(sharedSearch(readSearch({ ...before })), { q: value }),
          });
      }
    },
  }));
}

function useEntries(): Entry[] {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const handlers = availableKeys();
  const pages = NAVIGATION_PAGES.map(({ to, label, keyName }) => ({
    group: 'Go to',
    label,
    keyName,
    run: () => void navigate({ to, search: (before) => sharedSearch(before) }),
  }));
  const actions = KEY_NAMES.flatMap((keyName) => {
    const { does, group, isKeyOnly = false }: Key = KEYS[keyName];
    const run = handlers[keyName];
    return run && !isKeyOnly && group !== 'Go to' ? [{ group: 'Do', label: does, keyName, run }] : [];
  });
  return [
    ...pages,
    {
      group: 'Go to',
      label: 'Data health',
      run: () => void navigate({ to: '/settings/data-health', search: (before) => sharedSearch(before) }),
    },
    ...actions,
    { group: 'Do', label: 'Light theme', run: () => setColorScheme('light') },
    { group: 'Do', label: 'Dark theme', run: () => setColorScheme('dark') },
    { group: 'Do', label: 'Theme of the system', run: () => setColorScheme('auto') },
    { group: 'Do', label: 'Open the API reference', run: () => window.open(`${basePath()}reference`, '_blank') },
    { group: 'Do', label: 'Sign out', run: () => signOut() },
  ];
}
