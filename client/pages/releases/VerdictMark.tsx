import {
  CheckCircledIcon,
  CrossCircledIcon,
  DotsHorizontalIcon,
  MinusCircledIcon,
  QuestionMarkCircledIcon,
} from '@radix-ui/react-icons';
import type { ReleaseReport } from '#shared/releaseReport';
import { VERDICT_WORDS } from './reportRows.ts';
import classes from './ReleasesPage.module.css';

type Verdict = ReleaseReport['verdict'];

/** Told by icon and word, never by color alone. */
const LOOKS: Readonly<Record<Verdict, { ink: string; Icon: typeof CheckCircledIcon }>> = {
  better: { ink: 'var(--pl-success)', Icon: CheckCircledIcon },
  worse: { ink: 'var(--pl-error)', Icon: CrossCircledIcon },
  mixed: { ink: 'var(--pl-warning)', Icon: MinusCircledIcon },
  changed: { ink: 'var(--pl-warning)', Icon: MinusCircledIcon },
  no_difference: { ink: 'var(--mantine-color-dimmed)', Icon: DotsHorizontalIcon },
  too_few: { ink: 'var(--mantine-color-dimmed)', Icon: QuestionMarkCircledIcon },
};

/** The verdict on one figure, or on all of them. */
export function VerdictMark({ verdict }: { verdict: Verdict }) {
  const { ink, Icon } = LOOKS[verdict];
  return (
    <span className={classes.verdict} style={{ color: ink }}>
      <Icon color={ink} aria-hidden />
      {VERDICT_WORDS[verdict]}
    </span>
  );
}
