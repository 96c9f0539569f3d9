import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core';
import { DesktopIcon, MoonIcon, SunIcon } from '@radix-ui/react-icons';

const SCHEMES = [
  { value: 'auto', label: 'Follow the system', Icon: DesktopIcon },
  { value: 'light', label: 'Light theme', Icon: SunIcon },
  { value: 'dark', label: 'Dark theme', Icon: MoonIcon },
] as const;

/** One button that steps through the themes; the palette has each of them. */
export function ThemeSwitch({ isRail }: { isRail: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const position = SCHEMES.findIndex(({ value }) => value === colorScheme);
  const { label, Icon } = SCHEMES[position] ?? SCHEMES[0];
  const next = SCHEMES[(position + 1) % SCHEMES.length] ?? SCHEMES[0];
  return (
    <Tooltip label={`${label}. Click: ${next.label.toLowerCase()}`} position={isRail ? 'right' : 'top'}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Theme: ${label.toLowerCase()}`}
        onClick={() => setColorScheme(next.value)}
      >
        <Icon />
      </ActionIcon>
    </Tooltip>
  );
}
