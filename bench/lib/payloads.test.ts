import { fillTemplate, makeLogs, makeTemplates, readIds } from './payloads.ts';

test.each([1, 20])('the ids of a filled body of %i logs are those that are sent', (batchSize) => {
  const [template] = makeTemplates(makeLogs('small'), batchSize);
  const head = Buffer.from('POST');
  const message = fillTemplate(template!, head).subarray(head.length);
  const body = JSON.parse(message.toString()) as { id: string; logs?: { id: string }[] };
  const sent = (body.logs ?? [body]).map(({ id }) => id);
  expect(readIds(template!, message)).toEqual(sent);
  expect(new Set(sent).size).toBe(batchSize);
});
