import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { CopyIcon } from '@radix-ui/react-icons';
import { currentKey } from '../../api/credentials.ts';
import { dismissLink, switchSession, type LinkState } from '../../api/signInLink.ts';
import { useCopy } from '../../lib/useCopy.ts';

type SignInLinkDialogProps = { link: Exclude<LinkState, { status: 'none' | 'checking' }> };

/** Somebody is signed in, and a link was opened: nothing changes until they say so. */
export default function SignInLinkDialog({ link }: SignInLinkDialogProps) {
  const copy = useCopy();
  const isRefused = link.status === 'refused';
  return (
    <Modal
      opened
      onClose={dismissLink}
      title={isRefused ? 'This link does not sign you in' : 'Sign in to another organization?'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="md">
        {isRefused ? (
          <Text>
            {link.message} You stay signed in to <b>{link.current}</b>.
          </Text>
        ) : (
          <Text>
            You are signed in to <b>{link.current}</b>. This link signs you in to <b>{link.offered}</b> instead, and
            this browser forgets the key of {link.current}. Copy that key first if it is kept nowhere else: it is shown
            nowhere again.
          </Text>
        )}
        <Group justify="flex-end" gap="sm">
          {!isRefused && (
            <Button
              variant="subtle"
              leftSection={<CopyIcon />}
              mr="auto"
              onClick={() => void copy(`Key of ${link.current}`, currentKey() ?? '')}
            >
              Copy its key
            </Button>
          )}
          <Button variant="default" onClick={dismissLink} data-autofocus>
            Stay in {link.current}
          </Button>
          {!isRefused && (
            <Button loading={link.status === 'switching'} onClick={() => void switchSession()}>
              Sign in to {link.offered}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
