import { parseExactJson } from '#shared/exactJson';
import type { LoggedRequest } from '#shared/request';
import { compareFigures, compareSettings } from './compareFacts.ts';

const request = (fields: string): LoggedRequest =>
  parseExactJson(`{"model":"m","provider":"p","response_model":null,"parameters":null,"tools":null,"prompt_variables":null,
    "prompt_slug":null,"prompt_version":null,"release":null,"environment":null,"finish_reason":null,"latency_ms":null,
    "ttft_ms":null,"input_tokens":null,"cached_input_tokens":null,"output_tokens":null,"reasoning_tokens":null,
    "cost_usd":null,${fields}}`) as LoggedRequest;

test('figures are set against those of the first', () => {
  const rows = compareFigures([
    request('"latency_ms":2000,"input_tokens":100,"cost_usd":"0.002","cached_input_tokens":0'),
    request('"latency_ms":1000,"input_tokens":150,"cost_usd":"0.0025","cached_input_tokens":50'),
    request('"latency_ms":2000,"input_tokens":null,"cost_usd":null,"cost_status":"no_usage"'),
  ]);
  const cells = rows.map(({ label, cells: [, second, third] }) => [
    label,
    second?.delta,
    second?.direction,
    third?.text,
  ]);
  expect(cells).toEqual([
    ['Latency', '−1.00 s (−50%)', 'better', '2.00 s'],
    ['Input tokens', '+50 (+50%)', 'worse', 'not reported'],
    ['Cached', '+50', 'better', 'not reported'],
    ['Cost', '+$0.0005 (+25%)', 'worse', 'no usage'],
  ]);
});

test('settings that differ come first, whatever the order of their names', () => {
  const rows = compareSettings([
    request('"parameters":{"temperature":0.2,"seed":107505301260286117,"response_format":{"a":1,"b":2}}'),
    request('"parameters":{"response_format":{"b":2,"a":1},"temperature":0.7,"seed":107505301260286118}'),
  ]);
  expect(rows.filter(({ isSame }) => !isSame)).toEqual([
    { name: 'parameter temperature', values: ['0.2', '0.7'], isSame: false },
    { name: 'parameter seed', values: ['107505301260286117', '107505301260286118'], isSame: false },
  ]);
  expect(rows.filter(({ isSame }) => isSame).map(({ name }) => name)).toEqual([
    'model',
    'provider',
    'parameter response_format',
  ]);
});
