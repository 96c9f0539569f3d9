import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core';
import { BlendingModeIcon } from '@radix-ui/react-icons';

const SCHEMES = [
  { value: 'auto', label: 'Follow the system' },
  { value: 'light', label: 'Light theme' },
  { value: 'dark', label: 'Dark theme' },
] as const;

/** One button that steps through the themes; the palette has each of them. */
export function ThemeSwitch({ isRail }: { isRail: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const position = SCHEMES.findIndex(({ value }) => value === colorScheme);
  const { label } = SCHEMES[position] ?? SCHEMES[0];
  const next = SCHEMES[(position + 1) % SCHEMES.length] ?? SCHEMES[0];
  return (
    <Tooltip label={`${label}. Click: ${next.label.toLowerCase()}`} position={isRail ? 'right' : 'top'}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Theme: ${label.toLowerCase()}`}
        onClick={() => setColorScheme(next.value)}
      >
        <BlendingModeIcon />
      </ActionIcon>
    </Tooltip>
  );
}
