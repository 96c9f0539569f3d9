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

export const PRODUCTS = [
  'Skarv 45 backpack',
  'Lavo 2 tent',
  'Tind Pro rain jacket',
  'Varde down vest',
  'Rype trekking poles',
  'Ulv sleeping bag -9 °C',
  'Bre crampons',
  'Myr gaiters',
  'Stein approach shoes',
  'Dis headlamp 400',
  'Fonn snowshoes',
  'Kvist camp stove',
  'Elv 20 dry bag',
  'Heia merino base layer',
  'Nut climbing helmet',
  'Glo titanium mug',
  'Orm 60 m rope',
  'Sno kids overall',
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
