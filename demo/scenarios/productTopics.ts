/** What customers ask about the products, and what they are told. `{slots}` are filled by the chat. */
import { CLOTHES, SAFETY_GEAR, WARM_THINGS } from '../company.ts';
import type { SupportTopic } from './orderTopics.ts';

export const PRODUCT_TOPICS: readonly SupportTopic[] = [
  {
    topic: 'sizing',
    products: CLOTHES,
    openings: [
      [
        'I am {height} cm and between M and L in most brands. Which size of the {product} should I take?',
        'At {height} cm I would take L if you wear a fleece underneath and M for summer. The {product} is cut long, so M will not be short on you. Both can come in one order: the return is free.',
      ],
      [
        'Does the {product} run small? Reviews say both 🤷',
        'It is cut close, so half of our customers go one size up. Measure a piece that fits you from shoulder seam to shoulder seam: up to 44 cm is S, up to 47 cm is M, up to 50 cm is L.',
      ],
      [
        'Is there room for a thick fleece under the {product} in size S?',
        'For a thin one yes, for a thick one rather not: the chest of S measures 98 cm outside. With a thick fleece most people are happier in M.',
      ],
      [
        'Welche Größe brauche ich beim {product} bei {height} cm und 74 kg?',
        'Bei {height} cm und 74 kg passt M den meisten gut. Zwischen zwei Größen hilft die Rückenlänge: unter 50 cm eher M, darüber L.',
      ],
      [
        '¿Qué talla de {product} me recomiendas? Mido {height} cm y soy ancho de hombros.',
        'Con {height} cm y hombros anchos te recomiendo la L: el corte es ceñido por arriba. Si te queda larga, la devolución es gratuita durante 60 días.',
      ],
      [
        'kids size for a 7 year old, 122 cm? want her to wear it two winters',
        'Then 128: the sleeves have a band inside that opens for 4 cm more, so it grows with her through the second winter. 134 would be too wide to be warm now.',
      ],
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
    topic: 'safety',
    products: SAFETY_GEAR,
    openings: [
      [
        'My {product} took a ten metre fall on rock, it looks fine. Still safe to use?',
        'Please retire it. Damage inside cannot be seen, and safety gear that took such a fall must not be used again, even when it looks fine. I know that hurts; many customers cut it up so that no one else uses it.',
      ],
      [
        'How old may the {product} get? I found mine from 2014 in the cellar, never used.',
        'Textile and plastic parts age in the cellar too: ten years from the date on the label is the limit, used or not. From 2014 it has to go.',
      ],
      [
        'Can I write my name on the {product} with a permanent marker?',
        'Better not: the solvent can weaken plastic and fibres. Use tape on metal parts, and on textile only the label.',
      ],
    ],
    more: [
      [
        'Really? It was expensive.',
        'I understand. But this is the one rule I cannot bend, and I would not want to. As a member you get 15 % on the replacement of retired gear if you send us a photo of it cut in two.',
      ],
      [
        'Is there a recall for it?',
        'There is no open recall for the {product}. You can check the batch on the label at any time under "Safety".',
      ],
    ],
  },
  {
    topic: 'care',
    products: CLOTHES,
    openings: [
      [
        'How do I wash the {product} without ruining it?',
        'Close all zips, 30 °C, gentle cycle, liquid detergent without softener, two rinses. Then dry it as the label says; where the dryer is allowed, 20 minutes on low bring the water repellency back.',
      ],
      [
        'Can the {product} go into the tumble dryer?',
        'Only if the label shows the circle with one dot, and then on low. Stop every half hour and pull clumps apart. It is dry when nothing clumps any more.',
      ],
      [
        'Wie imprägniere ich den {product} richtig?',
        'Erst waschen (30 °C, ohne Weichspüler), dann das Spray auf den noch feuchten Stoff geben, nach zwei Minuten abwischen und 20 Minuten bei niedriger Wärme trocknen. Zweimal pro Saison genügt.',
      ],
      [
        'My {product} smells after the hut trip. Any trick that is not fabric softener?',
        'Soak it for an hour in cool water with a spoon of citric acid, wash as usual, and dry it outside in the shade. Merino only needs a night on the balcony.',
      ],
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
    topic: 'advice',
    products: WARM_THINGS,
    openings: [
      [
        'What do I need for a three-day hut tour in late September, around 2,400 m?',
        'Pack for 0 °C at night: a base layer, a light down vest, a rain jacket, thin gloves, a hat, a headlamp and a sleeping-bag liner. All of it fits into 35 litres. Check that the huts are still open.',
      ],
      [
        'Is the {product} warm enough for 5 °C nights, or better the {other}?',
        'It depends on how you sleep: the {product} is fine for most at 5 °C with a good mat. If you tend to be cold, look at the {other} too, and compare the comfort values on both pages, not the limit values.',
      ],
      [
        'First time on snowshoes with two kids (6 and 9). What would you pack?',
        'Short loops, many breaks. Per child: small snowshoes, gaiters, spare gloves (two pairs!), a warm drink, and something to slide down on. Read the avalanche bulletin in the morning, and stay below 30 degrees of slope.',
      ],
      [
        'How many litres for a week with a tent?',
        'With a tent, mat and food for a week most people need 55 to 65 litres. If two of you share the tent and the stove, 45 are enough.',
      ],
      [
        'The pole of my tent snapped in the storm last night 😩 still {days} days to go. What can I do out here?',
        'Slide the steel sleeve from the repair bag over the break and tape both ends, it will hold for the trip. Without a sleeve, a tent peg taped alongside does the same. When you are home we send a new segment, free within five years.',
      ],
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
        'Could you put your packing tips into a list I can print?',
        '• Base layer ×2\n• Down vest\n• Rain jacket\n• Gloves, hat, buff\n• Headlamp + spare battery\n• Liner, earplugs\n• First aid, blister plasters\n• 1.5 l water, snacks\n• Map, ID, cash for the hut',
      ],
    ],
  },
];
