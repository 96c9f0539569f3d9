/** IP addresses in one spelling. Pure. */
import { isIP } from 'node:net';

/** An IPv4 address that is mapped into IPv6 (`::ffff:127.0.0.1`) as the IPv4 address that it is. */
export function normalizeAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address.toLowerCase();
}

/** 127.0.0.0/8 or ::1. */
export function isLoopbackAddress(address: string): boolean {
  const normal = normalizeAddress(address);
  return normal === '::1' || /^127(\.\d{1,3}){3}$/.test(normal);
}

/** What one network of a caller is counted by: an IPv4 address itself, of an IPv6 address the /64 that one customer gets. */
export function networkOf(address: string): string {
  const normal = normalizeAddress(address);
  if (isIP(normal) !== 6) return normal;
  return `${groupsOf(normal).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  // A zone (`fe80::1%eth0`) names our own interface.
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...after].map((group) =>
    group.replace(/^0+(?=.)/, ''),
  );
}
