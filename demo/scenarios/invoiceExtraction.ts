/** Reads invoices and delivery notes into JSON, with a schema for the answer. */
import { CITIES, euros, PRODUCTS } from '../company.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../traceBuilder.ts';

const SUPPLIERS = [
  'Alpenweb Textil GmbH',
  'Nordfjord Dun AS',
  'Corde & Roche SARL',
  'Sierra Metal S.L.',
  'Hokuto Zipper K.K.',
  'Tatra Foam sp. z o.o.',
  'Dolomiti Suole S.p.A.',
  'Brenn Gas AB',
] as const;

const HEADINGS = [
  { title: 'INVOICE', number: 'Invoice no.', date: 'Date', total: 'Total due', vat: 'VAT' },
  { title: 'RECHNUNG', number: 'Rechnungsnr.', date: 'Datum', total: 'Gesamtbetrag', vat: 'USt.' },
  { title: 'FACTURE', number: 'Facture n°', date: 'Date', total: 'Net à payer', vat: 'TVA' },
  { title: 'FACTURA', number: 'Factura n.º', date: 'Fecha', total: 'Importe total', vat: 'IVA' },
] as const;

const NOTES = [
  'Payable within 30 days without deduction.',
  'Zahlbar innerhalb von 14 Tagen mit 2 % Skonto.',
  'Goods remain our property until paid in full.',
  'Partial delivery, the rest follows in calendar week 34.',
  'Please quote our number on all payments. *** COPY ***',
  '',
] as const;

const SYSTEM =
  'Read the document. Answer with JSON after the schema. Amounts as strings with a dot, dates as YYYY-MM-DD, null where the document does not say it.';

const RESPONSE_FORMAT = {
  type: 'json_schema',
  json_schema: {
    name: 'invoice',
    strict: true,
    schema: {
      type: 'object',
      properties: {
        supplier: { type: 'string' },
        invoice_number: { type: 'string' },
        date: { type: ['string', 'null'] },
        lines: { type: 'array', items: { type: 'object' } },
        vat_percent: { type: 'number' },
        total: { type: 'string' },
      },
      required: ['supplier', 'invoice_number', 'date', 'lines', 'vat_percent', 'total'],
      additionalProperties: false,
    },
  },
};

export const invoiceExtraction: Scenario = {
  name: 'invoice-extraction',
  generate(trace) {
    const { random } = trace;
    const invoice = inventInvoice(random, trace.day);
    const document = `doc_${random.letters(10)}`;
    trace.label('invoice-extraction', {
      product: 'finance',
      tags: { source: random.pick(['mail', 'upload', 'scan'] as const) },
    });
    // Long documents hit the limit of the answer, which cuts the JSON; the job then asks again with more room.
    const isTight = invoice.lines.length > 5 && random.chance(0.25);
    const call = {
      model: random.weighted([
        ['gpt-4.1-mini', 50],
        ['mistral-small-latest', 25],
        ['gemini-2.5-flash', 25],
      ] as const),
      messages: [
        { role: 'system', content: SYSTEM },
        { role: 'user', content: printInvoice(random, invoice) },
      ],
      answer: JSON.stringify(invoice, null, random.chance(0.3) ? 2 : 0),
      name: 'read invoice',
      prompt: { slug: 'invoice-extraction', version: trace.day % 30 < 9 ? '4' : '5' },
      metadata: { document, pages: Math.ceil(invoice.lines.length / 4) },
    };
    if (isTight) {
      const isAnswered = trace.call({
        ...call,
        maxOutputTokens: 120,
        parameters: { temperature: 0, max_tokens: 120, response_format: RESPONSE_FORMAT },
      });
      if (!isAnswered) return;
      trace.wait(600);
    }
    trace.call({ ...call, parameters: { temperature: 0, max_tokens: 1500, response_format: RESPONSE_FORMAT } });
  },
};

interface Invoice {
  readonly supplier: string;
  readonly invoice_number: string;
  readonly date: string;
  readonly lines: { description: string; quantity: number; unit_price: string }[];
  readonly vat_percent: number;
  readonly total: string;
}

function inventInvoice(random: Random, day: number): Invoice {
  const lines = random.sample(PRODUCTS, random.int(1, 8)).map((product) => ({
    description: `${random.pick(['Fabric for', 'Zips for', 'Buckles', 'Sample', 'Production', 'Rework'] as const)} ${product}`,
    quantity: random.int(1, 40) * 5,
    unit_price: euros(random, 1, 64),
  }));
  const vat = random.pick([0, 19, 20, 21, 25] as const);
  const cents = lines.reduce((sum, line) => sum + Math.round(line.quantity * Number(line.unit_price) * 100), 0);
  return {
    supplier: random.pick(SUPPLIERS),
    invoice_number: `${random.pick(['RE', 'INV', 'F', 'A'] as const)}-${random.int(2025, 2026)}-${random.int(1000, 99_999)}`,
    date: new Date((day - random.int(1, 20)) * 86_400_000).toISOString().slice(0, 10),
    lines,
    vat_percent: vat,
    total: ((cents * (100 + vat)) / 10_000).toFixed(2),
  };
}

/** The invoice as a scanner reads it. */
function printInvoice(random: Random, invoice: Invoice): string {
  const words = random.pick(HEADINGS);
  const lines = invoice.lines.map(
    ({ description, quantity, unit_price: price }, index) =>
      `${index + 1}  ${description.padEnd(44)} ${String(quantity).padStart(5)} x ${price.padStart(7)}  ${(quantity * Number(price)).toFixed(2).padStart(10)}`,
  );
  return [
    `${invoice.supplier}                                   ${words.title}`,
    `${random.pick(CITIES)}, ${words.date}: ${invoice.date.split('-').toReversed().join('.')}     ${words.number} ${invoice.invoice_number}`,
    '',
    ...lines,
    '',
    `${words.vat} ${invoice.vat_percent} %`,
    `${words.total}: EUR ${invoice.total}`,
    random.pick(NOTES),
  ].join('\n');
}
