import { describe, expect, it } from 'vitest';
import { askerOf, clientAddresses } from '../../src/web/pages/client-address.ts';
import { RateLimit } from '../../src/web/pages/limits.ts';

describe('a rate limit', () => {
  it('gives so many at once, tells when the next one is there, and refills evenly', () => {
    let now = 0;
    const limit = new RateLimit({ count: 2, perMs: 1_000 }, () => now);
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 500]);
    expect(limit.take('b')).toBe(0);
    now = 250;
    expect(limit.take('a')).toBe(250);
    now = 500;
    expect([limit.take('a'), limit.take('a')]).toEqual([0, 500]);
    now = 60_000;
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 500]);
  });

  it('remembers only so many, and forgets who was quiet for longest', () => {
    const limit = new RateLimit({ count: 1, perMs: 1_000_000 }, () => 0);
    limit.take('first');
    for (let asker = 0; asker < 9_999; asker += 1) limit.take(`asker ${asker}`);
    expect(limit.take('first')).toBeGreaterThan(0);
    limit.take('one more');
    expect(limit.size).toBe(10_000);
    expect(limit.take('first')).toBeGreaterThan(0);
    expect(limit.take('asker 0')).toBe(0);
  });

  it('is not opened by a clock that jumps back', () => {
    let now = 1_000;
    const limit = new RateLimit({ count: 1, perMs: 1_000 }, () => now);
    limit.take('a');
    now = 0;
    expect(limit.take('a')).toBeGreaterThan(0);
  });
});

describe('who asks', () => {
  const proxies = ['10.0.0.0/8', 'fd00::/8'];
  it.each([
    ['the peer', [], '192.0.2.1', undefined, '192.0.2.1'],
    ['the peer, whatever it says of itself', [], '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['whom a trusted proxy saw', proxies, '10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['whom it saw, not what that one claimed', proxies, '10.1.2.3', '127.0.0.1, 198.51.100.7', '198.51.100.7'],
    ['through several trusted proxies', proxies, '10.1.2.3', '198.51.100.7, 10.9.9.9, fd00::1', '198.51.100.7'],
    ['IPv4 on a socket of both families', proxies, '::ffff:10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['the proxy, where it says nothing', proxies, '10.1.2.3', undefined, '10.1.2.3'],
    ['the proxy, where it says no address', proxies, '10.1.2.3', 'unknown', '10.1.2.3'],
    ['the last that is known, where all are trusted', proxies, '10.1.2.3', '10.0.0.1', '10.0.0.1'],
  ])('is %s', (_, trusted, peer, forwarded, expected) => {
    expect(clientAddresses(trusted)(peer, forwarded)).toBe(expected);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
    ['2001:DB8::5', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0001::', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('counts %s as %s', (address, asker) => {
    expect(askerOf(address)).toBe(asker);
  });
});
