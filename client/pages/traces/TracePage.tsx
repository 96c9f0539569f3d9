import { Stack } from '@mantine/core';
import { PageHeader } from '../../components/PageHeader.tsx';

export default function TracePage() {
  return (
    <Stack p="lg">
      <PageHeader title="Trace" />
    </Stack>
  );
}
