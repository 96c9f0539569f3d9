/** The pages of the sidebar and of the palette, in their order. A page that exists has its line here, and its path above it. */
import {
  ActivityLogIcon,
  BarChartIcon,
  ChatBubbleIcon,
  ColumnsIcon,
  ComponentInstanceIcon,
  MixerVerticalIcon,
  PersonIcon,
  ScissorsIcon,
  TokensIcon,
} from '@radix-ui/react-icons';
import type { KeyName } from '../keys/keys.ts';

/** A page of the sidebar, with the key that leads to it. */
export interface NavigationPage {
  readonly to:
    | '/requests'
    | '/traces'
    | '/sessions'
    | '/users'
    | '/analytics'
    | '/releases'
    | '/savings'
    | '/prices'
    | '/settings';
  readonly label: string;
  readonly keyName: KeyName;
  readonly Icon: typeof MixerVerticalIcon;
}

/** The sidebar from top to bottom: its sections with their pages. */
export const NAVIGATION: readonly { readonly title: string; readonly pages: readonly NavigationPage[] }[] = [
  {
    title: 'Observe',
    pages: [
      { to: '/requests', label: 'Requests', keyName: 'goRequests', Icon: ActivityLogIcon },
      { to: '/traces', label: 'Traces', keyName: 'goTraces', Icon: ComponentInstanceIcon },
      { to: '/sessions', label: 'Sessions', keyName: 'goSessions', Icon: ChatBubbleIcon },
      { to: '/users', label: 'Users', keyName: 'goUsers', Icon: PersonIcon },
      { to: '/analytics', label: 'Analytics', keyName: 'goAnalytics', Icon: BarChartIcon },
      { to: '/releases', label: 'Release compare', keyName: 'goReleases', Icon: ColumnsIcon },
      { to: '/savings', label: 'Savings', keyName: 'goSavings', Icon: ScissorsIcon },
    ],
  },
  {
    title: 'Operate',
    pages: [
      { to: '/prices', label: 'Prices', keyName: 'goPrices', Icon: TokensIcon },
      { to: '/settings', label: 'Settings', keyName: 'goSettings', Icon: MixerVerticalIcon },
    ],
  },
];

/** The pages of all sections, for the palette and the keys. */
export const NAVIGATION_PAGES: readonly NavigationPage[] = NAVIGATION.flatMap(({ pages }) => pages);
