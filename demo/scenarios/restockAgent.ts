/** The agent that plans orders to suppliers: three to seven steps of model and tools, nested in one trace. */
import type { JsonValue } from '#shared/primitives';
import { CITIES, PRODUCTS, staffId } from '../company.ts';
import { assistantMessage, toolCall, toolDefinition, toolResult } from '../completion.ts';
import type { ToolCall } from '../completion.ts';
import type { Random } from '../random.ts';
import type { Scenario, TraceBuilder } from '../traceBuilder.ts';

const TOOLS = [
  toolDefinition('get_stock', 'Pieces in the warehouse, by size.', { product: 'Name of the product' }),
  toolDefinition('get_sales', 'Pieces sold per week in the last twelve weeks.', { product: 'Name of the product' }),
  toolDefinition('get_forecast', 'Snow and temperature outlook for the next four weeks.', { city: 'Name of the city' }),
  toolDefinition('get_supplier_terms', 'Price, smallest order and lead time.', { product: 'Name of the product' }),
  toolDefinition('draft_order', 'Writes a draft that a person has to release.', {
    product: 'Name',
    pieces: 'Number',
    reason: 'One sentence',
  }),
];

const SYSTEM = `You plan orders for a shop of mountain gear. Use the tools; never guess a number that a tool can tell you.
Stay below the budget. Do not order more than sixteen weeks of sales. A person releases each draft, so explain it in one sentence.
If stock, sales and terms contradict each other, stop and ask.`;

const GOALS = [
  'Do we have enough of the {product} for the next eight weeks?',
  'The {product} sold out in {city} last weekend. Plan a restock, budget {budget} EUR.',
  'Check the {product} before the winter campaign, and draft an order if it is needed.',
  'Our supplier of the {product} closes for three weeks. What do we have to order before?',
] as const;

export const restockAgent: Scenario = {
  name: 'restock-agent',
  generate(trace) {
    const { random } = trace;
    const product = random.pick(PRODUCTS);
    const city = random.pick(CITIES);
    const budget = String(random.int(4, 40) * 1000);
    const goal = random.pick(GOALS).replace('{product}', product).replace('{city}', city).replace('{budget}', budget);
    trace.label('restock-agent', {
      product: 'purchasing',
      user_id: staffId(random),
      session_id: `run_${random.letters(12)}`,
      tags: { trigger: random.pick(['schedule', 'person', 'alert'] as const) },
    });
    trace.span('plan restock', () => runAgent(trace, product, city, goal), {
      kind: 'agent',
      input: goal,
      metadata: { max_steps: 8 },
      error: (isDone) => (isDone ? null : 'Gave up: the model did not answer'),
    });
  },
};

function runAgent(trace: TraceBuilder, product: string, city: string, goal: string): boolean {
  const { random } = trace;
  const model = random.weighted([
    ['o3', 35],
    ['gpt-5-mini', 35],
    ['claude-sonnet-4-5', 30],
  ] as const);
  const messages: JsonValue[] = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: goal },
  ];
  const settings = {
    model,
    tools: TOOLS,
    repeatsInput: true,
    prompt: { slug: 'restock-agent', version: '6' },
  } as const;

  for (const [step, calls] of planSteps(random, product, city).entries()) {
    const thought = random.pick([
      '',
      '',
      'Let me look at the numbers first.',
      'I still need the terms of the supplier.',
      'That is lower than I thought; checking the weather.',
    ] as const);
    const isAnswered = trace.span(`step ${step + 1}`, () => {
      const ask = () =>
        trace.call({ ...settings, messages: [...messages], answer: thought, toolCalls: calls, name: 'decide' });
      if (!ask()) {
        trace.wait(random.between(1_500, 6_000));
        if (!ask()) return false; // A second refusal ends the run.
      }
      messages.push(assistantMessage(thought || null, calls));
      for (const call of calls) messages.push(toolResult(call, useTool(trace, call, product)));
      return true;
    });
    if (!isAnswered) return false;
  }
  const pieces = random.int(8, 60) * 10;
  return trace.call({
    ...settings,
    messages: [...messages],
    answer: random.pick([
      `I drafted an order of ${pieces} pieces of the ${product}. At the present pace the stock lasts ${random.int(2, 6)} weeks, and the lead time is ${random.int(3, 7)} weeks. It waits for your release.`,
      `No order needed: the ${product} lasts ${random.int(17, 30)} weeks, which is more than the limit of sixteen. I would look again in a month.`,
      `I stopped before ordering. Stock says ${pieces}, but sales of last week exceed it by ${random.int(5, 40)}; one of the two must be wrong. Could someone count the ${product}?`,
    ]),
    name: 'conclude',
  });
}

/** The tools of each step. */
function planSteps(random: Random, product: string, city: string): ToolCall[][] {
  const steps = [
    [toolCall(random, 'get_stock', { product }), toolCall(random, 'get_sales', { product })],
    [toolCall(random, 'get_supplier_terms', { product })],
  ];
  if (random.chance(0.6)) steps.splice(1, 0, [toolCall(random, 'get_forecast', { city })]);
  if (random.chance(0.3)) steps.push([toolCall(random, 'get_stock', { product: random.pick(PRODUCTS) })]);
  if (random.chance(0.3)) steps.push([toolCall(random, 'get_sales', { product: random.pick(PRODUCTS) })]);
  if (random.chance(0.6)) {
    steps.push([
      toolCall(random, 'draft_order', {
        product,
        pieces: String(random.int(8, 60) * 10),
        reason: 'Stock ends before the next delivery can arrive.',
      }),
    ]);
  }
  return steps;
}

function useTool(trace: TraceBuilder, call: ToolCall, product: string): JsonValue {
  const { random } = trace;
  const isBroken = random.chance(0.03);
  return trace.span(
    call.name,
    () => {
      trace.wait(isBroken ? 5_000 : random.lognormal(130, 0.6));
      return isBroken ? { error: 'upstream timed out after 5000 ms' } : resultOf(random, call.name, product);
    },
    {
      kind: 'tool',
      input: JSON.parse(call.arguments) as JsonValue,
      output: (result) => result,
      error: () => (isBroken ? 'upstream timed out after 5000 ms' : null),
    },
  );
}

function resultOf(random: Random, tool: string, product: string): JsonValue {
  switch (tool) {
    case 'get_stock':
      return {
        product,
        sizes: { S: random.int(0, 40), M: random.int(0, 90), L: random.int(0, 80), XL: random.int(0, 30) },
        reserved: random.int(0, 12),
      };
    case 'get_sales':
      return { product, per_week: Array.from({ length: 12 }, () => random.int(4, 46)) };
    case 'get_forecast':
      return {
        weeks: Array.from({ length: 4 }, (_, week) => ({
          week: week + 1,
          mean_c: random.int(-9, 14),
          snow_cm: random.int(0, 60),
        })),
      };
    case 'get_supplier_terms':
      return {
        unit_price_eur: random.int(12, 160),
        smallest_order: random.pick([50, 100, 200]),
        lead_time_weeks: random.int(3, 9),
      };
    default:
      return { draft: `PO-${random.int(1000, 9999)}`, state: 'waiting for release' };
  }
}
