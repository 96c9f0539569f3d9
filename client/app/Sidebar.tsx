import { ActionIcon, Box, Group, Stack, Tooltip } from '@mantine/core';
import { ActivityLogIcon, GearIcon, PinLeftIcon, PinRightIcon } from '@radix-ui/react-icons';
import { Link } from '@tanstack/react-router';
import { Logo } from '../components/Logo.tsx';
import { OrganizationMenu } from './OrganizationMenu.tsx';
import { ThemeSwitch } from './ThemeSwitch.tsx';
import classes from './AppShell.module.css';

const PAGES = [
  { to: '/requests', label: 'Requests', Icon: ActivityLogIcon },
  { to: '/settings', label: 'Settings', Icon: GearIcon },
] as const;

type SidebarProps = { isRail: boolean; onRailChange: (isRail: boolean) => void };

export function Sidebar({ isRail, onRailChange }: SidebarProps) {
  const railLabel = isRail ? 'Expand sidebar' : 'Collapse sidebar';
  return (
    <Stack h="100%" gap={0} p={isRail ? 10 : 'sm'}>
      <Group h={44} px={isRail ? 0 : 6} mb="sm" justify={isRail ? 'center' : 'space-between'} visibleFrom="sm">
        <Logo withName={!isRail} />
      </Group>
      <Stack gap={4} flex={1}>
        {PAGES.map(({ to, label, Icon }) => (
          <Tooltip key={to} label={label} position="right" disabled={!isRail}>
            <Link
              to={to}
              className={classes.link}
              data-rail={isRail || undefined}
              aria-label={isRail ? label : undefined}
              activeOptions={{ includeSearch: false }}
            >
              <Icon width={16} height={16} aria-hidden />
              {!isRail && label}
            </Link>
          </Tooltip>
        ))}
      </Stack>
      <Stack gap="xs">
        <Group gap={6} justify={isRail ? 'center' : 'space-between'}>
          <ThemeSwitch isRail={isRail} />
          <Tooltip label={railLabel} position="right">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={railLabel}
              visibleFrom="sm"
              onClick={() => onRailChange(!isRail)}
            >
              {isRail ? <PinRightIcon /> : <PinLeftIcon />}
            </ActionIcon>
          </Tooltip>
        </Group>
        <Box style={{ borderTop: '1px solid var(--pl-border)' }} pt="xs">
          <OrganizationMenu isRail={isRail} />
        </Box>
      </Stack>
    </Stack>
  );
}
