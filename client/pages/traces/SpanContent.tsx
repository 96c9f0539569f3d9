import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { Skeleton } from '@mantine/core';
import { readMessages } from '#shared/conversation/stepMessages';
import { type JsonValue, putInWords } from '#shared/primitives';
import type { SpanDetail } from '#shared/trace';
import { CopyButton } from '../../components/CopyButton.tsx';
import { ToolCallCard } from '../../domain/conversation/ToolCard.tsx';
import { MessageList } from '../../domain/conversation/MessageList.tsx';
import { Words } from '../../domain/conversation/Words.tsx';
import { readDocuments } from './documents.ts';
import { kindOfStep } from './stepKinds.ts';
import classes from './SpanDetailView.module.css';

const JsonTree = lazy(() => import('../../components/JsonTree.tsx'));
const DocumentList = lazy(() => import('./DocumentList.tsx'));

/** What a step was given and what it gave back: of a tool the call and its result, of a retriever the documents. */
export function SpanContent({ span }: { span: SpanDetail }) {
  const kind = kindOfStep({ kind: 'span', step: span });
  const { input, output, name } = span;
  if (kind === 'tool') {
    return (
      <>
        <Section title="Arguments" copy={input === null ? undefined : () => putInWords(input)}>
          {input === null ? (
            <NotLogged />
          ) : (
            <ToolCallCard
              call={{ kind: 'tool_call', id: null, name, args: input }}
              result={null}
              isAnswer={false}
              renderPart={() => null}
            />
          )}
        </Section>
        <Content title="Result" value={output} />
      </>
    );
  }
  return (
    <>
      <Content title="Input" value={input} />
      <Content title={kind === 'retriever' || kind === 'reranker' ? 'Documents' : 'Output'} value={output} />
    </>
  );
}

function Content({ title, value }: { title: string; value: JsonValue }) {
  const documents = useMemo(() => (title === 'Documents' ? readDocuments(value) : null), [title, value]);
  const messages = useMemo(() => readMessages(value), [value]);
  if (value === null) {
    return (
      <Section title={title}>
        <NotLogged />
      </Section>
    );
  }
  return (
    <Section title={title} copy={() => putInWords(value)}>
      {documents !== null ? (
        <Suspense fallback={<Skeleton h={60} />}>
          <DocumentList documents={documents} />
        </Suspense>
      ) : messages !== null ? (
        <MessageList conversation={{ sent: messages, answer: [] }} />
      ) : typeof value === 'string' ? (
        <Words text={value} />
      ) : (
        <Suspense fallback={<Skeleton h={60} />}>
          <JsonTree value={value} label={title} depth={3} />
        </Suspense>
      )}
    </Section>
  );
}

function NotLogged() {
  return <p className={classes.none}>Not logged.</p>;
}

type SectionProps = { title: string; copy?: (() => string) | undefined; children: ReactNode };

/** A part of a step's detail, under its name. */
export function Section({ title, copy, children }: SectionProps) {
  return (
    <section aria-label={title} className={classes.section}>
      <div className={classes.sectionHead}>
        <h3>{title}</h3>
        {copy && <CopyButton text={copy} label={`Copy ${title.toLowerCase()}`} />}
      </div>
      {children}
    </section>
  );
}
