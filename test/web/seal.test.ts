import { EncryptJWT, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { Sealed } from '../../src/core/sealed.ts';
import { createSeal, type Purpose, type SealOptions } from '../../src/web/pages/seal.ts';
import { base, sealSecret, startAt } from './pages-stage.ts';

let now = startAt;
const sealOf = (more: Partial<SealOptions> = {}) =>
  createSeal({ secret: sealSecret, audience: base, now: () => now, ...more });
const content = { csrf: 'a secret of the session' };

describe('what a browser keeps for us', () => {
  it('opens on any replica, and shows nothing of what it holds', async () => {
    const text = await sealOf().close('session', content, 1_000);
    expect(await sealOf().open('session', text)).toEqual(content);
    for (const part of text.split('.')) expect(Buffer.from(part, 'base64url').toString()).not.toContain('secret');
  });

  it.each<[string, Partial<SealOptions>, Purpose, number]>([
    ['for another purpose', {}, 'consent', 0],
    ['with another secret', { secret: Sealed.of('j'.repeat(64)) }, 'session', 0],
    ['at another installation', { audience: 'https://other.example.com' }, 'session', 0],
    ['after its time', {}, 'session', 1_001],
  ])('does not open %s', async (_, options, purpose, laterMs) => {
    const text = await sealOf().close('session', content, 1_000);
    now += laterMs;
    expect(await sealOf(options).open(purpose, text)).toBeUndefined();
    now = startAt;
  });

  it('does not open when any letter of it was changed', async () => {
    const text = await sealOf().close('session', content, 1_000);
    for (let at = 0; at < text.length; at += 7) {
      const other = text[at] === 'A' ? 'B' : 'A';
      expect(
        await sealOf().open('session', text.slice(0, at) + other + text.slice(at + 1)),
        `letter ${at}`,
      ).toBeUndefined();
    }
  });

  it('does not open what others made: signed only, not even signed, without an end, or nothing', async () => {
    const key = new TextEncoder().encode(sealSecret.reveal());
    const claims = { content, sub: 'session', aud: base, exp: startAt / 1_000 + 60 };
    const encrypted = new EncryptJWT(claims).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' });
    const forged = [
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key),
      new UnsecuredJWT(claims).encode(),
      await encrypted.encrypt(key.slice(0, 32)),
      '',
      'a.b.c.d.e',
    ];
    for (const text of forged) expect(await sealOf().open('session', text)).toBeUndefined();
  });
});
