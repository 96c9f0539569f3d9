/** The fictional company of the demo: Fjellrand, a web shop for mountain gear, with its people, products and releases. */
import type { Random } from './random.ts';

export const COMPANY = 'Fjellrand';

export const CUSTOMERS = [
  'Amara',
  'Benedikt',
  'Chiara',
  'Dimitri',
  'Elif',
  'Fatou',
  'Gustav',
  'Hana',
  'Ines',
  'Jonas',
  'Katrin',
  'Liam',
  'Mei',
  'Noor',
  'Oskar',
  'Priya',
  'Quentin',
  'Rosa',
  'Sofia',
  'Tariq',
  'Ulrike',
  'Viktor',
  'Wanjiru',
  'Yusuf',
  'Zoë',
] as const;

export const CLOTHES = [
  'Tind Pro rain jacket',
  'Varde down vest',
  'Heia merino base layer',
  'Sno kids overall',
  'Kvass softshell jacket',
  'Lyng hiking trousers',
  'Skodde wind shirt',
] as const;

export const JACKETS = [
  'Tind Pro rain jacket',
  'Kvass softshell jacket',
  'Skodde wind shirt',
  'Rim Gore jacket',
] as const;

export const PACKS = ['Skarv 45 backpack', 'Elv 20 dry bag', 'Hauk 32 ski pack', 'Mus 12 day pack'] as const;

export const WARM_THINGS = [
  'Ulv sleeping bag -9 °C',
  'Rev quilt +2 °C',
  'Bjorn sleeping bag -18 °C',
  'Mår liner',
] as const;

export const SAFETY_GEAR = [
  'Bre crampons',
  'Nut climbing helmet',
  'Orm 60 m rope',
  'Krok carabiner set',
  'Tau harness',
] as const;

/** All that is sold. */
export const PRODUCTS = [
  ...CLOTHES,
  ...PACKS,
  ...WARM_THINGS,
  ...SAFETY_GEAR,
  'Lavo 2 tent',
  'Rype trekking poles',
  'Myr gaiters',
  'Stein approach shoes',
  'Dis headlamp 400',
  'Fonn snowshoes',
  'Kvist camp stove',
  'Glo titanium mug',
] as const;

export const CITIES = [
  'Bergen',
  'Munich',
  'Lyon',
  'Zaragoza',
  'Kraków',
  'Turin',
  'Utrecht',
  'Graz',
  'Göteborg',
  'Porto',
  'Osaka',
  'Edinburgh',
] as const;

export const CARRIERS = ['DHL', 'PostNord', 'DPD', 'GLS', 'UPS'] as const;

/** Such as `FR-482917`. */
export function orderNumber(random: Random): string {
  return `FR-${random.int(310_000, 599_999)}`;
}

/** The same few hundred people come back: low numbers more often. */
export function customerId(random: Random): string {
  const number = Math.floor(random.fraction() ** 2 * 900) + 1;
  return `cus_${number.toString().padStart(5, '0')}`;
}

export function staffId(random: Random): string {
  const names = ['ingrid', 'mateo', 'saoirse', 'kenji', 'leila', 'pavel', 'anouk', 'tomasz', 'freya', 'dario'] as const;
  return `${random.pick(names)}@fjellrand.example`;
}

/** What was deployed on a day: a minor version each fortnight, a patch each third day. */
export function releaseOf(product: string, dayNumber: number): string {
  return `${product}@2.${Math.floor(dayNumber / 14) % 60}.${Math.floor((dayNumber % 14) / 3)}`;
}

/** A price such as `129.90`. */
export function euros(random: Random, low: number, high: number): string {
  return `${random.int(low, high)}.${random.pick(['00', '50', '90', '95'] as const)}`;
}
