/** The pages of the sidebar and of the palette, in their order. A page that exists has its line here. */
import { ActivityLogIcon, GearIcon } from '@radix-ui/react-icons';
import type { KeyName } from './keys.ts';

export const NAVIGATION = [
  {
    title: 'Observe',
    pages: [{ to: '/requests', label: 'Requests', keyName: 'goRequests', Icon: ActivityLogIcon }],
  },
  {
    title: 'Operate',
    pages: [{ to: '/settings', label: 'Settings', keyName: 'goSettings', Icon: GearIcon }],
  },
] as const satisfies readonly {
  readonly title: string;
  readonly pages: readonly {
    readonly to: string;
    readonly label: string;
    readonly keyName: KeyName;
    readonly Icon: typeof GearIcon;
  }[];
}[];

export const NAVIGATION_PAGES = NAVIGATION.flatMap(({ pages }) => pages);
