/** Questions of staff over the company's documents: embed the question, fetch passages, answer with sources. One trace each. */
import { staffId } from '../company.ts';
import { fill } from '../fill.ts';
import type { Random } from '../random.ts';
import type { Scenario, TraceBuilder } from '../traceBuilder.ts';

interface Entry {
  readonly questions: readonly string[];
  readonly source: string;
  readonly passage: string;
  readonly answer: string;
  /** Default: English. */
  readonly language?: 'de';
}

const ENTRIES: readonly Entry[] = [
  {
    questions: [
      'How many days of remote work abroad are allowed?',
      'Can I work from Spain for a month?',
      'workation rules?',
    ],
    source: 'handbook/remote-work.md',
    passage:
      'Employees may work from another EU country for up to 25 working days per calendar year. Outside the EU the people team has to agree in writing, because of tax and insurance. Customer data must not leave the EEA.',
    answer:
      'Within the EU you may work abroad for up to 25 working days per calendar year [1]. Outside the EU you need a written agreement from the people team first [1].',
  },
  {
    questions: [
      'What is the temperature limit for storing gas canisters?',
      'Gas canisters in hall B: what do I have to watch?',
      'Where may we store stove fuel?',
    ],
    source: 'warehouse/hazardous-goods.md',
    passage:
      'Gas canisters are stored in hall B, bay 14 only, below 50 °C, upright, with at most 400 kg net per bay. Bays are checked weekly; the log hangs at the gate. No battery chargers within five metres.',
    answer:
      'Below 50 °C, upright, only in hall B, bay 14, and at most 400 kg net [1]. Keep battery chargers five metres away [1].',
  },
  {
    questions: [
      'Who has to approve a supplier invoice over 10k?',
      'approval limits for invoices',
      'Can a team lead sign an invoice of 12,400 EUR?',
    ],
    source: 'finance/approvals.md',
    passage:
      'Team leads approve up to 2,500 EUR, department heads up to 10,000 EUR. Above that two signatures are needed: the department head and finance. Splitting an invoice to stay below a limit is not allowed.',
    answer:
      'Above 10,000 EUR two people sign: the head of the department and finance [1]. A team lead may approve up to 2,500 EUR only [1].',
  },
  {
    questions: [
      'How do we handle a recall of climbing gear?',
      'Steps for a product recall?',
      'Who do I call first when a carabiner batch is faulty?',
    ],
    source: 'quality/recall-plan.md',
    passage:
      'Step 1: stop sales in the shop system (flag HOLD) within 30 minutes. Step 2: call the quality lead, day and night. Step 3: tell the market surveillance authority within one working day. Step 4: write to all buyers of the batch.',
    answer:
      'First set the flag HOLD in the shop system, within 30 minutes, then call the quality lead, at any hour [1]. The authority is told within one working day, and then all buyers of the batch [1].',
  },
  {
    questions: [
      'How long do we keep chat transcripts?',
      'data retention support chat',
      'When are customer conversations deleted?',
    ],
    source: 'privacy/retention.md',
    passage:
      'Chat transcripts are kept for 180 days and then deleted, unless a claim is open. Invoices are kept for ten years. Backups expire after 35 days. Requests for deletion are answered within 30 days.',
    answer:
      'Chat transcripts are deleted after 180 days, unless a claim is open [1]. Copies in backups are gone 35 days later at the latest [1].',
  },
  {
    questions: [
      'Was ist bei einem Arbeitsunfall im Lager zu tun?',
      'Unfall im Lager, wen informiere ich?',
      'Wo liegt das Verbandbuch?',
    ],
    language: 'de',
    source: 'lager/arbeitsschutz.md',
    passage:
      'Nach einem Unfall: erste Hilfe leisten, Notruf 112, Schichtleitung informieren. Jeder Unfall kommt ins Verbandbuch (Büro Halle A). Bei mehr als drei Tagen Ausfall folgt die Unfallanzeige an die Berufsgenossenschaft.',
    answer:
      'Erste Hilfe leisten, 112 rufen, dann die Schichtleitung informieren [1]. Der Unfall gehört ins Verbandbuch im Büro von Halle A [1].',
  },
  {
    questions: [
      'How do I get access to the analytics database?',
      'grafana + analytics db access',
      'Read access to the orders replica, how?',
    ],
    source: 'it/access.md',
    passage:
      'Access is asked for in the portal under "Data". Read access to the replica is granted by the data owner for 90 days. Write access does not exist outside of migrations. Use your own account; shared accounts are blocked.',
    answer:
      'Ask in the portal under "Data"; the owner of the data grants read access to the replica for 90 days [1]. There is no write access [1].',
  },
  {
    questions: [
      'What does the five-year warranty not cover?',
      'Are moth holes a warranty case?',
      'Warranty limits for tents?',
    ],
    source: 'support/warranty.md',
    passage:
      'Not covered: wear, moths, burns, UV damage after more than 100 days of use, and repairs by others. Poles and zips are covered. When in doubt we repair at half the price as a gesture.',
    answer:
      'Wear, moths, burns, heavy UV damage and repairs made by others are not covered [1]. In doubt, we offer a repair at half the price [1].',
  },
  {
    questions: [
      'Which carrier do we use for Switzerland?',
      'Shipping to CH: duties, carrier?',
      'How long does a parcel to Zurich take?',
    ],
    source: 'logistics/countries.md',
    passage:
      'Switzerland: GLS, delivered duty paid, two to four days. Norway: PostNord, VOEC number on the label. UK: DPD, duty paid up to 135 GBP. Gas canisters are not sent outside of the EU.',
    answer:
      'Switzerland goes with GLS, duties paid by us, in two to four days [1]. Gas canisters cannot be sent there [1].',
  },
];

const ENDINGS = {
  en: [
    '',
    '',
    ' Short answer please.',
    ' I need it for a call in five minutes.',
    ' Asking for a new colleague.',
    ' Please quote the rule.',
    ' Has that changed this year?',
    ' (Graz office)',
    ' The wiki page is gone.',
    ' Thanks!',
  ],
  de: ['', ' Bitte kurz.', ' Es eilt.', ' Danke!', ' Frage für eine neue Kollegin.'],
} as const;
const SYSTEM =
  'Answer from the passages only. Cite them as [1], [2]. If they do not hold the answer, say "I did not find that in our documents."';

export const knowledgeSearch: Scenario = {
  name: 'knowledge-search',
  generate(trace) {
    const { random } = trace;
    trace.label('knowledge-search', { product: 'intranet', user_id: staffId(random) });
    if (random.chance(0.06)) {
      indexDocument(trace);
      return;
    }
    const entry = random.pick(ENTRIES);
    const question = random.pick(entry.questions) + random.pick(ENDINGS[entry.language ?? 'en']);
    trace.span('search documents', () => answerQuestion(trace, entry, question), {
      kind: 'chain',
      input: question,
      error: (isAnswered) => (isAnswered ? null : 'No answer from the model'),
    });
  },
};

function answerQuestion(trace: TraceBuilder, entry: Entry, question: string): boolean {
  const { random } = trace;
  const isEmbedded = trace.call({
    model: 'text-embedding-3-small',
    endpoint: 'embeddings',
    messages: question,
    parameters: { dimensions: 768 },
    name: 'embed question',
  });
  if (!isEmbedded) return false;
  const others = random.sample(
    ENTRIES.filter((other) => other !== entry),
    random.int(1, 3),
  );
  const found = [entry, ...others];
  trace.span('retrieve passages', () => trace.wait(random.lognormal(34, 0.5)), {
    kind: 'retrieval',
    input: question,
    output: () => found.map(({ source, passage }) => ({ source, passage })),
    metadata: {
      index: 'documents-v4',
      top_k: found.length,
      sources: found.map(({ source }) => source),
      best_score: Math.round(random.between(0.71, 0.93) * 1000) / 1000,
    },
  });
  if (found.length > 2)
    trace.span('rerank', () => trace.wait(random.lognormal(70, 0.3)), {
      kind: 'rerank',
      input: found.map(({ source }) => source),
      output: () => found.map(({ source }) => source),
    });
  const passages = found.map(({ source, passage }, index) => `[${index + 1}] ${source}\n${passage}`).join('\n\n');
  const isUnknown = random.chance(0.05);
  return trace.call({
    model: random.weighted([
      ['gpt-4o-mini', 45],
      ['mistral-small-latest', 35],
      ['gpt-4.1-mini', 20],
    ] as const),
    messages: [
      { role: 'system', content: SYSTEM },
      { role: 'user', content: `Passages:\n\n${passages}\n\nQuestion: ${question}` },
    ],
    answer: isUnknown ? 'I did not find that in our documents.' : entry.answer,
    isStreaming: true,
    name: 'answer with sources',
    prompt: { slug: 'knowledge-answer', version: '12', variables: { question, passages: found.length } },
    parameters: { temperature: 0.1, max_tokens: 400 },
  });
}

/** The nightly index. A document that nobody cut into pieces is too long for the model. */
function indexDocument(trace: TraceBuilder): void {
  const { random } = trace;
  const isTooLong = random.chance(0.07);
  const chunks = Array.from({ length: random.int(4, 12) }, () => chunkOf(random));
  trace.call({
    model: 'text-embedding-3-small',
    endpoint: 'embeddings',
    messages: isTooLong ? Array.from({ length: 170 }, () => chunkOf(random)).join('\n') : chunks,
    parameters: { dimensions: 768 },
    name: 'index document',
    tags: { job: 'nightly-index' },
    ...(isTooLong ? { fault: 'context_length' as const } : {}),
  });
}

function chunkOf(random: Random): string {
  const { source, passage } = random.pick(ENTRIES);
  return fill('{source}, revision {revision}: {passage}', { source, passage, revision: String(random.int(2, 40)) });
}
