import { Stack, Text, Title } from '@mantine/core';
import { TextLink } from '../components/TextLink.tsx';

/** In place of a page whose address no route knows. */
export function NotFoundScreen() {
  return (
    <Stack align="center" gap="xs" py={96} px="md" ta="center">
      <Title order={1} fz="xl">
        There is no page here
      </Title>
      <Text c="dimmed">The address may be mistyped, or from another version of PromptLab.</Text>
      <TextLink to="/requests">Go to requests</TextLink>
    </Stack>
  );
}
