import { useState } from 'react';
import { Button } from '@mantine/core';
import JsonTree from '../../components/JsonTree.tsx';
import { LongText } from '../../components/LongText.tsx';
import { formatCount } from '../../lib/formatNumber.ts';
import type { RetrievedDocument } from './documents.ts';
import classes from './DocumentList.module.css';

const SHOWN = 20;

/** What was found, in the order it was given, each with its score. */
export default function DocumentList({ documents }: { documents: readonly RetrievedDocument[] }) {
  const [shown, setShown] = useState(SHOWN);
  return (
    <>
      <ol className={classes.list}>
        {documents.slice(0, shown).map(({ text, score, id, more }, index) => (
          <li key={index} className={classes.document}>
            <div className={classes.head}>
              <b>{index + 1}</b>
              {score !== null && <span>score {Number(score.toPrecision(4))}</span>}
              {id !== null && (
                <bdi className={classes.id} title={id}>
                  {id}
                </bdi>
              )}
            </div>
            <LongText text={text} lines={5} characters={500} />
            {more !== null && <JsonTree value={more} label={`Metadata of document ${index + 1}`} depth={1} />}
          </li>
        ))}
      </ol>
      {shown < documents.length && (
        <Button variant="default" size="xs" mt={8} onClick={() => setShown(shown + 100)}>
          Show more of {formatCount(documents.length)} documents
        </Button>
      )}
    </>
  );
}
