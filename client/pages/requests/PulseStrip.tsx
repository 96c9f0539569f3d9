import type { Address } from '../../domain/useAddress.ts';

/** The place of the strip of bars above the list. */
export function PulseStrip(_props: Address) {
  return null;
}
