import { useState } from 'react';
import { Button, Modal, Skeleton, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { addTerm } from '#shared/query/terms';
import type { RequestId } from '#shared/primitives';
import type { RequestSummary } from '#shared/request';
import { trpc } from '../../api/trpc.ts';
import { formatDuration } from '../../lib/formatNumber.ts';
import { formatMoment } from '../../lib/time.ts';
import { isRequestId } from '../pageSearch.ts';
import { StatusMark } from '../StatusBadge.tsx';
import { promptName } from './requestTerms.ts';
import classes from './CompareWith.module.css';

type CompareWithProps = { request: RequestSummary; isAsked: boolean; onClose: () => void };

const OFFERED = 12;

/** Asks which other request the open one is compared with: those like it, or any by its id or link. */
export function CompareWith({ request, isAsked, onClose }: CompareWithProps) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const { q, words } = likeIt(request);
  const alike = trpc.requests.list.useQuery({ q, limit: OFFERED }, { enabled: isAsked });
  const compare = (id: RequestId) => {
    onClose();
    void navigate({ to: '/compare', search: { ids: `${request.id},${id}` } });
  };
  const id = idIn(typed);
  const others = alike.data?.requests.filter((other) => other.id !== request.id) ?? [];
  return (
    <Modal
      opened={isAsked}
      onClose={onClose}
      title="Compare with"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="sm">
        <form
          className={classes.typed}
          onSubmit={(event) => {
            event.preventDefault();
            if (id !== null) compare(id);
          }}
        >
          <TextInput
            size="sm"
            flex={1}
            data-autofocus
            aria-label="Id or link of a request"
            placeholder="Id or link of a request"
            value={typed}
            error={typed !== '' && id === null ? 'No id of a request is in it' : undefined}
            onChange={(event) => setTyped(event.currentTarget.value.trim())}
          />
          <Button size="sm" type="submit" disabled={id === null || id === request.id}>
            Compare
          </Button>
        </form>
        <Text fz={12} c="dimmed">
          {words}
        </Text>
        {alike.isPending && <Skeleton h={120} />}
        {alike.data && others.length === 0 && (
          <Text fz={13} c="dimmed">
            There is no other one.
          </Text>
        )}
        <div className={classes.list}>
          {others.map((other) => (
            <UnstyledButton key={other.id} className={classes.row} onClick={() => compare(other.id)}>
              <StatusMark request={other} />
              <span className={classes.quiet}>{formatMoment(other.started_at)}</span>
              <span className={classes.model}>{other.model}</span>
              <span className={classes.words} dir="auto">
                {other.output_preview ?? other.input_preview ?? ''}
              </span>
              <span className={classes.quiet}>
                {other.latency_ms === null ? '–' : formatDuration(other.latency_ms)}
              </span>
            </UnstyledButton>
          ))}
        </div>
      </Stack>
    </Modal>
  );
}

/** What is most alike: the same prompt in any version, else the same label, else the same model. */
function likeIt(request: RequestSummary): { q: string; words: string } {
  const { prompt_slug, name, model } = request;
  if (prompt_slug !== null) {
    return {
      q: addTerm('', { field: 'prompt', value: prompt_slug }),
      words: `The latest of ${promptName({ prompt_slug, prompt_version: null })}`,
    };
  }
  if (name !== null) return { q: addTerm('', { field: 'name', value: name }), words: `The latest of ${name}` };
  return { q: addTerm('', { field: 'model', value: model }), words: `The latest of ${model}` };
}

function idIn(text: string): RequestId | null {
  const found = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/i.exec(text)?.[0].toLowerCase();
  return found !== undefined && isRequestId(found) ? found : null;
}
