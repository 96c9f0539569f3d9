import { NativeSelect } from '@mantine/core';
import { trpc } from '../../api/trpc.ts';
import classes from './EnvironmentControl.module.css';

const FRESH_MS = 5 * 60_000;

type EnvironmentControlProps = {
  /** The parameter `env`; undefined: all of them. */
  value: string | undefined;
  onChange: (env: string | undefined) => void;
};

/** The environment that all pages are narrowed to; nothing where there is none to choose. */
export function EnvironmentControl({ value, onChange }: EnvironmentControlProps) {
  const { data } = trpc.requests.values.useQuery({ field: 'env', prefix: '', filters: {} }, { staleTime: FRESH_MS });
  const known = data?.values.map((one) => one.value) ?? [];
  const names = value === undefined || known.includes(value) ? known : [value, ...known];
  if (names.length < 2 && value === undefined) return null;
  return (
    <NativeSelect
      size="xs"
      aria-label="Environment of all pages"
      maw={180}
      className={classes.environment}
      value={value ?? ''}
      data={[{ value: '', label: 'All environments' }, ...names.map((name) => ({ value: name, label: name }))]}
      onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)}
    />
  );
}
