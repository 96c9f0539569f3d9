/** The words that the requests of `npm run bench -- explore` are made of. Each language is a list of parts of a sentence. */

export const LANGUAGES = ['en', 'zh', 'ja', 'ar', 'hi', 'ko', 'ru', 'th', 'he', 'el'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A sentence is one choice of each part, with `between` between them and `end` behind. */
export interface Grammar {
  readonly parts: readonly (readonly string[])[];
  readonly between: string;
  readonly end: string;
}

/** English, by slot. */
export const ENGLISH: Readonly<Record<string, readonly string[]>> = {
  adj: words(
    'late open new small large quiet broken second shared old empty local remote partial stable recent regional missing duplicate monthly signed stale nightly internal public careful simple strict cheap heavy early final external weekly known bright narrow certain useful plain formal secure private daily average common rare legal technical financial annual delayed manual automatic',
  ),
  noun: words(
    'invoice order customer parcel refund shipment contract meeting report server schedule driver branch warehouse ticket account payment budget draft translation library dataset sensor pipeline campaign discount recipe booking passport garden engine bridge kitchen harbour museum lesson patient clinic policy claim auditor supplier factory network database container deployment release password certificate manual summary chapter paragraph diagram formula battery keyboard window mirror bicycle station platform railway airport tunnel valley village market mountain forest river island season winter holiday festival concert ticket membership newsletter survey question answer reply message attachment folder archive backup metric alert incident outage rollback feature experiment baseline threshold quota margin forecast revenue expense receipt salary vacancy interview candidate mentor colleague manager tenant landlord apartment mortgage insurance premium',
  ),
  verb: words(
    'delays replaces confirms describes includes requires explains covers rejects updates contains follows reaches blocks improves repeats checks mentions exceeds supports reduces extends contradicts matches precedes summarises approves cancels restores compares measures protects triggers resolves ignores duplicates archives renames forwards reserves',
  ),
  past: words(
    'arrived failed moved expired changed finished returned stopped grew shrank started disappeared recovered passed ended shifted cleared reopened vanished settled',
  ),
  name: words(
    'Amara Benedikt Chiara Dimitri Elif Fatou Gustav Hana Ines Jonas Katrin Liam Mei Noor Oskar Priya Quentin Rosa Sofia Tariq Ulrike Viktor Wanjiru Yusuf Freya Mateo Saoirse Kenji Leila Pavel Anouk Tomasz Dario Ingrid Babak Ciara Deepa Emeka Farah Goran Hedda Ilya Jelena Kofi Lucia Marek Nadia Omar Petra Ravi Selma Tuan Uma Vera Wei Ximena Yara Zoltan',
  ),
  place: words(
    'Bergen Munich Lyon Zaragoza Turin Utrecht Graz Porto Osaka Edinburgh Nairobi Lagos Lima Quito Hanoi Busan Tbilisi Tartu Odense Aarhus Malmo Leeds Galway Nantes Rouen Bologna Seville Coimbra Split Novi Varna Izmir Haifa Amman Muscat Pune Kochi Dhaka Cebu Perth Hobart Napier Regina Boise Tulsa Reno Mesa Akron',
  ),
  time: [
    'on Monday',
    'on Friday afternoon',
    'last week',
    'before noon',
    'within two days',
    'after the release',
    'during the night',
    'by the end of the month',
    'since the last update',
    'twice a year',
    'next quarter',
    'in the morning',
  ],
  lead: [
    'In short,',
    'However,',
    'As a result,',
    'For example,',
    'In addition,',
    'According to the notes,',
    'By contrast,',
    'As agreed,',
    'To be safe,',
    'On the other hand,',
    'Unfortunately,',
    'Strictly speaking,',
  ],
};

export const ENGLISH_SENTENCES = [
  'The {adj} {noun} {verb} the {noun} from {place}.',
  '{name} says that the {noun} {past} {time}.',
  '{lead} the {noun} {verb} every {adj} {noun}.',
  'Please check whether the {adj} {noun} in {place} {verb} our {noun}.',
  'Why has the {noun} {past} {time}?',
  'If the {noun} {past}, tell {name} and note it in the {adj} {noun}.',
  'There are {number} {adj} cases in which one {noun} {verb} another.',
  '{name} and {name} met in {place} {time} to discuss the {noun}.',
  'A {noun} that {verb} a {adj} {noun} costs about {number} euros.',
  'Step {digit}: open the {noun}, then compare it with the {adj} {noun} of {place}.',
  '{lead} we recommend a {adj} {noun} over the {noun}, since the latter {past} {time}.',
  'Nobody in {place} knew that the {noun} {verb} the {noun}.',
  'The total is {number}, of which {digit} % belong to the {adj} {noun}.',
  'Can you write a {adj} {noun} for {name} that {verb} the {noun}?',
  '{name} asked for the {noun} number {number} {time}.',
  'Both the {noun} and the {noun} {past}; only the {adj} one {verb} the {noun}.',
];

export const GRAMMARS: Readonly<Record<Exclude<Language, 'en'>, Grammar>> = {
  zh: {
    parts: [
      ['昨天', '今天上午', '上个月', '根据记录', '一般来说', '很遗憾', '下个季度', '周五之前', '在会议上', '经过检查'],
      ['客户', '我们的团队', '仓库经理', '系统', '供应商', '新的报告', '订单', '这位用户', '财务部门', '服务器'],
      ['确认了', '取消了', '需要更新', '无法打开', '已经收到', '正在检查', '比较了', '没有提到', '超过了', '说明了'],
      [
        '最新的发票',
        '所有的合同',
        '两份翻译',
        '退款申请',
        '每月的预算',
        '这个数据库',
        '安全证书',
        '项目进度',
        '产品说明书',
        '三个包裹',
      ],
    ],
    between: '',
    end: '。',
  },
  ja: {
    parts: [
      [
        '昨日、',
        '今週、',
        '会議のあとで、',
        '残念ながら、',
        '記録によると、',
        '来月までに、',
        '午前中に、',
        '念のため、',
      ],
      ['お客様は', '担当者が', 'この注文は', 'サーバーは', '新しい契約は', '倉庫のチームが', '田中さんは', '報告書は'],
      ['請求書の', '配送の', 'データベースの', '予算の', '翻訳の', '製品の', '返金の', '予約の'],
      [
        '内容を確認しました',
        '更新が必要です',
        '変更を希望しています',
        '一覧を送りました',
        '問題を解決しました',
        '説明を求めています',
        '記録を保存しました',
      ],
    ],
    between: '',
    end: '。',
  },
  ar: {
    parts: [
      ['أمس', 'هذا الصباح', 'في الأسبوع الماضي', 'بعد الاجتماع', 'للأسف', 'وفقًا للسجل', 'قبل نهاية الشهر', 'بشكل عام'],
      [
        'أكد العميل',
        'طلب المدير',
        'ألغى المورد',
        'راجع الفريق',
        'أرسل الموظف',
        'رفض النظام',
        'ذكر التقرير',
        'استلمت الشركة',
      ],
      [
        'الفاتورة الأخيرة',
        'العقد الجديد',
        'طلب استرداد المبلغ',
        'جدول المواعيد',
        'قاعدة البيانات',
        'الترجمة الكاملة',
        'ميزانية المشروع',
        'شهادة الأمان',
      ],
      [
        'من المستودع',
        'دون أي تغيير',
        'في مدينة حيفا',
        'مع كل التفاصيل',
        'للمرة الثانية',
        'حسب الاتفاق',
        'عبر البريد',
        'لأسباب تقنية',
      ],
    ],
    between: ' ',
    end: '.',
  },
  hi: {
    parts: [
      ['कल', 'आज सुबह', 'पिछले सप्ताह', 'बैठक के बाद', 'दुर्भाग्य से', 'रिकॉर्ड के अनुसार', 'महीने के अंत तक', 'सामान्यतः'],
      ['ग्राहक ने', 'प्रबंधक ने', 'हमारी टीम ने', 'आपूर्तिकर्ता ने', 'प्रणाली ने', 'कर्मचारी ने', 'विभाग ने', 'कंपनी ने'],
      [
        'नया बिल',
        'पुराना अनुबंध',
        'धनवापसी का अनुरोध',
        'मासिक बजट',
        'पूरा अनुवाद',
        'डेटाबेस',
        'सुरक्षा प्रमाणपत्र',
        'यात्रा की योजना',
      ],
      ['स्वीकार किया', 'रद्द कर दिया', 'फिर से भेजा', 'ध्यान से देखा', 'बदल दिया', 'सुरक्षित रखा', 'समझाया', 'नहीं पाया'],
    ],
    between: ' ',
    end: '।',
  },
  ko: {
    parts: [
      ['어제', '오늘 오전에', '지난주에', '회의 후에', '안타깝게도', '기록에 따르면', '다음 달까지', '일반적으로'],
      ['고객이', '담당자가', '우리 팀이', '공급업체가', '시스템이', '창고 관리자가', '재무 부서가', '새 직원이'],
      [
        '최근 청구서를',
        '모든 계약을',
        '환불 요청을',
        '월간 예산을',
        '번역 파일을',
        '데이터베이스를',
        '보안 인증서를',
        '배송 일정을',
      ],
      [
        '확인했습니다',
        '취소했습니다',
        '다시 보냈습니다',
        '검토하고 있습니다',
        '수정해야 합니다',
        '찾지 못했습니다',
        '설명했습니다',
      ],
    ],
    between: ' ',
    end: '.',
  },
  ru: {
    parts: [
      [
        'Вчера',
        'Сегодня утром',
        'На прошлой неделе',
        'После встречи',
        'К сожалению,',
        'По данным журнала,',
        'До конца месяца',
        'Как правило,',
      ],
      ['клиент', 'менеджер склада', 'наш отдел', 'поставщик', 'новый сотрудник', 'сервер', 'бухгалтер', 'пользователь'],
      ['подтвердил', 'отменил', 'проверил', 'получил', 'изменил', 'сохранил', 'отклонил', 'сравнил'],
      [
        'последний счёт',
        'договор аренды',
        'запрос на возврат',
        'ежемесячный бюджет',
        'полный перевод',
        'сертификат безопасности',
        'график поставок',
        'отчёт о продажах',
      ],
    ],
    between: ' ',
    end: '.',
  },
  th: {
    parts: [
      ['เมื่อวาน', 'เช้านี้', 'สัปดาห์ที่แล้ว', 'หลังการประชุม', 'น่าเสียดายที่', 'ตามบันทึก', 'ภายในสิ้นเดือน'],
      ['ลูกค้า', 'ผู้จัดการ', 'ทีมของเรา', 'ผู้จัดหา', 'ระบบ', 'พนักงานใหม่', 'ฝ่ายบัญชี'],
      ['ยืนยัน', 'ยกเลิก', 'ตรวจสอบ', 'ได้รับ', 'เปลี่ยน', 'ส่ง', 'ปฏิเสธ'],
      ['ใบแจ้งหนี้ล่าสุด', 'สัญญาฉบับใหม่', 'คำขอคืนเงิน', 'งบประมาณรายเดือน', 'คำแปลทั้งหมด', 'ฐานข้อมูล', 'ตารางการจัดส่ง'],
    ],
    between: '',
    end: ' ',
  },
  he: {
    parts: [
      ['אתמול', 'הבוקר', 'בשבוע שעבר', 'אחרי הפגישה', 'לצערנו', 'לפי הרישום', 'עד סוף החודש'],
      ['הלקוח', 'מנהל המחסן', 'הצוות שלנו', 'הספק', 'העובד החדש', 'השרת', 'מחלקת הכספים'],
      ['אישר', 'ביטל', 'בדק', 'קיבל', 'שינה', 'שלח', 'דחה'],
      [
        'את החשבונית האחרונה',
        'את החוזה החדש',
        'את בקשת ההחזר',
        'את התקציב החודשי',
        'את התרגום המלא',
        'את מסד הנתונים',
        'את לוח הזמנים',
      ],
    ],
    between: ' ',
    end: '.',
  },
  el: {
    parts: [
      [
        'Χθες',
        'Σήμερα το πρωί',
        'Την περασμένη εβδομάδα',
        'Μετά τη συνάντηση',
        'Δυστυχώς',
        'Σύμφωνα με το αρχείο',
        'Έως το τέλος του μήνα',
      ],
      ['ο πελάτης', 'ο διευθυντής', 'η ομάδα μας', 'ο προμηθευτής', 'το σύστημα', 'ο νέος υπάλληλος', 'το λογιστήριο'],
      ['επιβεβαίωσε', 'ακύρωσε', 'έλεγξε', 'παρέλαβε', 'άλλαξε', 'έστειλε', 'απέρριψε'],
      [
        'το τελευταίο τιμολόγιο',
        'τη νέα σύμβαση',
        'το αίτημα επιστροφής',
        'τον μηνιαίο προϋπολογισμό',
        'την πλήρη μετάφραση',
        'τη βάση δεδομένων',
        'το πρόγραμμα παραδόσεων',
      ],
    ],
    between: ' ',
    end: '.',
  },
};

export const EMOJI = ['🎒', '✨', '⛰️', '👇', '🙏', '😀', '🚚', '📦', '🔥', '👍🏽', '🧾', '🇳🇴', '👩‍💻', '❤️'];

/** Rare words are put together from these: 40 × 40 × 24 of them, which no dictionary has. */
export const SYLLABLES = [
  words(
    'al bran cor dun el fen gar hol is jor kal lum mar nor ost pel quor ril sal tor ul vel wyn xan yel zan bel cad dor esh fal gril hem ith kor lor mel nim oth pra',
  ),
  words(
    'a e i o u an en in on un ar er ir or ur al el il ol ul as es is os us at et it ot ut am em im om um ae ea io ou ei',
  ),
  words(
    'dine thal wick more stead vane lith drum sket bron mere fold gast hurst kell lode moth nish pard rune sage tide',
  ),
] as const;

function words(text: string): readonly string[] {
  return text.split(' ');
}
