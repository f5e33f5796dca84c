import { BlockList, isIP, isIPv4 } from 'node:net';

/** Who asks: the peer of the connection, or what a proxy that is trusted by configuration says of it. */
export function clientAddresses(trustedProxies: readonly string[]): (peer: string, forwarded?: string) => string {
  const trusted = new BlockList();
  for (const network of trustedProxies) {
    const [address = '', bits = ''] = network.split('/');
    trusted.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  return (peer, forwarded = '') => {
    // From the right, as each proxy appends whom it saw: what stands left of an untrusted hop may be invented.
    const hops = forwarded.split(',').map((hop) => unmapped(hop.trim()));
    let address = unmapped(peer);
    while (isTrusted(address) && hops.length > 0) {
      const next = hops.pop() ?? '';
      if (isIP(next) === 0) break;
      address = next;
    }
    return address;
  };
}

/** IPv4 on a socket for both families is written as IPv6. */
function unmapped(address: string): string {
  const plain = address.replace(/^::ffff:/i, '');
  return isIPv4(plain) ? plain : address;
}

/** What counts as one asker: of IPv6 a whole /64, as one household or machine has all of it. */
export function askerOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head.split(':').filter((part) => part !== '');
  const right = (tail ?? '').split(':').filter((part) => part !== '');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const parts = [...left, ...Array<string>(zeros).fill('0'), ...right].map((part) => part.replace(/^0+(?=.)/, ''));
  return `${parts.slice(0, 4).join(':')}::/64`;
}
