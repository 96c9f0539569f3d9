import { readExport, RowCounter } from './readExport.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('rows of a table are counted without its head, and lines inside of a cell are none', () => {
  const counter = new RowCounter(true);
  for (const piece of ['id,text\r', '\n1,"a\nb ""c', '"" d\n"\r\n2,e\r\n']) counter.add(bytes(piece));
  expect(counter.rows).toBe(2);
  const lines = new RowCounter(false);
  lines.add(bytes('{"a":"\\""}\n{}\n'));
  expect(lines.rows).toBe(2);
});

const streamOf = (pieces: readonly string[], error?: Error) =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const [piece] = pieces;
      pieces = pieces.slice(1);
      if (piece !== undefined) controller.enqueue(bytes(piece));
      else if (error) controller.error(error);
      else controller.close();
    },
  });

test('a file that came whole is put together, one that was cut off is none', async () => {
  const seen: number[] = [];
  const { file, rows } = await readExport(streamOf(['{}\n', '{"a":1}', '\n']), false, (progress) =>
    seen.push(progress.rows),
  );
  expect([await file.text(), rows, seen]).toEqual(['{}\n{"a":1}\n', 2, [1, 1, 2]]);
  await expect(readExport(streamOf(['{}\n'], new Error('cut')), false, () => {})).rejects.toThrow('cut');
});
