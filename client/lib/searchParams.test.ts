import { parseSearchParams, stringifySearchParams } from './searchParams.ts';

test('values stay strings, and a repeated name becomes a list', () => {
  expect(parseSearchParams('?trace_id=123&tag=env:prod&tag=team:a')).toEqual({
    trace_id: '123',
    tag: ['env:prod', 'team:a'],
  });
});

test('what was written can be read back', () => {
  const search = { model: 'meta/llama-3 & co', tag: ['env:prod', 'a:b=c'], status: undefined, cursor: 'x+/=' };
  const text = stringifySearchParams(search);
  expect(text).not.toContain('status');
  expect(parseSearchParams(text)).toEqual({ model: 'meta/llama-3 & co', tag: ['env:prod', 'a:b=c'], cursor: 'x+/=' });
});

test('nothing to say leaves no question mark', () => {
  expect(stringifySearchParams({ status: undefined })).toBe('');
});
