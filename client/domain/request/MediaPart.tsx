import { useState } from 'react';
import { Text } from '@mantine/core';
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

/** A picture, sound or file by its name, type and size. A picture that is held in the message is shown. */
export function MediaPart({ part }: { part: Media }) {
  const { label, Icon } = MEDIA[part.media];
  const { name, mimeType, location, sizeBytes } = part;
  const place = location === null ? null : (hostOf(location) ?? location);
  const words = [name, mimeType, place, sizeBytes === null ? null : formatBytes(sizeBytes)];
  const source = pictureOf(part);
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
      {source !== null && <Picture source={source} alt={name ?? `Image, ${mimeType}`} />}
    </div>
  );
}

/** What is no picture after all disappears. */
function Picture({ source, alt }: { source: string; alt: string }) {
  const [isBroken, setIsBroken] = useState(false);
  if (isBroken) return null;
  return <img src={source} alt={alt} className={classes.picture} decoding="async" onError={() => setIsBroken(true)} />;
}

/** Pixels and nothing else: an SVG may hold scripts and addresses. */
const PIXELS = new Map([
  ['image/png', 'image/png'],
  ['image/jpeg', 'image/jpeg'],
  ['image/jpg', 'image/jpeg'],
  ['image/gif', 'image/gif'],
  ['image/webp', 'image/webp'],
]);

/** A data URL, made anew from a known type and plain base64; null for what is none of ours to show. */
function pictureOf({ mimeType, data }: Media): string | null {
  const type = PIXELS.get(mimeType?.toLowerCase() ?? '');
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
