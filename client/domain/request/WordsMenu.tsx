import { Button, Menu } from '@mantine/core';
import { CheckIcon, ChevronDownIcon } from '@radix-ui/react-icons';
import type { WordsFace, WordsView } from '../conversation/wordsView.ts';
import { useWordsSettings } from './useWordsSettings.ts';

const VIEWS = [
  ['rendered', 'Rendered'],
  ['text', 'Text'],
] as const satisfies readonly (readonly [WordsView, string])[];
const FACES = [
  ['auto', 'Mono where it has columns'],
  ['mono', 'Always mono'],
  ['prose', 'Never mono'],
] as const satisfies readonly (readonly [WordsFace, string])[];

/** How the words of a conversation are shown. */
export function WordsMenu() {
  const [{ view, face }, choose] = useWordsSettings();
  return (
    <Menu position="bottom-end" width={230} withinPortal>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          rightSection={<ChevronDownIcon />}
          aria-label={`Words are shown as: ${view === 'rendered' ? 'rendered' : 'text'}`}
          flex="none"
        >
          {view === 'rendered' ? 'Rendered' : 'Text'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Markdown and JSON</Menu.Label>
        {VIEWS.map(([value, label]) => (
          <Choice key={value} label={label} isChosen={view === value} onChoose={() => choose({ view: value })} />
        ))}
        <Menu.Label>Letters</Menu.Label>
        {FACES.map(([value, label]) => (
          <Choice key={value} label={label} isChosen={face === value} onChoose={() => choose({ face: value })} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Choice({ label, isChosen, onChoose }: { label: string; isChosen: boolean; onChoose: () => void }) {
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={isChosen}
      leftSection={isChosen ? <CheckIcon /> : <span style={{ display: 'inline-block', width: 15 }} />}
      onClick={onChoose}
    >
      {label}
    </Menu.Item>
  );
}
