import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core';
import { MagnifyingGlassIcon, PinLeftIcon, PinRightIcon, QuestionMarkIcon } from '@radix-ui/react-icons';
import { Link } from '@tanstack/react-router';
import { KeyCaps } from '../components/KeyCaps.tsx';
import { Logo } from '../components/Logo.tsx';
import { sharedSearch } from '../domain/pageSearch.ts';
import { isMac, type KeyName, printKeys } from '../keys/keys.ts';
import { NAVIGATION } from './navigation.ts';
import { OrganizationMenu } from './OrganizationMenu.tsx';
import { SavedViews } from './SavedViews.tsx';
import { ThemeSwitch } from './ThemeSwitch.tsx';
import classes from './Sidebar.module.css';

type SidebarProps = {
  isRail: boolean;
  isPhone: boolean;
  onRailChange: (isRail: boolean) => void;
  onFind: () => void;
  onShowKeys: () => void;
};

/** The pages by group, saved views, and who is signed in. */
export function Sidebar({ isRail, isPhone, onRailChange, onFind, onShowKeys }: SidebarProps) {
  const railLabel = isRail ? 'Expand sidebar' : 'Collapse sidebar';
  return (
    <div className={classes.sidebar} data-rail={isRail || undefined}>
      <div className={classes.head}>
        <Logo withName={!isRail} size={24} />
        {!isPhone && (
          <Tooltip label={`${railLabel} (${printKeys('sidebar', isMac()).join(' ')})`} position="right">
            <ActionIcon variant="subtle" color="gray" aria-label={railLabel} onClick={() => onRailChange(!isRail)}>
              {isRail ? <PinRightIcon /> : <PinLeftIcon />}
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      <Tooltip label="Go to a page, an action or an id" position="right" disabled={!isRail}>
        <UnstyledButton className={classes.find} onClick={onFind} aria-label={isRail ? 'Go to' : undefined}>
          <MagnifyingGlassIcon aria-hidden />
          {!isRail && (
            <>
              <span className={classes.label}>Go to…</span>
              <KeyCaps keys={printKeys('palette', isMac())} />
            </>
          )}
        </UnstyledButton>
      </Tooltip>
      <div className={classes.pages}>
        {NAVIGATION.map(({ title, pages }) => (
          <div key={title} className={classes.group}>
            {!isRail && <div className={classes.heading}>{title}</div>}
            {pages.map(({ to, label, keyName, Icon }) => (
              <Tooltip key={to} label={label} position="right" disabled={!isRail}>
                <Link
                  to={to}
                  search={(before) => sharedSearch(before)}
                  className={classes.link}
                  aria-label={isRail ? label : undefined}
                  activeOptions={{ includeSearch: false }}
                >
                  <Icon aria-hidden />
                  {!isRail && <span className={classes.label}>{label}</span>}
                  {!isRail && <KeyHint name={keyName} />}
                </Link>
              </Tooltip>
            ))}
          </div>
        ))}
        {!isRail && <SavedViews />}
      </div>
      <div className={classes.foot}>
        <OrganizationMenu isRail={isRail} />
        <ThemeSwitch isRail={isRail} />
        <Tooltip label="Keys (?)" position={isRail ? 'right' : 'top'}>
          <ActionIcon variant="subtle" color="gray" aria-label="Show all keys" onClick={onShowKeys}>
            <QuestionMarkIcon />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
}

/** Seen while the pointer is over the link. */
function KeyHint({ name }: { name: KeyName }) {
  return (
    <span className={classes.hint} aria-hidden>
      <KeyCaps keys={printKeys(name, isMac())} />
    </span>
  );
}
