import { useState } from 'react';
import { ActionIcon, Menu } from '@mantine/core';
import { CodeIcon, CopyIcon, FileTextIcon, IdCardIcon, Link2Icon } from '@radix-ui/react-icons';
import { stringifyExactJson } from '#shared/exactJson';
import type { RequestId } from '#shared/primitives';
import type { LoggedRequest } from '#shared/request';
import { useKeys } from '../../keys/useKeys.ts';
import { publicUrl } from '../../lib/basePath.ts';
import { useCopy } from '../../lib/useCopy.ts';
import { isOpenAICall } from './copyAs/apiCall.ts';
import type { CallLanguage } from './copyAs/writeCall.ts';

type CopyMenuProps = { id: RequestId; detail: LoggedRequest | undefined };

/** What `copyAs/writeCall.ts` writes; named here, so that it is loaded when it is asked for. */
const LANGUAGES: readonly CallLanguage[] = ['curl', 'TypeScript', 'Python'];

/** Takes a request elsewhere: its id, a link to it, all of it, or the call that makes it again. */
export function CopyMenu({ id, detail }: CopyMenuProps) {
  const [isOpen, setIsOpen] = useState(false);
  const copy = useCopy();
  const link = `${publicUrl()}/requests/${id}`;
  useKeys({ copyLink: () => void copy('Link', link), copyAs: () => setIsOpen(true) });
  const copyMarkdown = async (request: LoggedRequest) => {
    const { toMarkdown } = await import('./copyAs/toMarkdown.ts');
    await copy('Markdown', toMarkdown(request, link));
  };
  const copyCall = async (request: LoggedRequest, language: CallLanguage) => {
    const { writeCall } = await import('./copyAs/writeCall.ts');
    await copy(language, writeCall(request, language) ?? '');
  };
  const isCall = detail !== undefined && isOpenAICall(detail);
  return (
    <Menu opened={isOpen} onChange={setIsOpen} position="bottom-end" width={210} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={28} aria-label="Copy" title="Copy as (⇧y)">
          <CopyIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IdCardIcon />} onClick={() => void copy('Id', id)}>
          Copy id
        </Menu.Item>
        <Menu.Item leftSection={<Link2Icon />} onClick={() => void copy('Link', link)}>
          Copy link
        </Menu.Item>
        <Menu.Item
          leftSection={<CodeIcon />}
          disabled={!detail}
          onClick={() => void copy('JSON', stringifyExactJson(detail, 2))}
        >
          Copy JSON
        </Menu.Item>
        <Menu.Item
          leftSection={<FileTextIcon />}
          disabled={!detail}
          onClick={() => detail && void copyMarkdown(detail)}
        >
          Copy as Markdown
        </Menu.Item>
        <Menu.Label>{isCall || !detail ? 'The call' : 'The call: none of OpenAI’s API'}</Menu.Label>
        {LANGUAGES.map((language) => (
          <Menu.Item
            key={language}
            leftSection={<CodeIcon />}
            disabled={!isCall}
            onClick={() => detail && void copyCall(detail, language)}
          >
            Copy as {language}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
