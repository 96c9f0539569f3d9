import { ActionIcon, SegmentedControl, Tooltip, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import { DesktopIcon, MoonIcon, SunIcon } from '@radix-ui/react-icons';

const SCHEMES = [
  { value: 'auto', label: 'Follow the system', Icon: DesktopIcon },
  { value: 'light', label: 'Light theme', Icon: SunIcon },
  { value: 'dark', label: 'Dark theme', Icon: MoonIcon },
] as const;
type Scheme = (typeof SCHEMES)[number]['value'];

/** Three choices side by side, or one button that steps through them where the sidebar is a rail. */
export function ThemeSwitch({ isRail }: { isRail: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const position = SCHEMES.findIndex(({ value }) => value === colorScheme);

  if (isRail) {
    const { label, Icon } = SCHEMES[position] ?? SCHEMES[0];
    const next = SCHEMES[(position + 1) % SCHEMES.length] ?? SCHEMES[0];
    return (
      <Tooltip label={`${label}. Click: ${next.label.toLowerCase()}`} position="right">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={`Theme: ${label.toLowerCase()}`}
          onClick={() => setColorScheme(next.value)}
        >
          <Icon />
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <SegmentedControl<Scheme>
      size="xs"
      aria-label="Theme"
      value={colorScheme}
      onChange={setColorScheme}
      data={SCHEMES.map(({ value, label, Icon }) => ({
        value,
        label: (
          <span title={label} style={{ display: 'flex', padding: '3px 2px' }}>
            <Icon aria-hidden />
            <VisuallyHidden>{label}</VisuallyHidden>
          </span>
        ),
      }))}
    />
  );
}
