import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const inside = new BlockList();
const ranges: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];
for (const [network, prefix] of ranges) inside.addSubnet(network, prefix, network.includes(':') ? 'ipv6' : 'ipv4');

/** IPv6 prefixes whose last 32 bits are an IPv4 address (RFC 6052 section 2.1, RFC 4291 section 2.5.5). */
const embedding = /^(?:64:ff9b::|::ffff:|::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Whether an address is private, loopback, link-local, shared, multicast or reserved (IANA special-purpose registries):
 * such an address never belongs to a platform, but may belong to something inside the cluster.
 */
export function isInsideAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  if (family === 4) return inside.check(address, 'ipv4');
  return inside.check(address, 'ipv6') || isInsideEmbedded(address);
}

function isInsideEmbedded(address: string): boolean {
  // The URL parser writes every IPv6 address in its one short form, dotted endings too.
  const short = new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1);
  const [, high, low] = embedding.exec(short) ?? [];
  if (high === undefined || low === undefined) return false;
  const bits = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return inside.check(bits.flatMap((part) => [part >> 8, part & 0xff]).join('.'), 'ipv4');
}

/** Whether a name can only mean something inside the cluster or on this machine. */
export function isInsideName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return isInsideAddress(name) || /(^|\.)(localhost|svc|cluster\.local)$/.test(name);
}

/** The host resolves to an address inside; nothing was connected. */
export class AddressRefused extends Error {
  readonly host: string;
  readonly address: string;

  constructor(host: string, address: string) {
    super('the address is inside');
    this.name = 'AddressRefused';
    this.host = host;
    this.address = address;
  }
}

/**
 * Name resolution for sockets that refuses a name with any address inside. It guards the very addresses that are
 * connected to, so a name that changes its answer between a check and its use gains nothing.
 */
export const guardedLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '');
    const refused = addresses.find(({ address }) => isInsideAddress(address));
    if (refused !== undefined) return callback(new AddressRefused(host, refused.address), '');
    if (options.all) return callback(null, addresses);
    const first = addresses[0];
    callback(null, first?.address ?? '', first?.family);
  });
};
