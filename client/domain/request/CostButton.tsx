import { useState } from 'react';
import { Popover, UnstyledButton } from '@mantine/core';
import type { RequestSummary } from '#shared/request';
import { formatUsd } from '../../lib/formatNumber.ts';
import { explainUnknownCost } from '../unknownCost.ts';
import { CostExplained } from './CostExplained.tsx';
import classes from './RequestDetail.module.css';

/** The cost; a click shows what it is made of. Unknown is said with its reason, and never shown as zero. */
export function CostButton({ request }: { request: RequestSummary }) {
  const [isOpen, setIsOpen] = useState(false);
  const { cost_usd } = request;
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" width={380} shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes.cost}
          data-unknown={cost_usd === null || undefined}
          title={cost_usd === null ? explainUnknownCost(request) : `$${cost_usd}: how it is made up`}
          onClick={() => setIsOpen(!isOpen)}
        >
          {cost_usd === null ? `cost unknown: ${explainUnknownCost(request)}` : formatUsd(cost_usd)}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>{isOpen && <CostExplained request={request} />}</Popover.Dropdown>
    </Popover>
  );
}
