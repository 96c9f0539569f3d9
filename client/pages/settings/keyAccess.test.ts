import { accessOf } from './keyAccess.ts';

test('usual sets have a name, whatever their order; others are spelled out', () => {
  expect(accessOf(['manage', 'ingest', 'read']).label).toBe('Full access');
  expect(accessOf(['ingest']).label).toBe('Log only');
  expect(accessOf(['read']).label).toBe('Read only');
  expect(accessOf(['ingest', 'read']).label).toBe('ingest, read');
});
