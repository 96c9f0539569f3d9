import { useState } from 'react';
import { Text, UnstyledButton } from '@mantine/core';
import { FileIcon, ImageIcon, SpeakerLoudIcon, VideoIcon } from '@radix-ui/react-icons';
import type { Media, MediaKind } from '#shared/conversation/part';
import { formatBytes } from '../../lib/formatNumber.ts';
import classes from './MessagePart.module.css';

const MEDIA: Record<MediaKind, { label: string; Icon: typeof FileIcon }> = {
  image: { label: 'Image', Icon: ImageIcon },
  audio: { label: 'Audio', Icon: SpeakerLoudIcon },
  video: { label: 'Video', Icon: VideoIcon },
  file: { label: 'File', Icon: FileIcon },
};

/** A picture, sound or file by its name, type and size. One that is held in the message is shown or played. */
export function MediaPart({ part }: { part: Media }) {
  const { label, Icon } = MEDIA[part.media];
  const { name, mimeType, location, sizeBytes } = part;
  const place = location === null ? null : (hostOf(location) ?? location);
  const words = [name, mimeType, place, sizeBytes === null ? null : formatBytes(sizeBytes)];
  const picture = sourceOf(part, PIXELS);
  const sound = sourceOf(part, SOUNDS);
  return (
    <div className={classes.mediaPart}>
      <span
        className={classes.media}
        title={location === null ? undefined : `Not loaded, since PromptLab fetches nothing: ${location}`}
      >
        <Icon aria-hidden />
        <span>{label}</span>
        <Text component="span" inherit c="dimmed" className="wrapAnywhere">
          {words.filter((word) => word !== null).join(' · ')}
        </Text>
      </span>
      {picture !== null && <Picture source={picture} alt={name ?? `Image, ${mimeType}`} />}
      {sound !== null && <Sound source={sound} label={name ?? `Sound, ${mimeType}`} />}
    </div>
  );
}

/** A click shows it in its own size. What is no picture after all disappears. */
function Picture({ source, alt }: { source: string; alt: string }) {
  const [isBroken, setIsBroken] = useState(false);
  const [isLarge, setIsLarge] = useState(false);
  if (isBroken) return null;
  return (
    <UnstyledButton
      className={classes.zoom}
      aria-pressed={isLarge}
      aria-label={`${alt}, in full size`}
      onClick={() => setIsLarge(!isLarge)}
    >
      <img src={source} alt={alt} className={classes.picture} decoding="async" onError={() => setIsBroken(true)} />
    </UnstyledButton>
  );
}

function Sound({ source, label }: { source: string; label: string }) {
  const [isBroken, setIsBroken] = useState(false);
  if (isBroken) return null;
  return (
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- A logged sound has no captions; its transcript is the text beside it.
    <audio
      controls
      preload="metadata"
      className={classes.sound}
      src={source}
      aria-label={label}
      onError={() => setIsBroken(true)}
    />
  );
}

/** Pixels and nothing else: an SVG may hold scripts and addresses. */
const PIXELS = new Map([
  ['image/png', 'image/png'],
  ['image/jpeg', 'image/jpeg'],
  ['image/jpg', 'image/jpeg'],
  ['image/gif', 'image/gif'],
  ['image/webp', 'image/webp'],
]);

const SOUNDS = new Map([
  ['audio/wav', 'audio/wav'],
  ['audio/x-wav', 'audio/wav'],
  ['audio/wave', 'audio/wav'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/mpeg', 'audio/mpeg'],
  ['audio/ogg', 'audio/ogg'],
  ['audio/opus', 'audio/ogg'],
  ['audio/flac', 'audio/flac'],
  ['audio/aac', 'audio/aac'],
  ['audio/m4a', 'audio/mp4'],
  ['audio/mp4', 'audio/mp4'],
  ['audio/webm', 'audio/webm'],
]);

/** A data URL, made anew from a known type and plain base64; null for what is none of ours to show. */
function sourceOf({ mimeType, data }: Media, types: ReadonlyMap<string, string>): string | null {
  const type = types.get(mimeType?.toLowerCase() ?? '');
  if (type === undefined || data === null || !/^[\w+/\s-]+={0,2}\s*$/.test(data)) return null;
  return `data:${type};base64,${data.replaceAll('-', '+').replaceAll('_', '/')}`;
}

function hostOf(address: string): string | null {
  try {
    return new URL(address).host || null;
  } catch {
    return null;
  }
}
