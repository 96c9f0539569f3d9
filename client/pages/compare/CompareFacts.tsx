import { useMemo } from 'react';
import { FoldedLine } from '../../components/FoldedLine.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { formatExact, formatMoment } from '../../lib/time.ts';
import { plural } from '../../lib/formatNumber.ts';
import type { LoggedRequest } from '#shared/request';
import { requestTitle } from '../../domain/request/metadataRows.ts';
import { StatusMark } from '../../domain/StatusBadge.tsx';
import { compareFigures, compareSettings, type SettingRow } from './compareFacts.ts';
import classes from './ComparePage.module.css';

/** A longer value is compared where it is open. */
const MOST_LINES = 12;

/** Which requests they are, their figures, and how they were called. */
export function CompareFacts({ requests }: { requests: readonly LoggedRequest[] }) {
  const figures = useMemo(() => compareFigures(requests), [requests]);
  const settings = useMemo(() => compareSettings(requests), [requests]);
  const different = settings.filter(({ isSame }) => !isSame);
  const same = settings.filter(({ isSame }) => isSame);
  return (
    <section aria-label="Facts">
      <div className={classes.scroll} tabIndex={0} role="group" aria-label="Figures and settings">
        <table className={classes.table}>
          <thead>
            <tr>
              <td />
              {requests.map((request) => (
                <th key={request.id} scope="col">
                  <span className={classes.name}>
                    <StatusMark request={request} />
                    <TextLink to="/requests/$requestId" params={{ requestId: request.id }} search={{}} inherit>
                      {requestTitle(request)}
                    </TextLink>
                    {requestTitle(request) !== request.model && (
                      <span className={classes.model} dir="auto">
                        {request.model}
                      </span>
                    )}
                  </span>
                  <time dateTime={request.started_at} title={formatExact(request.started_at)} className={classes.time}>
                    {formatMoment(request.started_at)}
                  </time>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {figures.map(({ label, cells }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {cells.map(({ text, delta, direction }, index) => (
                  <td key={index}>
                    {text}
                    {delta !== null && (
                      <span className={classes.delta} data-direction={direction}>
                        {delta}
                      </span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
            {different.map((row) => (
              <Setting key={row.name} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {same.length > 0 && (
        <FoldedLine title={`${plural(same.length, 'setting')} the same`} note={same.map(({ name }) => name).join(', ')}>
          <dl className={classes.same}>
            {same.map(({ name, values: [value] }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd dir="auto">{shorten(value ?? '')}</dd>
              </div>
            ))}
          </dl>
        </FoldedLine>
      )}
    </section>
  );
}

function Setting({ row: { name, values } }: { row: SettingRow }) {
  return (
    <tr data-different>
      <th scope="row">{name}</th>
      {values.map((value, index) => (
        <td key={index} className={classes.setting} dir="auto" data-unset={value === null || undefined}>
          {value === null ? 'not set' : shorten(value)}
        </td>
      ))}
    </tr>
  );
}

function shorten(value: string): string {
  const lines = value.slice(0, 4_000).split('\n');
  return lines.length > MOST_LINES || value.length > 4_000 ? `${lines.slice(0, MOST_LINES).join('\n')}\n…` : value;
}
