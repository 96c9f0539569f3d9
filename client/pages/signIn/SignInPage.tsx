import { useState, type FormEvent } from 'react';
import { Alert, Button, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { signIn } from '../../api/credentials.ts';
import { errorMessage, isForbidden, isUnauthorized } from '../../api/errorMessage.ts';
import { checkKey } from '../../api/trpc.ts';
import { Logo } from '../../components/Logo.tsx';
import { NoKeyHelp } from './NoKeyHelp.tsx';
import classes from './SignInPage.module.css';

const CANNOT_READ = 'This key may only write logs. Use a key that has read access.';
const UNKNOWN_KEY = 'This key is not known here. Check it for a typo; it may also have been deleted.';

/** The sign-in form: one API key, checked before it is kept. */
export default function SignInPage({ notice }: { notice: string | null }) {
  useDocumentTitle('Sign in · PromptLab');
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isChecking, setIsChecking] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const candidate = key.trim();
    if (candidate === '') {
      setProblem('Paste an API key to sign in.');
      return;
    }
    setIsChecking(true);
    const found = await findProblem(candidate);
    setIsChecking(false);
    setProblem(found);
    if (found === null) signIn(candidate);
  };

  return (
    <main className={classes.page}>
      <Stack w="100%" maw={420} gap="lg">
        <Stack align="center" gap="md">
          <Logo size={40} withName={false} />
          <div style={{ textAlign: 'center' }}>
            <Title order={1} fz={26} style={{ letterSpacing: '-0.02em' }}>
              Sign in to PromptLab
            </Title>
            <Text c="dimmed" mt={4}>
              Every call to your models, logged and explained.
            </Text>
          </div>
        </Stack>
        {notice !== null && problem === null && (
          <Alert color="yellow" variant="light" role="status">
            {notice}
          </Alert>
        )}
        <Paper p="xl" radius="lg" className={classes.card}>
          <form onSubmit={(event) => void submit(event)} noValidate>
            <Stack gap="md">
              <PasswordInput
                label="API key"
                placeholder="pl_live_…"
                description="Kept in this browser until you sign out."
                size="md"
                autoFocus
                autoComplete="off"
                spellCheck={false}
                value={key}
                onChange={(event) => {
                  setKey(event.currentTarget.value);
                  setProblem(null);
                }}
                error={problem}
                errorProps={{ role: 'alert' }}
              />
              <Button type="submit" size="md" loading={isChecking} fullWidth>
                Sign in
              </Button>
            </Stack>
          </form>
        </Paper>
        <NoKeyHelp />
      </Stack>
    </main>
  );
}

/** Null when the key opens the dashboard. */
async function findProblem(key: string): Promise<string | null> {
  // What cannot travel in a header cannot be a key; fetch would throw an error that does not say so.
  if (!/^[\x21-\x7e]+$/.test(key)) return UNKNOWN_KEY;
  try {
    const session = await checkKey(key);
    return session.api_key.scopes.includes('read') ? null : CANNOT_READ;
  } catch (error) {
    if (isUnauthorized(error)) return UNKNOWN_KEY;
    return isForbidden(error) ? CANNOT_READ : errorMessage(error);
  }
}
