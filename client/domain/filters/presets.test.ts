import { parseQuery } from '#shared/query/parseQuery';
import { isPresetSet, PRESETS, togglePreset } from './presets.ts';

test.each(PRESETS)('$label is a query, and is taken out again', (preset) => {
  const q = togglePreset('env:prod', preset);
  expect(parseQuery(q).problem).toBeNull();
  expect(isPresetSet(q, preset)).toBe(true);
  expect(togglePreset(q, preset)).toBe('env:prod');
});

test('what is typed in the bar sets a preset too', () => {
  const [errors] = PRESETS;
  expect(errors && isPresetSet('model:o3 status:(error OR aborted)', errors)).toBe(true);
  expect(errors && isPresetSet('-status:error', errors)).toBe(false);
});

test('Cut off asks for every word by which providers say that an answer ended at a limit', () => {
  const cutOff = PRESETS.find(({ label }) => label === 'Cut off');
  expect(cutOff && togglePreset('', cutOff)).toBe('finish:(length OR max_tokens OR max_output_tokens OR MAX_TOKENS)');
});
