/** What customers ask about their orders, and what they are told. `{slots}` are filled by the chat. */
import { CLOTHES, PACKS, PRODUCTS } from '../company.ts';

export interface SupportTopic {
  readonly topic: string;
  /** The model looks at the order before it answers. */
  readonly needsOrder?: true;
  /** What `{product}` and `{other}` can be. */
  readonly products: readonly string[];
  readonly openings: readonly Turn[];
  /** How the chat may go on. */
  readonly more: readonly Turn[];
}

export type Turn = readonly [question: string, answer: string];

export const ORDER_TOPICS: readonly SupportTopic[] = [
  {
    topic: 'where-is-my-order',
    needsOrder: true,
    products: PRODUCTS,
    openings: [
      [
        'Where is my order {order}? It was supposed to be here on Tuesday.',
        'I had a look: {order} left our warehouse {days} days ago and is with {carrier} in {city}. They have not given a new date yet, so I will not guess one. You get a message as soon as the parcel is on the van.',
      ],
      [
        'hi, {order} says "in transit" since {days} days. is it lost??',
        'Not lost yet: the parcel is at the {carrier} depot near {city}, and the last scan was this morning. If it does not move by the day after tomorrow, write to me here and we will send a second {product} at our cost.',
      ],
      [
        'We leave for the Alps on Saturday. Will {order} reach {city} in time?',
        'It might, but I cannot promise it: {carrier} has the parcel and shows no date. To be safe, collect it at the depot on Friday, or tell me now and I will have it redirected to the hut in the valley.',
      ],
      [
        'Hallo, wo bleibt meine Bestellung {order}? Die Lieferung sollte längst da sein.',
        'Danke fürs Nachfragen! {order} liegt seit gestern im Depot von {carrier} in {city}. Ein genaues Datum nennt der Zusteller noch nicht. Bewegt sich bis übermorgen nichts, schicken wir Ersatz.',
      ],
      [
        'Bonjour, je n’ai toujours pas reçu ma commande {order}. Pouvez-vous vérifier ?',
        'Bonjour {name}, votre colis est chez {carrier} à {city} depuis hier. La date de livraison n’est pas encore confirmée. S’il ne bouge pas d’ici deux jours, nous vous renvoyons l’article à nos frais.',
      ],
      [
        '注文 {order} はいつ届きますか？',
        '{order} は {days} 日前に発送され、現在 {carrier} の {city} の営業所にあります。配達日はまだ確定していません。確定しだいメールでお知らせします。',
      ],
      [
        'The tracking of {order} says delivered. There is nothing at my door.',
        'That must be annoying. {carrier} noted "left with a neighbour" for {order}, without a name. Please ask next door today; if nobody has it, we open a search and send the {product} again after two working days.',
      ],
    ],
    more: [
      [
        'Can I pick it up at the depot myself?',
        'Yes: with a photo ID and the tracking number, from 14:00 on the day of the last scan. Please choose "collect" on the tracking page first, or the driver may take it along.',
      ],
      [
        'Could you change the address to my office?',
        'Once a parcel is on its way only {carrier} can change the address. The link is in your shipping mail under "change delivery"; it works until the morning of the delivery.',
      ],
      [
        'ok. and do I get the shipping costs back?',
        'If it arrives after the date in your order mail, yes: I have made a note on {order}, and finance gives them back without you asking again.',
      ],
    ],
  },
  {
    topic: 'return',
    needsOrder: true,
    products: PRODUCTS,
    openings: [
      [
        'I want to return the {product} from {order}, how does that work?',
        'Happy to help. The label for {order} is in the parcel and under "My orders". Drop it at any {carrier} shop; we check the {product} when it arrives and the money is with you within 5 working days.',
      ],
      [
        'Sent my return for {order} back {days} days ago, no refund so far.',
        'The return for {order} reached us, and is being checked. From then it takes up to 5 working days until you see the refund on your account. You will get a mail with the amount.',
      ],
      [
        'Quiero devolver el artículo del pedido {order}. ¿Tengo que pagar el envío?',
        'La devolución es gratuita: la etiqueta está en el paquete y en «Mis pedidos». Cuando recibamos el artículo, el dinero llega en un máximo de 5 días laborables.',
      ],
      [
        'You refunded 20 EUR too little on {order}!',
        'You are right to ask: the refund of {order} is without the welcome discount, which counts for orders above 100 EUR only. With the {product} gone you are below that. I have passed it on for a second look, as the mail did not say so.',
      ],
    ],
    more: [
      [
        'I already took the tags off…',
        'If it is unused and you enclose the tags, that is fine. Put a note with {order} into the parcel so that my colleagues know.',
      ],
      [
        'Can I swap it for the {other} instead?',
        'An exchange is quickest as a new order: send this one back and order the {other}. I can set it aside for you until tomorrow evening.',
      ],
      [
        'Do I need the original box?',
        'No, any box will do, as long as it is closed well and the label sticks flat on it.',
      ],
    ],
  },
  {
    topic: 'warranty',
    products: [...CLOTHES.slice(0, 2), ...PACKS, 'Lavo 2 tent'],
    openings: [
      [
        'The zip of my {product} broke after two years. Is that covered?',
        'That is covered, and we repair before we replace. Send it with a short note to our workshop (the address is under "Repairs"); it takes about three weeks in summer and you pay nothing.',
      ],
      [
        'A seam on the {product} is leaking at the left side. Photos attached.',
        'Leaking seams are a known weak spot of that batch and always our fault. Please rinse and dry the {product}, and send it in; we tape the seam anew and check the others too.',
      ],
      [
        'My dog ate the buckle of the {product}. I guess that is not warranty? 🐕',
        'I like your honesty! It is not, but a buckle costs 3 EUR and you can change it without a needle. I can put one into an envelope today; I hope the dog is well?',
      ],
      [
        'Der {product} hat ein Brandloch vom Lagerfeuer, reparieren Sie das?',
        'Ja, auf Kosten: ein Flicken kostet 12 EUR und dauert im Sommer rund drei Wochen. Schreiben Sie uns bitte dazu, welche Farbe Sie möchten; Kontrast hält genauso gut.',
      ],
    ],
    more: [
      [
        'Do I need the receipt?',
        'No, your order number is enough, and I can find it by your mail address if you have lost it.',
      ],
      [
        'Three weeks is too long, our trip is next week.',
        'Then tell the workshop the date of your trip in the note. They keep two places a day for urgent repairs, but I cannot promise one.',
      ],
      ['Thanks, that was fast!', 'Glad to help, {name}. Have a good time up there! ⛰️'],
    ],
  },
  {
    topic: 'human',
    products: PRODUCTS,
    openings: [
      [
        'I would like to talk to a real person please',
        'Of course. I am handing you over with this conversation, so that you need not repeat it. My colleagues are here Mon to Fri, 8 to 18 CET, and usually answer within ten minutes.',
      ],
      [
        'this is the third time i explain this. agent. now.',
        'I am sorry that this took three tries. A colleague takes over now and sees all you wrote. Should we be cut off, you will get a call on the number in your account.',
      ],
      [
        'Puis-je parler à un conseiller ? Votre robot ne comprend pas mon problème.',
        'Bien sûr. Je transmets notre conversation à une collègue (du lundi au vendredi, de 8 h à 18 h). Vous n’aurez rien à répéter.',
      ],
    ],
    more: [['ok thanks', 'You are welcome, {name}. They will be with you shortly.']],
  },
];
