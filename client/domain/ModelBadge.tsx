import { Group, Text } from '@mantine/core';
import classes from './ModelBadge.module.css';

/** A square with the provider's first letter, in a color that is always the same for the same provider. */
export function ProviderMark({ provider, size = 22 }: { provider: string; size?: number }) {
  return (
    <span
      className={classes.mark}
      style={
        { width: size, height: size, fontSize: size * 0.5, '--hue': String(hueOf(provider)) } as React.CSSProperties
      }
      title={provider}
      aria-hidden
    >
      {provider.slice(0, 1).toUpperCase()}
    </span>
  );
}

/** A model above the name of its provider, with the mark of the provider. */
export function ModelBadge({ model, provider }: { model: string; provider: string }) {
  return (
    <Group gap={9} wrap="nowrap" miw={0}>
      <ProviderMark provider={provider} />
      <div style={{ minWidth: 0 }}>
        <Text fz="inherit" fw={500} lh={1.3} truncate dir="auto" title={model}>
          {model}
        </Text>
        <Text fz="xs" c="dimmed" lh={1.3} truncate>
          {provider}
        </Text>
      </div>
    </Group>
  );
}

/** Well-known providers have fixed hues that lie apart; any other gets one from its name. */
const HUES: ReadonlyMap<string, number> = new Map([
  ['openai', 160],
  ['anthropic', 22],
  ['google', 218],
  ['mistral', 38],
  ['groq', 350],
  ['azure', 200],
  ['aws', 45],
]);

function hueOf(provider: string): number {
  const known = HUES.get(provider.toLowerCase());
  if (known !== undefined) return known;
  let hash = 0;
  for (const character of provider) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}
