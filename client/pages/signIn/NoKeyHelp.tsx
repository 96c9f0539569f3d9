import { useState } from 'react';
import { Anchor, Collapse, Stack, Text } from '@mantine/core';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { publicUrl } from '../../lib/basePath.ts';

/** How to come by a key: the first-run link, or two calls of the admin API. */
export function NoKeyHelp() {
  const [isOpen, setIsOpen] = useState(false);
  const api = `${publicUrl()}/api/v1/admin`;
  const createOrganization = `curl -X POST ${api}/organizations \\
  -H "Content-Type: application/json" \\
  -d '{"name": "My team"}'`;
  const createKey = `curl -X POST ${api}/organizations/ORG_ID/api-keys \\
  -H "Content-Type: application/json" \\
  -d '{"name": "Dashboard"}'`;
  return (
    <div>
      <Text ta="center" fz="sm">
        <Anchor component="button" type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          Where do I find a key?
        </Anchor>
      </Text>
      <Collapse expanded={isOpen} keepMounted={false}>
        <Stack gap="sm" mt="md" fz="sm">
          <Text fz="sm">
            Until a key is used, the server prints a link that signs you in each time it starts. Anyone with a key that
            has full access can create more under Settings.
          </Text>
          <Text fz="sm">
            Or create an organization and a key from a terminal on the server. Through a proxy or from another machine,
            add the token that the server keeps in the file admin-token, as the header Authorization: Bearer:
          </Text>
          <CodeBlock code={createOrganization} label="Command that creates an organization" />
          <CodeBlock code={createKey} label="Command that creates a key" />
        </Stack>
      </Collapse>
    </div>
  );
}
