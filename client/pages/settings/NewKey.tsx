import { Alert, Button, Group, Stack } from '@mantine/core';
import { InfoCircledIcon } from '@radix-ui/react-icons';
import type { CreatedApiKey } from '#shared/apiKey';
import { CopyButton } from '../../components/CopyButton.tsx';
import classes from './SettingsPage.module.css';

/** The only time a secret is on the screen. */
export function NewKey({ created, onDone }: { created: CreatedApiKey; onDone: () => void }) {
  return (
    <Stack gap="md">
      <Alert color="yellow" variant="light" icon={<InfoCircledIcon />}>
        This is the only time the key of “{created.name}” is shown. PromptLab keeps a hash of it and cannot show it
        again.
      </Alert>
      <div className={classes.secret} data-testid="new-key">
        {created.key}
      </div>
      <Group justify="space-between">
        <CopyButton text={created.key} label="Copy key">
          Copy key
        </CopyButton>
        <Button onClick={onDone}>I have stored it</Button>
      </Group>
    </Stack>
  );
}
