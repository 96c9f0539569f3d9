import { Menu } from '@mantine/core';
import { ExitIcon, GearIcon, ReaderIcon } from '@radix-ui/react-icons';
import { Link } from '@tanstack/react-router';
import type { ApiKey } from '#shared/apiKey';
import { signOut } from '../api/credentials.ts';
import { basePath } from '../lib/basePath.ts';
import { OrganizationButton, type OrganizationButtonProps } from './OrganizationMenu.tsx';

type OrganizationDropdownProps = {
  button: OrganizationButtonProps;
  apiKey: Pick<ApiKey, 'name' | 'key_prefix'>;
};

/** The menu of the organization, opened. */
export default function OrganizationDropdown({ button, apiKey }: OrganizationDropdownProps) {
  return (
    <Menu defaultOpened position={button.isRail ? 'right-end' : 'top-start'} width={220} withinPortal>
      <Menu.Target>
        <OrganizationButton {...button} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Signed in with {apiKey.name} ({apiKey.key_prefix}…)
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
