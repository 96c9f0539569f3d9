import { Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { SAVING_RULES } from '#shared/savingRules';
import type { Saving, SavingGroup } from '#shared/savings';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { changeSearch, type PageSearch } from '../../domain/pageSearch.ts';
import { formatCompact, formatCount, formatUsd, plural } from '../../lib/formatNumber.ts';
import { formatExact } from '../../lib/time.ts';
import { saySum } from './SavingTiles.tsx';
import classes from './SavingsPage.module.css';
import table from '../../components/PlainTable.module.css';

/** One kind: its sum, how it comes about, and the calls behind it. */
export function SavingSection({ saving, search }: { saving: Saving; search: PageSearch }) {
  const { kind, groups, parts } = saving;
  return (
    <section className={classes.section} aria-labelledby={`${kind}-title`} id={kind} tabIndex={-1}>
      <header className={classes.head}>
        <Title order={2} id={`${kind}-title`} className={classes.title}>
          {SAVING_RULES[kind].title}
        </Title>
        <span className={classes.total}>
          {plural(saving.requests, kind === 'repeats' ? 'repeat' : 'request')},{' '}
          <b title={`$${saving.savable_usd}`}>{saySum(saving)}</b>
        </span>
      </header>
      <Text fz="sm" c="dimmed" className={classes.about}>
        {saving.how}
      </Text>
      {saving.unpriced_requests > 0 && (
        <Text fz="sm" c="var(--pl-warning)">
          At least: the cost of {plural(saving.unpriced_requests, 'request')} is not known.
        </Text>
      )}
      {saving.looked_back_to !== null && (
        <Text fz="sm" c="var(--pl-warning)">
          At least: of the latest requests, back to {formatExact(saving.looked_back_to)}.
        </Text>
      )}
      {parts.length > 0 && (
        <ul className={classes.parts}>
          {parts.map(({ name, requests, savable_usd }) => (
            <li key={name} title={`$${savable_usd}`}>
              {name}: {plural(requests, 'repeat')}, {formatUsd(savable_usd)}
            </li>
          ))}
        </ul>
      )}
      {groups.length === 0 ? (
        <Text fz="sm">None were found.</Text>
      ) : (
        <div className={table.scroll}>
          <table className={table.table} aria-label={SAVING_RULES[kind].title}>
            <thead>
              <tr>
                <th scope="col">{WHAT[kind]}</th>
                <th scope="col">Model</th>
                {kind === 'repeats' && <th scope="col">Temperature</th>}
                {kind === 'failures' && <th scope="col">Error</th>}
                {kind === 'prefixes' && (
                  <th scope="col" data-number>
                    Prefix tokens
                  </th>
                )}
                <th scope="col" data-number>
                  {kind === 'repeats' ? 'Repeats' : 'Requests'}
                </th>
                <th scope="col" data-number>
                  Savable
                </th>
                <th scope="col">Last</th>
              </tr>
            </thead>
            <tbody>
              {groups.map((group) => (
                <GroupRow key={group.query} kind={kind} group={group} search={search} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {saving.groups_found > groups.length && (
        <Text fz="xs" c="dimmed">
          The {formatCount(groups.length)} that cost most, of {formatCount(saving.groups_found)}; the sum is of all.
        </Text>
      )}
    </section>
  );
}

const WHAT: Readonly<Record<Saving['kind'], string>> = {
  repeats: 'Last message',
  prefixes: 'Prompt or last message',
  failures: 'Message',
  retries: 'Prompt or last message',
};

function GroupRow({ kind, group, search }: { kind: Saving['kind']; group: SavingGroup; search: PageSearch }) {
  const { label, note, model, provider } = group;
  return (
    <tr>
      <th scope="row" className={classes.label}>
        <Link
          to="/requests"
          search={changeSearch(search, { q: group.query })}
          className={classes.link}
          title={label ?? undefined}
          dir="auto"
        >
          {label ?? 'No words'}
        </Link>
      </th>
      <td title={provider}>{model}</td>
      {kind === 'repeats' && <td>{note?.replace('temperature ', '')}</td>}
      {kind === 'failures' && <td>{note}</td>}
      {kind === 'prefixes' && (
        <td data-number title="Estimated by its share of the characters of a sample">
          ≈ {formatCompact(group.prefix_tokens ?? 0)}
        </td>
      )}
      <td data-number>{formatCount(group.requests)}</td>
      <td data-number title={group.savable_usd === null ? undefined : `$${group.savable_usd}`}>
        {group.savable_usd === null ? 'unknown' : formatUsd(group.savable_usd)}
        {group.savable_usd !== null && group.unpriced_requests > 0 && '+'}
      </td>
      <td>
        <RelativeTime instant={group.last_at} />
      </td>
    </tr>
  );
}
