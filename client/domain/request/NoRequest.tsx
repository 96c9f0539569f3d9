import { Box } from '@mantine/core';
import { FileIcon } from '@radix-ui/react-icons';
import { EmptyState } from '../../components/EmptyState.tsx';
import { TextLink } from '../../components/TextLink.tsx';

/** In place of a request that is not there: asking again would not bring it. */
export function NoRequest({ message }: { message: string }) {
  return (
    <Box role="alert">
      <EmptyState icon={<FileIcon />} title="This request is not here" description={message}>
        <TextLink to="/requests" fz="sm">
          Back to requests
        </TextLink>
      </EmptyState>
    </Box>
  );
}
