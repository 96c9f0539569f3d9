/** Summaries of long documents: test reports, supplier audits, minutes, market studies. Long input, short answer. */
import { CITIES, PRODUCTS, staffId } from '../company.ts';
import { fill } from '../fill.ts';
import type { Scenario } from '../traceBuilder.ts';

const KINDS = [
  { kind: 'field test', title: 'Field test of the {product}, {city}, {people} testers' },
  { kind: 'supplier audit', title: 'Audit of the factory in {city}, line for the {product}' },
  { kind: 'minutes', title: 'Minutes of the product round: {product}' },
  { kind: 'market study', title: 'What customers in {city} expect from the {product}' },
  { kind: 'return analysis', title: 'Why the {product} comes back: {people} returns read' },
] as const;

/** Each pair is a paragraph of a document and what a summary makes of it. */
const FINDINGS: readonly (readonly [paragraph: string, point: string])[] = [
  [
    'On the second day the wind rose to {number} km/h at the col. Four of the {people} testers reported that the hood of the {product} could not be closed with gloves on. Two of them gave up and put on the hood of their base layer instead. The cord lock sits behind the collar, where it is found only by those who know it; the drawing of version C shows it in front.',
    'The hood cannot be closed with gloves; the cord lock belongs in front, as in drawing C.',
  ],
  [
    'After {number} cycles in the rain chamber the fabric at the shoulder let through 3.2 ml, against 0.4 ml when new. The wear is even, without a hole, and follows the line of the pack strap. The laboratory proposes a second layer of 90 g/m² at this place, which adds 22 g per garment and 1.10 EUR to the cost of material.',
    'The shoulders leak after {number} cycles; a second layer costs 22 g and 1.10 EUR.',
  ],
  [
    'The factory in {city} keeps its records in order. Working hours were read from the gate and from the payroll, and agree within 1 %. In the week of the large order, however, {people} people worked more than 60 hours. The manager explains this by a lost delivery of zips. We ask for a plan of shifts before the next order above 5,000 pieces.',
    '{people} people worked over 60 hours in one week; a plan of shifts is due before the next large order.',
  ],
  [
    'Of the returns that name a reason, {percent} % say that the item is too small, and nearly all of these come from customers who took the size the page proposed. The size table was measured on the sample of last year; the series is 1.5 cm narrower in the chest. It would help to measure again, and to say "cut close" on the page until then.',
    '{percent} % of the returns are about size: the table is from last year’s sample, and the series is 1.5 cm narrower.',
  ],
  [
    'Price was discussed at length. Sales would like to stay below 200 EUR, where most buyers set their filter. Purchasing reports that down rose by {percent} % since spring, and that the supplier will hold the price only until the end of the quarter. It was agreed to order for the winter now, and to decide on the retail price after the trade fair.',
    'The down for winter is ordered now; the retail price is decided after the fair.',
  ],
  [
    'In the interviews people rarely spoke of weight. They spoke of noise (a rustling fabric on the ridge, a squeaking strap), of pockets that are under the hip belt, and of colours one can be seen in. A guide in {city} put it thus: "I do not need it forty grams lighter, I need it to be quiet when I listen to the slope."',
    'Customers care about noise, reachable pockets and visible colours more than about grams.',
  ],
  [
    'The drop test on concrete (1.8 m, six sides) was passed by {number} of {number} samples. In the cold chamber at -25 °C the clip of three samples broke at the first drop. All three come from the tool that was repaired in March; the samples of the new tool show no damage. The tool should be taken out of use, and the stock made with it be blocked.',
    'Clips from the repaired tool break at -25 °C: block that stock, and retire the tool.',
  ],
  [
    'Delivery to the south of the country takes {number} hours longer than a year ago, since the night hub near {city} was closed. Customers notice: the share of chats that ask "where is my order" rose from 18 % to {percent} %. A second carrier for these postal codes would cost 0.40 EUR per parcel, and would bring the time back to where it was.',
    'Slower delivery in the south drives chats to {percent} %; a second carrier would cost 0.40 EUR per parcel.',
  ],
];

const BRIDGES = [
  'The following was observed by at least two people independently.',
  'Photos are in appendix B, figures {number} to 214.',
  'The team in {city} agrees with this reading.',
  'This confirms what the report of last season said in chapter 4.',
  'No further action was asked for at this point.',
] as const;

export const reportSummary: Scenario = {
  name: 'report-summary',
  generate(trace) {
    const { random } = trace;
    const { kind, title } = random.pick(KINDS);
    const slots = {
      product: random.pick(PRODUCTS),
      city: random.pick(CITIES),
      people: String(random.int(6, 48)),
      number: String(random.int(24, 120)),
      percent: String(random.int(21, 58)),
    };
    const findings = random.sample(FINDINGS, random.int(3, 6));
    const paragraphs = findings.map(
      ([paragraph], index) => `${index + 1}. ${paragraph} ${random.pick(BRIDGES)} ${random.pick(BRIDGES)}`,
    );
    const heading = fill(title, slots);
    const document = fill(`# ${heading}\n\n${paragraphs.join('\n\n')}`, slots);
    const points = findings.map(([, point]) => `- ${fill(point, slots)}`).join('\n');
    const isShort = random.chance(0.07);
    trace.label('report-summary', { product: 'intranet', user_id: staffId(random), tags: { kind } });
    trace.call({
      model: random.weighted([
        ['claude-sonnet-4-5', 50],
        ['gemini-2.5-pro', 25],
        ['gpt-4o', 25],
      ] as const),
      messages: [
        {
          role: 'system',
          content:
            'Summarise the document for a busy head of department: one sentence, then the points that ask for a decision. No praise, no filler.',
        },
        { role: 'user', content: document },
      ],
      answer: `**${heading}**: ${findings.length} findings, ${random.pick(['most of them easy to fix', 'two of them urgent', 'none of them blocks the season', 'one of which is about safety'] as const)}.\n\n${points}`,
      isStreaming: random.chance(0.5),
      name: 'summarise',
      prompt: { slug: 'report-summary', version: '2', variables: { kind, title: heading } },
      parameters: { max_tokens: isShort ? 60 : 600 },
      metadata: { pages: random.int(3, 40), file: `${kind.replace(' ', '-')}-${random.int(100, 999)}.pdf` },
      ...(isShort ? { maxOutputTokens: 60 } : {}),
    });
  },
};
