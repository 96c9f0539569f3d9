import { QUERY_PRESETS } from '#shared/query/fields';
import { CUT_OFF_REASONS } from './cutOffReasons.ts';

test('reports and savings count as cut off what the query language does', () => {
  expect(QUERY_PRESETS.cut.query).toContain(`finish:(${CUT_OFF_REASONS.join(' OR ')})`);
});
