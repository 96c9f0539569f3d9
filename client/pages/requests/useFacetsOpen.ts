import { useState } from 'react';
import { PHONE, useMedia } from '../../lib/useMedia.ts';
import { isBoolean, useStoredState } from '../../lib/useStoredState.ts';

/**
 * Whether the facets are shown. Remembered where they stand beside the list; on a phone they cover it, so that a page that
 * begins with them would show no request.
 */
export function useFacetsOpen(): readonly [isOpen: boolean, setIsOpen: (isOpen: boolean) => void] {
  const beside = useStoredState('facets', false, isBoolean);
  const above = useState(false);
  return useMedia(PHONE) ? above : beside;
}
