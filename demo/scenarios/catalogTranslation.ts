/** Brings product texts into the languages of the shop. Many calls in a row, some of them through the batch tier. */
import { euros, JACKETS, PACKS, PRODUCTS, SAFETY_GEAR } from '../company.ts';
import { fill } from '../fill.ts';
import type { Scenario } from '../traceBuilder.ts';

/** One product text in all languages of the shop. */
const TEXTS: readonly { readonly products: readonly string[]; readonly words: Readonly<Record<string, string>> }[] = [
  {
    products: JACKETS,
    words: {
      en: 'The {product} keeps the rain out and lets the heat go. Two chest pockets, a hood that fits over a helmet, {grams} g.',
      de: '{product}: hält den Regen draußen und lässt die Wärme hinaus. Zwei Brusttaschen, helmtaugliche Kapuze, {grams} g.',
      fr: '{product} : il arrête la pluie et laisse partir la chaleur. Deux poches poitrine, capuche compatible avec un casque, {grams} g.',
      es: '{product}: detiene la lluvia y deja salir el calor. Dos bolsillos en el pecho, capucha compatible con casco, {grams} g.',
      ja: '{product}は雨を防ぎ、熱を逃がします。胸ポケット2つ、ヘルメット対応フード、重さ{grams}g。',
      zh: '{product}：挡住雨水，排出热气。两个胸袋，帽兜可套在头盔外，重{grams}克。',
      ar: '{product}: يمنع المطر ويُخرج الحرارة. جيبان على الصدر وقلنسوة تناسب الخوذة، الوزن {grams} غرام.',
      hi: '{product} बारिश को रोकता है और गर्मी को बाहर जाने देता है। सीने पर दो जेबें, हेलमेट पर आने वाला हुड, {grams} ग्राम।',
    },
  },
  {
    products: [...PACKS, ...JACKETS],
    words: {
      en: 'Packs small, opens big: the {product} goes into any side pocket and is ready in seconds. Made from {percent} % recycled fabric. Now {price} EUR.',
      de: 'Klein verpackt, groß im Einsatz: {product} passt in jede Seitentasche und ist in Sekunden bereit. Aus {percent} % recyceltem Stoff. Jetzt {price} EUR.',
      fr: 'Petit dans le sac, grand à l’usage : {product} se glisse dans une poche latérale et se déploie en quelques secondes. {percent} % de tissu recyclé. Maintenant {price} EUR.',
      es: 'Pequeño en la mochila, grande en la montaña: {product} cabe en un bolsillo lateral y está listo en segundos. {percent} % de tejido reciclado. Ahora {price} EUR.',
      ja: '小さく収まり、大きく使える。{product}はサイドポケットに入り、数秒で準備完了。再生素材{percent}%使用。ただいま{price}ユーロ。',
      zh: '收纳小巧，展开宽大：{product}可放入任何侧袋，几秒即可使用。{percent}%再生面料。现价{price}欧元。',
      ar: 'صغير في الحقيبة كبير في الاستخدام: {product} يدخل في أي جيب جانبي ويصبح جاهزًا خلال ثوانٍ. {percent}٪ قماش معاد تدويره. السعر الآن {price} يورو.',
      hi: 'छोटा पैक, बड़ा काम: {product} किसी भी साइड पॉकेट में आ जाता है और कुछ सेकंड में तैयार। {percent}% पुनर्चक्रित कपड़ा। अब {price} यूरो।',
    },
  },
  {
    products: SAFETY_GEAR,
    words: {
      en: 'Warning: retire the {product} after a hard fall or after {years} years, whichever comes first. Keep away from acids and from sunlight.',
      de: 'Achtung: {product} nach einem harten Sturz oder nach {years} Jahren aussondern, je nachdem, was zuerst eintritt. Vor Säuren und Sonnenlicht schützen.',
      fr: 'Attention : mettez {product} au rebut après une chute sévère ou au bout de {years} ans. Tenir à l’écart des acides et du soleil.',
      es: 'Atención: retire {product} tras una caída fuerte o después de {years} años. Mantener lejos de ácidos y de la luz solar.',
      ja: '警告：強い墜落を受けた後、または{years}年経過後は{product}の使用を中止してください。酸と直射日光を避けてください。',
      zh: '警告：{product}在严重冲坠后或使用满{years}年后必须停用，以先到者为准。远离酸性物质和阳光直射。',
      ar: 'تحذير: توقّف عن استخدام {product} بعد سقوط شديد أو بعد {years} سنوات، أيهما أقرب. يُحفظ بعيدًا عن الأحماض وأشعة الشمس.',
      hi: 'चेतावनी: ज़ोरदार गिरावट के बाद या {years} साल बाद {product} का उपयोग बंद करें। अम्ल और धूप से दूर रखें।',
    },
  },
  {
    products: PRODUCTS,
    words: {
      en: 'New in: {product} 🎒✨ Light, tough, and made for weekends that start on Friday noon. Who are you taking along? ⛰️👇',
      de: 'Neu: {product} 🎒✨ Leicht, zäh und gemacht für Wochenenden, die freitags um zwölf beginnen. Wen nimmst du mit? ⛰️👇',
      fr: 'Nouveau : {product} 🎒✨ Léger, solide, fait pour les week-ends qui commencent le vendredi midi. Tu emmènes qui ? ⛰️👇',
      es: 'Nuevo: {product} 🎒✨ Ligero, resistente y hecho para fines de semana que empiezan el viernes a mediodía. ¿A quién te llevas? ⛰️👇',
      ja: '新登場：{product} 🎒✨ 軽くて丈夫、金曜の昼に始まる週末のために。誰と行く？⛰️👇',
      zh: '新品上架：{product} 🎒✨ 轻巧耐用，专为周五中午就开始的周末而生。你要带谁一起去？⛰️👇',
      ar: 'جديد: {product} 🎒✨ خفيف ومتين ومصنوع لعطلات تبدأ ظهر الجمعة. من ستأخذ معك؟ ⛰️👇',
      hi: 'नया: {product} 🎒✨ हल्का, मज़बूत, और उन छुट्टियों के लिए जो शुक्रवार दोपहर से शुरू होती हैं। किसे साथ ले जाओगे? ⛰️👇',
    },
  },
];

const LANGUAGES = {
  de: 'German',
  fr: 'French',
  es: 'Spanish',
  ja: 'Japanese',
  zh: 'Chinese (simplified)',
  ar: 'Arabic',
  hi: 'Hindi',
} as const;
const TONES = ['plain', 'friendly', 'technical', 'short'] as const;

export const catalogTranslation: Scenario = {
  name: 'catalog-translation',
  generate(trace) {
    const { random } = trace;
    const { products, words } = random.pick(TEXTS);
    const slots = {
      product: random.pick(products),
      grams: String(random.int(18, 96) * 10),
      percent: String(random.int(6, 20) * 5),
      years: String(random.int(5, 12)),
      price: euros(random, 29, 480),
    };
    const tone = random.pick(TONES);
    const isBatch = random.chance(0.12);
    trace.label('catalog-translation', { product: 'catalog', tags: { tone } });
    for (const language of random.sample(Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[], random.int(1, 3))) {
      const source = fill(words['en'] ?? '', slots);
      trace.call({
        model: isBatch
          ? 'gpt-4.1'
          : random.weighted([
              ['gemini-2.5-flash', 60],
              ['gpt-4.1', 22],
              ['mistral-large-latest', 18],
            ] as const),
        messages: [
          {
            role: 'system',
            content: `You translate product texts into ${LANGUAGES[language]}. Tone: ${tone}. Keep numbers, units, emoji and product names. Answer with the translation only.`,
          },
          { role: 'user', content: source },
        ],
        answer: fill(words[language] ?? '', slots),
        name: `translate to ${language}`,
        prompt: { slug: 'catalog-translation', version: '5', variables: { language, tone, text: source } },
        parameters: { temperature: 0.4 },
        tags: { language },
        ...(isBatch ? { serviceTier: 'batch' as const } : {}),
      });
      trace.wait(random.lognormal(400, 0.5));
    }
  },
};
