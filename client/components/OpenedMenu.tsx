import { Menu } from '@mantine/core';
import type { LazyMenuProps } from './LazyMenu.tsx';

/** The menu, open from the beginning: it was asked for by a click. */
export default function OpenedMenu({ label, entries, children, ...place }: LazyMenuProps) {
  return (
    <Menu defaultOpened shadow="md" withinPortal {...place}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        {label !== undefined && <Menu.Label>{label}</Menu.Label>}
        {entries.map((entry) => (
          <Menu.Item key={entry.label} color={entry.isDanger ? 'red' : undefined} onClick={entry.onClick}>
            {entry.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
