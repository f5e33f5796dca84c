import { describe, expect, it } from 'vitest';
import { AddressRefused, guardedLookup, isInsideAddress, isInsideName } from '../../src/platforms/addresses.ts';

describe('an address inside', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '::127.0.0.1',
    '64:ff9b::10.0.0.1',
    'fd00::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
  ])('is %s', (address) => {
    expect(isInsideAddress(address)).toBe(true);
  });

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '172.15.0.1',
    '172.32.0.1',
    '192.167.0.1',
    '223.255.255.255',
    '2606:4700::1',
    '64:ff9b::1.1.1.1',
    '::ffff:8.8.8.8',
  ])('is not %s', (address) => {
    expect(isInsideAddress(address)).toBe(false);
  });

  it.each([
    ['vault.vault.svc', true],
    ['vault.vault.svc.cluster.local.', true],
    ['LOCALHOST', true],
    ['id.localhost', true],
    ['10.0.0.1', true],
    ['id.twitch.tv', false],
    ['svc.example.com', false],
  ])('is what the name %s can only mean: %s', (name, expected) => {
    expect(isInsideName(name)).toBe(expected);
  });

  it.each([true, false])('is refused after name resolution (all addresses: %s)', async (all) => {
    const error = await new Promise((resolve) => guardedLookup('localhost', { all }, resolve));
    expect(error).toBeInstanceOf(AddressRefused);
    expect(error).toMatchObject({ host: 'localhost' });
  });
});
