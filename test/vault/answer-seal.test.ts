import { createDecipheriv } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { EscrowContent, SealedAnswer } from '../../src/core/escrow.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { createAnswerSeal } from '../../src/vault/answer-seal.ts';
import { EscrowKey } from '../../src/vault/escrow-key.ts';
import type { KeyValue } from '../../src/vault/kv.ts';
import { createPaths } from '../../src/vault/paths.ts';
import { answerNamed, ref, revealed } from './grants.ts';

const paths = createPaths('social', 'here');
const keyNamed = (byte: number) => async () => Sealed.of(Buffer.alloc(32, byte).toString('base64'));
const sealWith = (byte: number, at = paths) => createAnswerSeal({ known: keyNamed(byte), load: keyNamed(byte) }, at);
const seal = sealWith(1);
const raw = Sealed.of('{"access_token":"access-8"}');
const content: EscrowContent = {
  clusterId: 'cluster',
  answer: {
    claimId: 'claim-8',
    epoch: 2,
    generation: 7,
    fingerprint: 'f7',
    parkedAt: 1_795_001_000_500,
    answer: { ...answerNamed('8'), account: { id: '42' }, extras: { device: 'd2' }, scopes: ['chat'] },
    raw,
  },
};
const lying = (bytes: Uint8Array, claimId = 'claim-8'): SealedAnswer => ({
  place: { name: 'escrow-1', uid: 'u1' },
  claimId,
  bytes,
});

describe('a sealed answer', () => {
  it('opens as what it was, secrets and all', async () => {
    const opened = await seal.open(ref, lying(await seal.seal(ref, content)));
    expect(revealed(opened)).toEqual(revealed(content));
    expect(inspect(opened, { depth: 9 })).not.toContain('access-8');
  });

  it('shows nothing of its tokens, and twice the same is never the same', async () => {
    const [one, other] = [await seal.seal(ref, content), await seal.seal(ref, content)];
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(false);
    expect(one[0]).toBe(1);
    expect(Buffer.from(one.subarray(1, 13)).equals(Buffer.from(other.subarray(1, 13)))).toBe(false);
    for (const hidden of ['access-8', 'refresh-8', 'claim-8', 'cluster']) {
      expect(Buffer.from(one).includes(hidden)).toBe(false);
      expect(Buffer.from(one).includes(Buffer.from(hidden).toString('base64').slice(0, 8))).toBe(false);
    }
  });

  it.each<[string, () => Promise<unknown>]>([
    ['for another channel', async () => seal.open({ ...ref, name: 'other' }, lying(await seal.seal(ref, content)))],
    ['for another claim', async () => seal.open(ref, lying(await seal.seal(ref, content), 'claim-9'))],
    [
      'below another prefix',
      async () => sealWith(1, createPaths('social', 'there')).open(ref, lying(await seal.seal(ref, content))),
    ],
    [
      'in another mount',
      async () => sealWith(1, createPaths('other', 'here')).open(ref, lying(await seal.seal(ref, content))),
    ],
    ['under another key', async () => sealWith(2).open(ref, lying(await seal.seal(ref, content)))],
  ])('does not open %s', async (_, open) => {
    await expect(open()).rejects.toMatchObject({ reason: 'EscrowUnreadable', family: 'Misconfigured' });
  });

  it('does not open with any one bit changed, nor cut short', async () => {
    const bytes = await seal.seal(ref, content);
    const places = [0, 1, 12, 13, 40, bytes.length - 17, bytes.length - 1];
    for (const place of places) {
      const changed = Uint8Array.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      await expect(seal.open(ref, lying(changed))).rejects.toMatchObject({ reason: 'EscrowUnreadable' });
    }
    for (const length of [0, 1, 13, 29, bytes.length - 1]) {
      await expect(seal.open(ref, lying(bytes.subarray(0, length)))).rejects.toMatchObject({
        reason: 'EscrowUnreadable',
      });
    }
  });

  it('stays below what a Secret takes, and keeps the tokens when the bytes as they came are too many', async () => {
    const endless = Sealed.of('x'.repeat(900_000));
    const answer = { ...answerNamed('8'), raw: endless };
    const bytes = await seal.seal(ref, { ...content, answer: { ...content.answer, raw: endless, answer } });
    expect(bytes.length).toBeLessThan(10_000);
    const opened = await seal.open(ref, lying(bytes));
    expect(opened.answer.answer?.refresh?.reveal()).toBe('refresh-8');
  });
});

describe('the key', () => {
  const stored = Buffer.alloc(32, 7).toString('base64');
  /** A Vault that holds the key, and can go away. */
  function keyInVault() {
    const vault = { isAway: false, logins: 1 };
    const read = async () => {
      if (vault.isAway) throw new Error('away');
      return { version: 1, writtenAt: 0, readAt: 0, data: { key: stored } };
    };
    const kv = { read } as unknown as KeyValue;
    return { vault, key: new EscrowKey(kv, paths.escrowKey, () => vault.logins) };
  }

  it('seals while Vault is away, even where the login before was renewed since', async () => {
    const { vault, key } = keyInVault();
    await key.load();
    vault.isAway = true;
    vault.logins = 2;
    await expect(key.load()).rejects.toThrow('away');
    const bytes = await createAnswerSeal(key, paths).seal(ref, content);
    vault.isAway = false;
    expect(revealed(await createAnswerSeal(key, paths).open(ref, lying(bytes)))).toEqual(revealed(content));
  });

  it('is another one than that of fingerprints, which are what they were', async () => {
    const { key } = keyInVault();
    // HMAC-SHA-256 with 32 bytes of 7, computed elsewhere (openssl dgst -mac HMAC).
    expect(await key.fingerprint(Sealed.of('token'))).toBe(
      '61ce97a7f04f68afa6b25c6194ef81cb6b15db0bfd0edb25836ac1f76bef6c05',
    );
    const bytes = await createAnswerSeal(key, paths).seal(ref, content);
    const decipher = createDecipheriv('aes-256-gcm', Buffer.alloc(32, 7), bytes.subarray(1, 13));
    decipher.setAAD(
      Buffer.from(
        JSON.stringify(['socialchannel escrow', 1, 'social/data/here/channels/main-stage/twitch/grant', 'claim-8']),
      ),
    );
    decipher.setAuthTag(bytes.subarray(-16));
    decipher.update(bytes.subarray(13, -16));
    expect(() => decipher.final()).toThrow();
  });
});
