import { lazy, Suspense, useState } from 'react';
import { Text, UnstyledButton, VisuallyHidden, type UnstyledButtonProps } from '@mantine/core';
import { CaretSortIcon } from '@radix-ui/react-icons';
import type { ComponentProps } from 'react';
import { trpc } from '../api/trpc.ts';
import classes from './AppShell.module.css';

// Mantine's menu weighs as much as a page: it is loaded when it is first opened.
const OrganizationDropdown = lazy(() => import('./OrganizationDropdown.tsx'));

/** Who is signed in, with which key, and the way out. */
export function OrganizationMenu({ isRail }: { isRail: boolean }) {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const [isAsked, setIsAsked] = useState(false);
  if (!session.data) return null;
  const { organization, api_key } = session.data;
  const button = { isRail, name: organization.name, keyName: api_key.name };
  const closed = (
    <OrganizationButton {...button} aria-haspopup="menu" aria-expanded={false} onClick={() => setIsAsked(true)} />
  );
  if (!isAsked) return closed;
  return (
    <Suspense fallback={closed}>
      <OrganizationDropdown button={button} apiKey={api_key} />
    </Suspense>
  );
}

export type OrganizationButtonProps = { isRail: boolean; name: string; keyName: string };

/** The rest of its properties comes from the menu that it opens. */
export function OrganizationButton({
  isRail,
  name,
  keyName,
  ...others
}: OrganizationButtonProps & UnstyledButtonProps & ComponentProps<'button'>) {
  return (
    <UnstyledButton
      {...others}
      className={classes.organization}
      aria-label={isRail ? `Organization ${name}` : undefined}
    >
      <span className={classes.initial} aria-hidden>
        {name.slice(0, 1).toUpperCase()}
      </span>
      {!isRail && (
        <>
          <VisuallyHidden>Organization</VisuallyHidden>
          <div style={{ flex: 1, minWidth: 0 }}>
            <Text fz="sm" fw={500} lh="18px" truncate>
              {name}
            </Text>
            <Text fz="xs" c="dimmed" lh="16px" truncate>
              {keyName}
            </Text>
          </div>
          <CaretSortIcon aria-hidden color="var(--mantine-color-dimmed)" />
        </>
      )}
    </UnstyledButton>
  );
}
