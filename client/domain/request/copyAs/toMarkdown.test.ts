import type { LoggedRequest } from '#shared/request';
import { toMarkdown } from './toMarkdown.ts';

const request = (fields: Partial<LoggedRequest>) =>
  ({
    model: 'm',
    provider: 'p',
    status: 'success',
    started_at: '2026-08-01T00:00:00.000Z',
    messages: [],
    response: null,
    response_content: null,
    ...fields,
  }) as LoggedRequest;

test('a source that is nothing but words is there', () => {
  const content = [
    { type: 'text', text: 'Green', citations: [{ type: 'char_location', cited_text: 'Grass is green' }] },
  ];
  expect(toMarkdown(request({ response: { content } }), 'https://x')).toContain('- Grass is green');
});

test('a text of very many fences is fenced', () => {
  const messages = [{ role: 'tool', content: '```\n'.repeat(200_000) }];
  expect(toMarkdown(request({ messages }), 'https://x')).toContain('\n````json\n');
});
