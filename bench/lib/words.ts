/** Words to make prompts of: prose of this repository for English, and lists for scripts whose letters take 2 to 4 bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Random } from '#demo/random';

const DOCS = path.resolve(import.meta.dirname, '..', '..', 'docs');
/** Words that follow each other in prose are taken together: of single words compression would find too little. */
const RUN = { from: 5, to: 30 };

const prose = readdirSync(DOCS)
  .filter((name) => name.endsWith('.md'))
  .toSorted()
  .flatMap((name) => readFileSync(path.join(DOCS, name), 'utf8').split(/[ \t]+/));

interface Script {
  readonly words: readonly string[];
  /** Between two words. */
  readonly space: string;
}

const LATIN: Script = {
  words:
    `über Geschäftsbedingungen Rückgabe Straße zusätzlich möglich prüfen Größe Verfügbarkeit für Bestätigung nächste
    früher können müssen Änderung garçon déjà année préférée commande réservation où été façon élève numéro
    niño mañana señal información también después dirección número você não informação endereço possível
    zażółć gęślą jaźń żółty świeży człowiek příliš žluťoučký kůň ďábelské úpěl ódy İstanbul güzel çalışma öğrenci`.split(
      /\s+/,
    ),
  space: ' ',
};
const CYRILLIC: Script = {
  words: `заказ доставка возврат пожалуйста система ответ вопрос документ клиент проверить сегодня завтра между который
    через человек работа время слово место большой новый первый последний нужно можно будет если потому поэтому договор
    оплата счёт адрес улица город страна язык перевод отчёт ошибка сервер данные модель подсказка стоимость задержка`.split(
    /\s+/,
  ),
  space: ' ',
};
const CHINESE: Script = {
  words:
    `的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种
    面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本
    去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比
    或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总
    次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做
    必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权
    收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信
    马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连
    断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存
    候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严`.match(/\S/gu) ??
    [],
  space: '',
};
const JAPANESE: Script = {
  words: `注文 配送 返品 お願いします システム 回答 質問 書類 お客様 確認 今日 明日 について ください です ます でした
    ので から まで できます できません サーバー データ モデル プロンプト 料金 遅延 エラー 東京 大阪 住所 番号 予約 会議 資料
    翻訳 報告 時間 場所 新しい 古い 大きい 小さい 最初 最後 必要 可能 場合 ただし および または による として ありがとう`.split(
    /\s+/,
  ),
  space: '',
};
const ARABIC: Script = {
  words:
    `طلب توصيل إرجاع من فضلك النظام جواب سؤال وثيقة عميل تحقق اليوم غدا بين الذي خلال إنسان عمل وقت كلمة مكان كبير جديد
    أول آخر يجب يمكن إذا لأن عقد دفع حساب عنوان شارع مدينة بلد لغة ترجمة تقرير خطأ خادم بيانات نموذج تكلفة تأخير`.split(
      /\s+/,
    ),
  space: ' ',
};
const HINDI: Script = {
  words: `आदेश वितरण वापसी कृपया प्रणाली उत्तर प्रश्न दस्तावेज़ ग्राहक जाँच आज कल बीच जो माध्यम मनुष्य काम समय शब्द स्थान बड़ा नया पहला
    अंतिम चाहिए सकता अगर क्योंकि अनुबंध भुगतान खाता पता सड़क शहर देश भाषा अनुवाद रिपोर्ट त्रुटि सर्वर डेटा मॉडल लागत देरी`.split(
    /\s+/,
  ),
  space: ' ',
};
const EMOJI: Script = { words: '😀 😅 🙏 🚀 ✅ ❌ 🔥 💡 📦 🎉 👍 👀 🤔 📈 🧾 🛒'.split(' '), space: ' ' };

/** Nulls are prose. */
const SCRIPTS: readonly (readonly [script: Script | null, weight: number])[] = [
  [null, 66],
  [LATIN, 9],
  [CHINESE, 8],
  [JAPANESE, 6],
  [CYRILLIC, 5],
  [ARABIC, 2],
  [HINDI, 2],
  [EMOJI, 2],
];

/** A text of about so many bytes of UTF-8, in one script. */
export function makeText(random: Random, bytes: number): string {
  const script = random.weighted(SCRIPTS);
  const pieces: string[] = [];
  for (let length = 0; length < bytes;) {
    const piece = script === null ? pickProse(random) : pickWords(random, script);
    pieces.push(piece);
    length += Buffer.byteLength(piece) + 1;
  }
  return pieces.join(script === null ? ' ' : '\n');
}

function pickProse(random: Random): string {
  const start = random.int(0, prose.length - RUN.to);
  return prose.slice(start, start + random.int(RUN.from, RUN.to)).join(' ');
}

function pickWords(random: Random, { words, space }: Script): string {
  return Array.from({ length: random.int(RUN.from, RUN.to) }, () => random.pick(words)).join(space);
}
