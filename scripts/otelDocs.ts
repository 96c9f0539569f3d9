/** The guides of the first-run page as the sections of docs/opentelemetry.md between its two marks. */
import { otelGuides } from '../client/pages/onboarding/otelGuides.ts';

export const OTEL_DOCS = 'docs/opentelemetry.md';
const BEGIN = '<!-- The guides of the first-run page: npx tsx scripts/writeOtelDocs.ts writes them. -->';
const END = '<!-- End of the guides. -->';
/** What a reader of the document puts their own in place of. */
const EXAMPLE = { baseUrl: 'http://localhost:8000', apiKey: 'YOUR_API_KEY' };

/** The document with its guides as they are today. Throws where a mark is missing. */
export function withGuides(document: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`${OTEL_DOCS} has lost the marks around its guides.`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${guidesAsMarkdown()}\n${document.slice(end)}`;
}

function guidesAsMarkdown(): string {
  return otelGuides(EXAMPLE)
    .map(({ title, about, steps }) => {
      const parts = steps.map(({ text, code, language }) => `${text}\n\n\`\`\`${language}\n${code}\n\`\`\`\n`);
      return `### ${title}\n\n${about}\n\n${parts.join('\n')}`;
    })
    .join('\n');
}
