import { Button, Menu } from '@mantine/core';
import { ChevronDownIcon } from '@radix-ui/react-icons';
import { isWordsFace, isWordsView, type WordsFace, type WordsView } from '../conversation/wordsView.ts';
import { useWordsSettings } from './useWordsSettings.ts';

const VIEWS: Readonly<Record<WordsView, string>> = { rendered: 'Rendered', text: 'Text' };
const FACES: Readonly<Record<WordsFace, string>> = {
  auto: 'Mono where it has columns',
  mono: 'Always mono',
  prose: 'Never mono',
};

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
          aria-label={`Words are shown as: ${VIEWS[view]}`}
          flex="none"
        >
          {VIEWS[view]}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Markdown and JSON</Menu.Label>
        <Menu.RadioGroup value={view} onChange={(value) => isWordsView(value) && choose({ view: value })}>
          <Choices labels={VIEWS} />
        </Menu.RadioGroup>
        <Menu.Label>Letters</Menu.Label>
        <Menu.RadioGroup value={face} onChange={(value) => isWordsFace(value) && choose({ face: value })}>
          <Choices labels={FACES} />
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}

function Choices({ labels }: { labels: Readonly<Record<string, string>> }) {
  return Object.entries(labels).map(([value, label]) => (
    <Menu.RadioItem key={value} value={value} closeMenuOnClick>
      {label}
    </Menu.RadioItem>
  ));
}
