import { useState } from 'react';
import { Select, Tabs, Text } from '@mantine/core';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { PHONE, useMedia } from '../../lib/useMedia.ts';
import { type OtelGuide, otelGuides } from './otelGuides.ts';
import type { SnippetTarget } from './snippets.ts';
import classes from './FirstRequestPage.module.css';

/** How to log by OpenTelemetry, by what one uses already. On a phone the names are a list: fourteen tabs have no room. */
export default function OtelPanel({ target }: { target: SnippetTarget }) {
  const guides = otelGuides(target);
  const isPhone = useMedia(PHONE);
  const [chosen, setChosen] = useState(guides[0]?.id ?? '');
  const select = (id: string | null) => id !== null && setChosen(id);
  if (isPhone) {
    const guide = guides.find(({ id }) => id === chosen);
    return (
      <>
        <Select
          label="What you use"
          data={guides.map(({ id, title }) => ({ value: id, label: title }))}
          value={chosen}
          onChange={select}
          allowDeselect={false}
          mb="md"
        />
        {guide && <Guide guide={guide} />}
      </>
    );
  }
  return (
    <Tabs value={chosen} onChange={select} variant="pills" keepMounted={false}>
      <Tabs.List mb="md" aria-label="What you use">
        {guides.map(({ id, title }) => (
          <Tabs.Tab key={id} value={id} className={classes.pill}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {guides.map((guide) => (
        <Tabs.Panel key={guide.id} value={guide.id}>
          <Guide guide={guide} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function Guide({ guide: { about, steps } }: { guide: OtelGuide }) {
  return (
    <>
      <Text fz="sm">
        <Inline text={about} />
      </Text>
      {steps.map(({ text, code, label }) => (
        <div key={label} className={classes.step}>
          <Text fz="sm" c="dimmed" mb={8}>
            <Inline text={text} />
          </Text>
          <CodeBlock code={code} label={label} />
        </div>
      ))}
    </>
  );
}

/** Words between backticks are code, as in the document. */
function Inline({ text }: { text: string }) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
