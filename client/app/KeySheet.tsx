import { Modal } from '@mantine/core';
import { KeyCaps } from '../components/KeyCaps.tsx';
import { isMac, KEY_GROUPS, KEY_NAMES, KEYS, printKeys } from '../keys/keys.ts';
import { NAVIGATION_PAGES } from './navigation.ts';
import classes from './KeySheet.module.css';

/** Every key, by group: what `?` shows. */
export default function KeySheet({ onClose }: { onClose: () => void }) {
  const isMacKeyboard = isMac();
  const isThere = (name: (typeof KEY_NAMES)[number]) =>
    KEYS[name].group !== 'Go to' || NAVIGATION_PAGES.some(({ keyName }) => keyName === name);
  return (
    <Modal opened onClose={onClose} title="Keys" size={1100} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.groups}>
        {KEY_GROUPS.map((group) => (
          <section key={group} className={classes.group} aria-label={group}>
            <h3 className={classes.title}>{group}</h3>
            <dl className={classes.keys}>
              {KEY_NAMES.filter((name) => KEYS[name].group === group && isThere(name)).map((name) => (
                <div key={name} className={classes.key}>
                  <dt>{KEYS[name].does}</dt>
                  <dd>
                    <KeyCaps keys={printKeys(name, isMacKeyboard)} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
