import type { Address } from '../../domain/useAddress.ts';

export type FacetPanelProps = Address & { onClose: () => void };

/** The place of the facets, left of the list. */
export function FacetPanel(_props: FacetPanelProps) {
  return null;
}

/** False until there are facets: what opens them is not shown. */
export const HAS_FACETS: boolean = false;
