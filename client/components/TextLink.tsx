import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

type PlainAnchorProps = Omit<AnchorProps, 'href'> & Omit<ComponentProps<'a'>, keyof AnchorProps>;

/** A link in running text to another page, with checked path and search. */
export const TextLink = createLink((props: PlainAnchorProps) => <Anchor {...props} />);
