/** What customers of the web shop ask, and what they are told. `{slots}` are filled by the chat. */

export interface SupportTopic {
  readonly topic: string;
  /** The model looks at the order before it answers. */
  readonly needsOrder?: true;
  readonly questions: readonly string[];
  readonly answers: readonly string[];
  /** Further turns: what the customer says next, and the answer. */
  readonly more: readonly (readonly [question: string, answer: string])[];
}

export const SUPPORT_TOPICS: readonly SupportTopic[] = [
  {
    topic: 'where-is-my-order',
    needsOrder: true,
    questions: [
      'Where is my order {order}? It was supposed to be here on Tuesday.',
      'hi, {order} says "in transit" since {days} days. is it lost??',
      'We leave for the Alps on Saturday. Will {order} reach {city} in time?',
      'Hallo, wo bleibt meine Bestellung {order}? Der {product} sollte längst da sein.',
      'Bonjour, je n’ai toujours pas reçu ma commande {order}. Pouvez-vous vérifier ?',
    ],
    answers: [
      'I had a look: {order} left our warehouse {days} days ago and is with {carrier} in {city}. They have not given a new date yet, so I will not guess one. You get a message as soon as the parcel is on the van.',
      'Your parcel {order} is at the {carrier} depot near {city}; the last scan was this morning. If it does not move by the day after tomorrow, write to me here and we will send a second {product} at our cost.',
      'Danke fürs Nachfragen! {order} liegt seit gestern im Depot von {carrier} in {city}. Ein genaues Datum nennt der Zusteller noch nicht. Bewegt sich bis übermorgen nichts, schicken wir Ersatz.',
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
    ],
  },
  {
    topic: 'sizing',
    questions: [
      'I am {height} cm and between M and L in most brands. Which size of the {product} should I take?',
      'Does the {product} run small? Reviews say both 🤷',
      'Is there room for a thick fleece under the {product} in size S?',
      'Welche Größe brauche ich beim {product} bei {height} cm und 74 kg?',
    ],
    answers: [
      'At {height} cm I would take L if you wear a fleece underneath and M for summer. The sleeves of the {product} are cut long, so M will not be short on you. Both can come in one order: the return is free.',
      'It is cut close, so half of our customers go one size up. Measure a jacket that fits you from shoulder seam to shoulder seam: up to 44 cm is S, up to 47 cm is M, up to 50 cm is L.',
      'Bei {height} cm und 74 kg passt M den meisten gut. Zwischen zwei Größen hilft die Rückenlänge: unter 50 cm eher M, darüber L.',
    ],
    more: [
      [
        'And if it does not fit?',
        'Then it goes back within 60 days, unused and with tags. The label is already in the parcel.',
      ],
      [
        'Is the {other} cut the same way?',
        'No, the {other} is wider at the hips and shorter at the back. Your usual size is right there.',
      ],
      [
        'Do you have it in green?',
        'Not this season: slate, rust and sand. Green comes back in the spring collection, but I have no date for it.',
      ],
    ],
  },
  {
    topic: 'return',
    needsOrder: true,
    questions: [
      'I want to return the {product} from {order}, how does that work?',
      'Sent my return for {order} back {days} days ago, no refund so far.',
      'Quiero devolver el {product} del pedido {order}. ¿Tengo que pagar el envío?',
    ],
    answers: [
      'Happy to help. The label for {order} is in the parcel and under "My orders". Drop it at any {carrier} shop; we check the {product} when it arrives and the money is with you within 5 working days.',
      'The return for {order} reached us, and is being checked. From then it takes up to 5 working days until you see the refund on your account. You will get a mail with the amount.',
      'La devolución es gratuita: la etiqueta está en el paquete y en «Mis pedidos». Cuando recibamos el {product}, el dinero llega en un máximo de 5 días laborables.',
    ],
    more: [
      [
        'I already took the tags off…',
        'If the {product} is unused and you enclose the tags, that is fine. Put a note with {order} into the parcel so that my colleagues know.',
      ],
      [
        'Can I swap it for the {other} instead?',
        'An exchange is quickest as a new order: send this one back and order the {other}. I can set it aside for you until tomorrow evening.',
      ],
    ],
  },
  {
    topic: 'warranty',
    questions: [
      'The zip of my {product} broke after two years. Is that covered?',
      'A seam on the {product} is leaking at the left shoulder. Photos attached.',
      'My {product} took a ten metre fall on rock, it looks fine. Still safe to use?',
      'The pole of my tent snapped in the storm last night 😩 still {days} days to go. What can I do out here?',
    ],
    answers: [
      'That is covered, and we repair before we replace. Send it with a short note to our workshop (the address is under "Repairs"); it takes about three weeks in summer and you pay nothing.',
      'Leaking seams are a known weak spot of that batch and always our fault. Please rinse and dry the {product}, and send it in; we tape the seam anew and check the others too.',
      'Please retire it. Damage inside cannot be seen, and safety gear that took such a fall must not be used again, even when it looks fine. I know that hurts; many customers cut it up so that no one else uses it.',
      'Out there: slide the steel sleeve from the repair bag over the break and tape both ends, it will hold for the trip. When you are home we send a new segment, free under the five-year warranty.',
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
    topic: 'care',
    questions: [
      'How do I wash the {product} without ruining it?',
      'Can the {product} go into the tumble dryer?',
      'Wie imprägniere ich den {product} richtig?',
      'My {product} smells after the hut trip. Any trick that is not fabric softener?',
    ],
    answers: [
      'Close all zips, 30 °C, gentle cycle, liquid detergent without softener, two rinses. Then 20 minutes in the dryer on low: the warmth brings the water repellency back.',
      'Only on low, and with two clean tennis balls if there is down inside. Stop every half hour and pull the clumps apart. It is dry when nothing clumps any more, which takes up to three hours.',
      'Erst waschen (30 °C, ohne Weichspüler), dann das Spray auf den noch feuchten Stoff geben, nach zwei Minuten abwischen und 20 Minuten bei niedriger Wärme trocknen. Zweimal pro Saison genügt.',
      'Soak it for an hour in cool water with a spoon of citric acid, wash as usual, and dry it outside in the shade. Merino only needs a night on the balcony.',
    ],
    more: [
      [
        'Which detergent exactly?',
        'Any liquid one for sportswear. Powder leaves grains in the membrane, and softener closes it.',
      ],
      ['How often should I do that?', 'When water no longer beads on the shoulders: for most people twice a season.'],
    ],
  },
  {
    topic: 'human',
    questions: [
      'I would like to talk to a real person please',
      'this is the third time i explain this. agent. now.',
      'Puis-je parler à un conseiller ? Votre robot ne comprend pas mon problème.',
    ],
    answers: [
      'Of course. I am handing you over with this conversation, so that you need not repeat it. My colleagues are here Mon to Fri, 8 to 18 CET, and usually answer within ten minutes.',
      'I am sorry that this took three tries. A colleague takes over now and sees all you wrote. Should we be cut off, you will get a call on the number in your account.',
      'Bien sûr. Je transmets notre conversation à une collègue (du lundi au vendredi, de 8 h à 18 h). Vous n’aurez rien à répéter.',
    ],
    more: [['ok thanks', 'You are welcome, {name}. They will be with you shortly.']],
  },
  {
    topic: 'advice',
    questions: [
      'What do I need for a three-day hut tour in late September, around 2,400 m?',
      'Is the {product} warm enough for 5 °C nights, or better the {other}?',
      'First time on snowshoes with two kids (6 and 9). What would you pack?',
      'How many litres for a week with a tent? The {product} looks small.',
    ],
    answers: [
      'For late September I would pack for 0 °C at night: a base layer, a light down vest, a rain jacket, thin gloves, a hat, a headlamp and a sleeping-bag liner. All of it fits into 35 litres. Check that the huts are still open.',
      'For 5 °C the {product} is fine when you sleep warm. If you tend to be cold, take the {other}; it is 210 g heavier and comfortable down to freezing.',
      'Short loops, many breaks. Per child: snowshoes up to 60 kg, gaiters, spare gloves (two pairs!), a warm drink, and something to slide down on. Look up the avalanche bulletin in the morning, and stay below 30 degrees of slope.',
      'With a tent, mat and food for a week most people need 55 to 65 litres. With the {product} it works only if two of you share the tent and the stove.',
    ],
    more: [
      [
        'And what can I leave at home?',
        'The second pair of trousers, the big towel, and cotton in every form. Most people carry two kilos they never touch.',
      ],
      [
        'Is the {product} in stock?',
        'At the moment yes, in most sizes. The page shows the stock per size, updated every few minutes.',
      ],
      [
        'Could you put that into a list I can print?',
        '• Base layer ×2\n• Down vest\n• Rain jacket\n• Gloves, hat, buff\n• Headlamp + spare battery\n• Liner, earplugs\n• First aid, blister plasters\n• 1.5 l water, snacks\n• Map, ID, cash for the hut',
      ],
    ],
  },
];
