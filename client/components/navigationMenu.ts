import { createContext } from 'react';

/** Opens the navigation where it does not stand beside the page: on phones. Null where it does. */
export const NavigationMenu = createContext<(() => void) | null>(null);
