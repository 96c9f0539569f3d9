import { lazy, Suspense, type ReactNode } from 'react';
import { Group, Text } from '@mantine/core';
import { FileIcon, ImageIcon, SpeakerLoudIcon, VideoIcon } from '@radix-ui/react-icons';
import { LongText } from '../../components/LongText.tsx';
import type { MediaKind, Part } from '../../domain/messageParts.ts';
import { formatBytes } from '../../lib/formatNumber.ts';
import classes from './MessagePart.module.css';

const JsonView = lazy(() => import('../../components/JsonView.tsx'));

/** One part of a message. Words are text and never markup; media are named and never loaded. */
export function MessagePart({ part, isMonospace }: { part: Part; isMonospace: boolean }) {
  switch (part.kind) {
    case 'text':
      return <LongText text={part.text} isMonospace={isMonospace} />;
    case 'refusal':
      return (
        <div className={classes.refusal}>
          <strong>Refused</strong>
          <LongText text={part.text} />
        </div>
      );
    case 'reasoning':
      return (
        <details className={classes.reasoning}>
          <summary>Reasoning</summary>
          <LongText text={part.text} />
        </details>
      );
    case 'media':
      return <MediaChip media={part.media} source={part.source} sizeBytes={part.sizeBytes} />;
    case 'tool_call':
      return <ToolCall name={part.name} id={part.id} args={part.args} />;
    case 'tool_result':
      return <ToolCard head="Result" note={part.callId} body={part.text} />;
    case 'json':
      return (
        <Suspense fallback={<Text fz="sm">…</Text>}>
          <JsonView value={part.value} label="Message part as JSON" />
        </Suspense>
      );
  }
}

const MEDIA: Record<MediaKind, { label: string; Icon: typeof FileIcon }> = {
  image: { label: 'Image', Icon: ImageIcon },
  audio: { label: 'Audio', Icon: SpeakerLoudIcon },
  video: { label: 'Video', Icon: VideoIcon },
  file: { label: 'File', Icon: FileIcon },
};

function MediaChip({
  media,
  source,
  sizeBytes,
}: {
  media: MediaKind;
  source: string | null;
  sizeBytes: number | null;
}) {
  const { label, Icon } = MEDIA[media];
  return (
    <span className={classes.media} title="Not loaded: PromptLab never fetches what a message points to">
      <Icon aria-hidden />
      <span>{label}</span>
      <Text component="span" inherit c="dimmed" className="wrapAnywhere">
        {[source, sizeBytes === null ? null : formatBytes(sizeBytes)].filter((word) => word !== null).join(' · ')}
      </Text>
    </span>
  );
}

/** Arguments up to this length stand in the parentheses; longer ones below. */
const INLINE_CHARACTERS = 64;

/** `name(args)`, the way a call is written. */
function ToolCall({ name, id, args }: { name: string; id: string | null; args: string }) {
  const inline = args.replaceAll(/\n\s*/g, ' ');
  const isInline = inline.length <= INLINE_CHARACTERS;
  const written = inline === '{}' ? '' : isInline ? inline : ' … ';
  return (
    <ToolCard
      head={
        <>
          <strong>{name}</strong>({written})
        </>
      }
      note={id}
      body={isInline ? '' : args}
    />
  );
}

/** A call, or the result of one; `note` is the id that pairs them. */
function ToolCard({ head, note, body }: { head: ReactNode; note: string | null; body: string }) {
  return (
    <div className={classes.tool}>
      <Group justify="space-between" gap="xs" wrap="nowrap" className={classes.toolHead}>
        <code className="wrapAnywhere">{head}</code>
        {note !== null && (
          <Text component="span" fz={11} c="dimmed" truncate>
            {note}
          </Text>
        )}
      </Group>
      {body !== '' && (
        <div className={classes.toolBody}>
          <LongText text={body} isMonospace />
        </div>
      )}
    </div>
  );
}
