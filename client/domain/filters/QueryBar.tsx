import { useState, type KeyboardEvent } from 'react';
import { ActionIcon, Combobox, Text, TextInput, useCombobox } from '@mantine/core';
import { Cross2Icon, MagnifyingGlassIcon } from '@radix-ui/react-icons';
import { parseQuery } from '#shared/query/parseQuery';
import type { RequestFilters } from '#shared/request';
import { useKeys } from '../../keys/useKeys.ts';
import { completeWord } from './querySuggestions.ts';
import { useSuggestions } from './useSuggestions.ts';
import classes from './QueryBar.module.css';

type QueryBarProps = {
  /** The query that the list shows. */
  value: string;
  onApply: (query: string) => void;
  /** The time and environment in view: what is suggested is there. */
  filters: RequestFilters;
};

/**
 * The query as text. Enter applies it, Escape takes back what was typed, and where nothing was typed it leaves the bar, so that
 * the keys of the list are heard again; what cannot be read is said below, and not applied.
 */
export function QueryBar({ value, onApply, filters }: QueryBarProps) {
  const [text, setText] = useState(value);
  const [isSaid, setIsSaid] = useState(false);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const { problem } = parseQuery(text);
  // The address changed: by a link, by Back, or by a filter elsewhere.
  const [applied, setApplied] = useState(value);
  if (applied !== value) {
    setApplied(value);
    setText(value);
  }
  useKeys({ query: () => combobox.targetRef.current?.focus() });

  const suggestions = useSuggestions(text, filters, combobox.dropdownOpened);
  const apply = (query: string) => {
    setIsSaid(true);
    if (parseQuery(query).problem === null) {
      setIsSaid(false);
      combobox.closeDropdown();
      onApply(query.trim());
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter' && combobox.getSelectedOptionIndex() === -1) apply(text);
    if (event.key === 'Escape') {
      if (text === value && !combobox.dropdownOpened) event.currentTarget.blur();
      setText(value);
      setIsSaid(false);
    }
  };
  const shownProblem = isSaid || value === text ? problem : null;
  return (
    <div className={classes.bar}>
      <Combobox
        store={combobox}
        onOptionSubmit={(word) => {
          setText(completeWord(text, word));
          combobox.resetSelectedOption();
        }}
      >
        <Combobox.Target>
          <TextInput
            size="xs"
            aria-label="Query"
            aria-describedby={shownProblem ? 'query-problem' : undefined}
            placeholder="Search words, or status:error -env:dev latency:>2s"
            title="Query the requests (/)"
            value={text}
            error={shownProblem !== null}
            leftSection={<MagnifyingGlassIcon />}
            rightSection={
              text !== '' && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  aria-label="Clear the query"
                  onClick={() => apply('')}
                >
                  <Cross2Icon />
                </ActionIcon>
              )
            }
            classNames={{ input: classes.input }}
            spellCheck={false}
            autoComplete="off"
            maxLength={1_000}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setIsSaid(false);
              combobox.openDropdown();
            }}
            onClick={() => combobox.openDropdown()}
            onBlur={() => combobox.closeDropdown()}
            onKeyDown={onKeyDown}
          />
        </Combobox.Target>
        {suggestions.length > 0 && (
          <Combobox.Dropdown>
            <Combobox.Options mah={280} className={classes.options} aria-label="Suggestions">
              {suggestions.map(({ word, about }) => (
                <Combobox.Option key={word} value={word}>
                  <span className={classes.word}>{word}</span>
                  <Text component="span" fz={12} c="dimmed">
                    {about}
                  </Text>
                </Combobox.Option>
              ))}
            </Combobox.Options>
          </Combobox.Dropdown>
        )}
      </Combobox>
      {shownProblem && (
        <Text id="query-problem" role="alert" fz={12} c="red" mt={4} className="wrapAnywhere">
          {shownProblem.message}
        </Text>
      )}
    </div>
  );
}
