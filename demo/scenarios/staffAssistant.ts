/** What people at work ask a general assistant: formulas, mails, pictures, code, odd questions. Many models, no fixed prompt. */
import { CITIES, PRODUCTS, staffId } from '../company.ts';
import { fill } from '../fill.ts';
import type { Scenario } from '../traceBuilder.ts';

interface Exchange {
  readonly question: string;
  readonly answer: string;
  /** A picture goes along with the question. */
  readonly image?: string;
}

const EXCHANGES: readonly Exchange[] = [
  {
    question: 'Excel: count rows where column C is "{city}" and the date in A is in this month',
    answer:
      '=COUNTIFS(C:C,"{city}",A:A,">="&EOMONTH(TODAY(),-1)+1,A:A,"<="&EOMONTH(TODAY(),0))\n\nBoth limits are whole days, so a time of day on the last day of the month needs `<`&EOMONTH(TODAY(),0)+1 instead.',
  },
  {
    question: 'Write a friendly reminder to a supplier in {city}: {number} pieces of the {product} are two weeks late.',
    answer:
      'Subject: Our order of {number} × {product}\n\nHello,\n\nwe are still waiting for {number} pieces of the {product}, which were due two weeks ago. Could you tell us by Thursday when they will leave your factory? If a part of them is ready, we would gladly take it now.\n\nMany thanks and best wishes from {home}',
  },
  {
    question: 'Regex for our order numbers, FR- and six digits, not inside a longer word',
    answer:
      '`\\bFR-\\d{6}\\b`\n\nIt also matches in `FR-123456-B`, as `-` ends a word. If that must not match: `(?<![\\w-])FR-\\d{6}(?![\\w-])`.',
  },
  {
    question: 'What is on this photo of a returned {product}? Is the damage wear or a fault?',
    image: 'https://cdn.fjellrand.example/returns/{number}/photo-1.jpg',
    answer:
      'The photo shows a seam that opened over about 4 cm next to the zip. The threads end cleanly and the cloth around them is not worn, which speaks for a seam that was sewn too close to the edge: a fault, not wear. A second picture of the inside would make that sure.',
  },
  {
    question: 'Name ideas for a light down jacket, Nordic, at most six letters, no umlauts',
    answer:
      '1. **Lett**: "light" in Norwegian\n2. **Fnugg**: a flake\n3. **Svev**: to float\n4. **Bris**: a breeze\n5. **Dun**: down\n6. **Sval**: cool and fresh\n\nI would check "Bris" first: it is easy to say in all your markets.',
  },
  {
    question:
      'SQL: top 10 products by margin last quarter, but only with more than {number} pieces sold. Tables orders, order_lines(product_id, pieces, price, cost).',
    answer:
      "```sql\nSELECT l.product_id,\n       sum(l.pieces) AS pieces,\n       sum(l.pieces * (l.price - l.cost)) AS margin\nFROM order_lines l\nJOIN orders o ON o.id = l.order_id\nWHERE o.placed_at >= date_trunc('quarter', now()) - interval '3 months'\n  AND o.placed_at <  date_trunc('quarter', now())\nGROUP BY l.product_id\nHAVING sum(l.pieces) > {number}\nORDER BY margin DESC\nLIMIT 10;\n```\n\nCancelled orders are still inside; add `AND o.state <> 'cancelled'` if you have such a state.",
  },
  {
    question: 'Erkläre mir in drei Sätzen den Unterschied zwischen Daune und Kunstfaser, für unsere Azubis.',
    answer:
      'Daune wärmt bei gleichem Gewicht mehr und lässt sich kleiner packen. Kunstfaser wärmt auch noch, wenn sie nass ist, und trocknet schneller. Für trockene Kälte nimmt man daher Daune, für nasses Wetter Kunstfaser.',
  },
  {
    question: 'このメールを丁寧な英語に直してください：「{product}の納期が{number}日遅れます。すみません。」',
    answer:
      'Please accept our apologies: the delivery of the {product} will be delayed by {number} days. We are doing our best to shorten this time, and will inform you as soon as we have a firm date.',
  },
  {
    question: 'ما هي أفضل طريقة لشرح مقاسات الأحذية لعميل من {city}؟',
    answer:
      'اطلب منه أن يقيس طول القدم بالسنتيمتر مساءً وهو يرتدي جوربًا سميكًا، ثم أضف سنتيمترًا واحدًا. استخدم بعد ذلك جدول المقاسات (EU / UK / US) بدلاً من تحويل الأرقام ذهنيًا.',
  },
  {
    question: 'Is it legal in the EU to show a crossed-out price that was valid only for {number} days?',
    answer:
      'In short: the crossed-out price has to be the lowest price of the 30 days before the reduction (Omnibus directive, article 6a of directive 98/6/EC). A price that was valid for {number} days is fine only if no lower one was asked in those 30 days. Please let legal look at the concrete case.',
  },
  {
    question: 'Plan a two-day offsite near {city} for {small} people, one of them in a wheelchair, hiking + workshop',
    answer:
      '**Day 1**: 10:00 arrival, 10:30 workshop (two blocks, 75 min each), 13:00 lunch, 14:30 walk on a paved lake path (6 km, step-free), 19:00 dinner.\n**Day 2**: 09:00 workshop, 12:00 picnic at the cable car (step-free up to the top station), 15:00 departure.\n\nPlease call the hotel near {city} about the width of the bathroom doors; web pages are often wrong about it.',
  },
  {
    question: 'Write a TypeScript function that groups orders by ISO week, without a library, with tests.',
    answer:
      "```ts\n/** ISO 8601: weeks begin on Monday, and week 1 holds the first Thursday of the year. */\nexport function isoWeek(date: Date): string {\n  const day = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));\n  const weekday = day.getUTCDay() || 7;\n  day.setUTCDate(day.getUTCDate() + 4 - weekday); // the Thursday of this week\n  const yearStart = Date.UTC(day.getUTCFullYear(), 0, 1);\n  const week = Math.ceil(((day.getTime() - yearStart) / 86_400_000 + 1) / 7);\n  return `${day.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;\n}\n\nexport function groupByWeek<T extends { placedAt: Date }>(orders: readonly T[]): Map<string, T[]> {\n  const weeks = new Map<string, T[]>();\n  for (const order of orders) {\n    const key = isoWeek(order.placedAt);\n    const week = weeks.get(key);\n    if (week) week.push(order);\n    else weeks.set(key, [order]);\n  }\n  return weeks;\n}\n\ntest.each([\n  ['2021-01-03', '2020-W53'],\n  ['2024-12-30', '2025-W01'],\n  ['2026-01-01', '2026-W01'],\n])('%s is in %s', (day, week) => {\n  expect(isoWeek(new Date(day))).toBe(week);\n});\n```\n\nThe two first cases are the ones that most versions get wrong: a day may belong to the ISO year before or after its own.",
  },
  {
    question:
      'Solve: carts hold 40 pieces, orders of {small}, 17, 23, 9, 31 and 12 pieces must not be split. Fewest carts?',
    answer:
      'Sort them from large to small and put each into the first cart with room (31 + 9 = 40, 23 + 17 = 40, 12 and {small} together). That needs three carts. Fewer cannot work, as all pieces together are more than 80, so three is the minimum.',
  },
];

export const staffAssistant: Scenario = {
  name: 'staff-assistant',
  generate(trace) {
    const { random } = trace;
    const slots = {
      city: random.pick(CITIES),
      product: random.pick(PRODUCTS),
      number: String(random.int(12, 480)),
      small: String(random.int(5, 12)),
      home: 'Fjellrand purchasing',
    };
    const { question, answer, image } = random.pick(EXCHANGES);
    const model = image
      ? 'gpt-4o'
      : random.weighted([
          ['gpt-4o', 40],
          ['claude-sonnet-4-5', 20],
          ['o3', 18],
          ['gemini-2.5-pro', 12],
          ['mistral-large-latest', 10],
        ] as const);
    const text = fill(question, slots);
    trace.label('staff-assistant', {
      product: 'intranet',
      user_id: staffId(random),
      session_id: `tab_${random.letters(10)}`,
    });
    const isResponses = model === 'o3';
    const isCut = isResponses && random.chance(0.06);
    trace.call({
      model,
      endpoint: isResponses ? 'responses' : 'chat.completions',
      messages: image
        ? [
            {
              role: 'user',
              content: [
                { type: 'text', text },
                { type: 'image_url', image_url: { url: fill(image, slots), detail: 'low' } },
              ],
            },
          ]
        : [
            {
              role: isResponses ? 'developer' : 'system',
              content: 'You help the staff of Fjellrand. Be brief, and say when you are not sure.',
            },
            { role: 'user', content: text },
          ],
      answer: fill(answer, slots),
      isStreaming: !isResponses && random.chance(0.8),
      ...(isResponses ? { parameters: { reasoning: { effort: 'medium' } } } : { parameters: { temperature: 0.7 } }),
      ...(isCut ? { maxOutputTokens: 30 } : {}),
      ...(isResponses && random.chance(0.3) ? { serviceTier: 'flex' as const } : {}),
      metadata: { client: random.pick(['browser', 'slack', 'desktop']) },
    });
  },
};
