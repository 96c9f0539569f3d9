import { EXPORT_COLUMNS } from '#shared/export';
import { exportColumns } from './exportColumns.ts';

test('columns of the table are fields that an export knows, each once', () => {
  const names = [
    'time',
    'model',
    'preview',
    'prompt',
    'latency',
    'ttft',
    'tokens',
    'input_tokens',
    'cost',
    'tags',
    'key',
  ];
  const fields = exportColumns(names);
  expect(fields.slice(0, 4)).toEqual(['id', 'status', 'started_at', 'model']);
  expect(fields.filter((field) => !EXPORT_COLUMNS.includes(field))).toEqual([]);
  expect(fields).toEqual([...new Set(fields)]);
});
