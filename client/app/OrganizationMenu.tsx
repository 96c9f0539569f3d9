import { Avatar, Menu, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { CaretSortIcon, ExitIcon, GearIcon, ReaderIcon } from '@radix-ui/react-icons';
import { Link } from '@tanstack/react-router';
import { signOut } from '../api/credentials.ts';
import { trpc } from '../api/trpc.ts';
import { basePath } from '../lib/basePath.ts';
import classes from './AppShell.module.css';

/** Who is signed in, with which key, and the way out. */
export function OrganizationMenu({ isRail }: { isRail: boolean }) {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  if (!session.data) return null;
  const { organization, api_key } = session.data;
  return (
    <Menu position={isRail ? 'right-end' : 'top-start'} width={220} withinPortal>
      <Menu.Target>
        <UnstyledButton
          className={classes.organization}
          aria-label={isRail ? `Organization ${organization.name}` : undefined}
        >
          <Avatar size={28} radius="md" color="iris" variant="filled" name={organization.name} aria-hidden>
            {organization.name.slice(0, 1).toUpperCase()}
          </Avatar>
          {!isRail && (
            <>
              <VisuallyHidden>Organization</VisuallyHidden>
              <div style={{ flex: 1, minWidth: 0 }}>
                <Text fz="sm" fw={500} lh="18px" truncate>
                  {organization.name}
                </Text>
                <Text fz="xs" c="dimmed" lh="16px" truncate>
                  {api_key.name}
                </Text>
              </div>
              <CaretSortIcon aria-hidden color="var(--mantine-color-dimmed)" />
            </>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Signed in with {api_key.name} ({api_key.key_prefix}…)
        </Menu.Label>
        <Menu.Item leftSection={<GearIcon />} component={Link} to="/settings">
          Settings
        </Menu.Item>
        <Menu.Item leftSection={<ReaderIcon />} component="a" href={`${basePath()}reference`} target="_blank">
          API reference
        </Menu.Item>
        <Menu.Item leftSection={<ExitIcon />} onClick={() => signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
