import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { LinkSeal } from '../core/consent-records.ts';
import type { EscrowKey } from './escrow-key.ts';

/** HMAC-SHA-256 under a key derived from `keys/escrow`: what signs links tells nothing of what seals answers. */
export function createLinkSeal(escrowKey: Pick<EscrowKey, 'load'>): LinkSeal {
  const mac = async (text: string): Promise<Buffer> => {
    const secret = Buffer.from((await escrowKey.load()).reveal(), 'base64');
    const key = Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), 'socialchannel invitation links 1', 32));
    return createHmac('sha256', key).update(text).digest();
  };
  return {
    sign: async (text) => (await mac(text)).toString('base64url'),
    isGenuine: async (text, signature) => {
      const [given, right] = [Buffer.from(signature, 'base64url'), await mac(text)];
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}
