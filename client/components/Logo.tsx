import { Group, Text } from '@mantine/core';

/** The flask with a prompt in it, and the name beside it unless there is no room. */
export function Logo({ withName = true, size = 28 }: { withName?: boolean; size?: number }) {
  return (
    <Group gap={10} wrap="nowrap">
      <svg width={size} height={size} viewBox="0 0 32 32" role="img" aria-label="PromptLab">
        <rect width="32" height="32" rx="8" fill="#5b5bd6" />
        <g fill="none" stroke="#fff" strokeLinecap="round" strokeLinejoin="round">
          <path
            strokeWidth="2"
            d="M12.5 6.5h7M14 6.5v6.3L8.6 22a2.6 2.6 0 0 0 2.3 3.9h10.2a2.6 2.6 0 0 0 2.3-3.9L18 12.8V6.5"
          />
          <path strokeWidth="1.8" d="m12.6 17.6 2.4 2-2.4 2M17 21.8h2.8" />
        </g>
      </svg>
      {withName && (
        <Text component="span" fw={600} fz="lg" lh={1} style={{ letterSpacing: '-0.02em' }} aria-hidden>
          Prompt
          <Text component="span" inherit c="iris">
            Lab
          </Text>
        </Text>
      )}
    </Group>
  );
}
