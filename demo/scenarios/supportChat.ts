/** The chat of the web shop: one to five turns with a customer, streamed, sometimes with a look at an order. */
import type { JsonValue } from '#shared/primitives';
import { CARRIERS, CITIES, COMPANY, CUSTOMERS, customerId, orderNumber } from '../company.ts';
import { assistantMessage, toolCall, toolDefinition, toolResult } from '../completion.ts';
import { fill } from '../fill.ts';
import type { ModelCall } from '../modelCall.ts';
import type { Scenario, TraceBuilder } from '../traceBuilder.ts';
import { ORDER_TOPICS } from './orderTopics.ts';
import { PRODUCT_TOPICS } from './productTopics.ts';
import { SHOP_FACTS } from './shopFacts.ts';

const SYSTEM = `You are the support assistant of ${COMPANY}, a web shop for mountain gear.
Answer in the language of the customer, in at most six sentences, warm but without filler.

Rules you never bend:
- Returns: 60 days after delivery, unused, with tags. The label is in the parcel and in "My orders". Money is back within 5 working days.
- Warranty: 5 years on tents, packs and jackets, 2 years on the rest. Repairs come before replacements.
- Shipping: free from 80 EUR in the EU; Norway, Switzerland and the UK pay duties at checkout.
- Never promise a delivery date that the carrier has not given. Never discuss other customers. Never invent a discount code.
- Safety gear (ropes, helmets, crampons) that took a fall is retired: say so, even if the customer would like to keep it.
- When you are not sure, or the customer asks for a person, offer the hand-over and name the hours (Mon to Fri, 8 to 18 CET).
Use look_up_order before you say anything about an order.`;

const LOOK_UP_ORDER = toolDefinition('look_up_order', 'Reads the state of an order and of its parcel.', {
  order_number: 'Such as FR-482917',
});

export const supportChat: Scenario = {
  name: 'support-chat',
  generate(trace) {
    const { random } = trace;
    const topic = random.pick(random.chance(0.55) ? ORDER_TOPICS : PRODUCT_TOPICS);
    const [product = '', other = ''] = random.sample(topic.products, 2);
    const slots = {
      product,
      other,
      name: random.pick(CUSTOMERS),
      order: orderNumber(random),
      city: random.pick(CITIES),
      carrier: random.pick(CARRIERS),
      days: String(random.int(2, 9)),
      height: String(random.int(158, 194)),
    };
    trace.label('support-chat', {
      product: 'webshop',
      user_id: customerId(random),
      session_id: `chat_${random.letters(14)}`,
      tags: { topic: topic.topic, channel: random.pick(['web', 'web', 'ios', 'android'] as const) },
    });
    const messages: JsonValue[] = [
      { role: 'system', content: `${SYSTEM}\n\n${SHOP_FACTS}\n\nThe customer is called ${slots.name}.` },
    ];
    const turns = [random.pick(topic.openings), ...random.sample(topic.more, random.int(0, 3))];
    for (const [turn, [question, answer]] of turns.entries()) {
      if (turn > 0) trace.wait(random.lognormal(38_000, 0.6));
      messages.push({ role: 'user', content: fill(question, slots) });
      const isAnswered =
        turn === 0 && topic.needsOrder
          ? trace.span(
              'answer with order',
              () => lookUpOrder(trace, messages, slots) && say(trace, messages, fill(answer, slots)),
            )
          : say(trace, messages, fill(answer, slots));
      if (!isAnswered) return;
    }
  },
};

/** The model asks for the order, and reads it. False when it did not answer. */
function lookUpOrder(
  trace: TraceBuilder,
  messages: JsonValue[],
  { order, carrier }: { order: string; carrier: string },
): boolean {
  const { random } = trace;
  const call = toolCall(random, 'look_up_order', { order_number: order });
  const isAnswered = trace.call({
    ...settings(trace),
    messages: [...messages],
    tools: [LOOK_UP_ORDER],
    toolCalls: [call],
    name: 'choose tool',
  });
  if (!isAnswered) return false;
  messages.push(assistantMessage(null, [call]));
  const found = trace.span(
    'look_up_order',
    () => {
      trace.wait(random.lognormal(45, 0.5));
      return {
        order_number: order,
        state: random.pick(['packed', 'shipped', 'in delivery', 'delivered', 'return received']),
        carrier,
        items: random.int(1, 4),
        total_eur: random.int(39, 620),
      };
    },
    { kind: 'tool', input: { order_number: order }, output: (result) => result },
  );
  messages.push(toolResult(call, found));
  return true;
}

function say(trace: TraceBuilder, messages: JsonValue[], answer: string): boolean {
  const isAnswered = trace.call({
    ...settings(trace),
    messages: [...messages],
    answer,
    isStreaming: true,
    name: 'reply',
  });
  messages.push(assistantMessage(answer));
  return isAnswered;
}

/** The chat moved from gpt-4o-mini to gpt-5-mini in the middle of the demo's past, with a new version of its prompt. */
function settings(trace: TraceBuilder): Pick<ModelCall, 'model' | 'prompt' | 'parameters' | 'repeatsInput'> {
  const isNew = trace.day >= trace.timeline.switchDay;
  return {
    model: isNew ? 'gpt-5-mini' : 'gpt-4o-mini',
    prompt: { slug: 'support-chat', version: isNew ? '8' : '7' },
    parameters: isNew ? { reasoning_effort: 'low', verbosity: 'low' } : { temperature: 0.3, max_tokens: 500 },
    repeatsInput: true,
  };
}
