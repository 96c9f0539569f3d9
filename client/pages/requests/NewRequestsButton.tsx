import { UnstyledButton } from '@mantine/core';
import { ArrowUpIcon } from '@radix-ui/react-icons';
import { plural } from '../../lib/formatNumber.ts';
import classes from './NewRequestsButton.module.css';

/** How many requests came in while the rows were held still; a click shows them. */
export function NewRequestsButton({ count, onShow }: { count: number; onShow: () => void }) {
  if (count === 0) return null;
  return (
    <UnstyledButton className={classes.button} onClick={onShow}>
      <ArrowUpIcon aria-hidden />
      {plural(count, 'new request')}
    </UnstyledButton>
  );
}
