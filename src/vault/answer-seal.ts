import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { AnswerSeal, EscrowContent, SealedAnswer } from '../core/escrow.ts';
import { Failure } from '../core/failure.ts';
import type { ParkedAnswer } from '../core/grant.ts';
import { Sealed } from '../core/sealed.ts';
import type { RecordPath, VaultPaths } from './paths.ts';
import { decodeParked, encodeParked } from './record.ts';

/** Version byte, nonce, ciphertext, tag. */
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Of an answer in the clear; a Secret takes a megabyte. The bytes as they came are for people, the parsed answer suffices. */
const MAX_BYTES = 256 * 1024;

/** Where the key comes from. */
export interface SealingKey {
  /** The key that was read last, without asking Vault where there is one. */
  known(): Promise<Sealed>;
  /** The key as Vault has it since the present login. */
  load(): Promise<Sealed>;
}

/**
 * AES-256-GCM under a key derived from `keys/escrow`. The channel's path in Vault, the claim and the format are
 * authenticated with it, so an answer opens only as what it was sealed for.
 */
export function createAnswerSeal(key: SealingKey, paths: Pick<VaultPaths, 'channel'>): AnswerSeal {
  return {
    seal: async (ref, content) => {
      const at = paths.channel(ref, 'grant');
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', encryptionKey(await key.known()), nonce);
      cipher.setAAD(boundTo(at, content.answer.claimId));
      const sealed = [cipher.update(plainOf(content)), cipher.final()];
      return Buffer.concat([Buffer.of(VERSION), nonce, ...sealed, cipher.getAuthTag()]);
    },
    open: async (ref, sealed) => {
      const at = paths.channel(ref, 'grant');
      return contentOf(decrypted(encryptionKey(await key.load()), at, sealed), at, sealed);
    },
  };
}

/** A key of its own: fingerprints are made with the other one, and neither tells anything of the other. */
function encryptionKey(key: Sealed): Buffer {
  const secret = Buffer.from(key.reveal(), 'base64');
  return Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), 'socialchannel escrow encryption 1', 32));
}

function boundTo(at: RecordPath, claimId: string): Buffer {
  return Buffer.from(JSON.stringify(['socialchannel escrow', VERSION, at.apiPath, claimId]));
}

function plainOf({ clusterId, answer }: EscrowContent): Buffer {
  const whole = encoded(clusterId, answer);
  return whole.length <= MAX_BYTES ? whole : encoded(clusterId, withoutRaw(answer));
}

function encoded(clusterId: string, answer: ParkedAnswer): Buffer {
  return Buffer.from(JSON.stringify({ clusterId, parked: encodeParked([answer]) }));
}

function withoutRaw({ answer, ...kept }: ParkedAnswer): ParkedAnswer {
  const raw = Sealed.of('');
  return { ...kept, raw, ...(answer === undefined ? {} : { answer: { ...answer, raw } }) };
}

function decrypted(key: Buffer, at: RecordPath, { claimId, bytes, place }: SealedAnswer): Buffer {
  const [version] = bytes;
  if (version !== VERSION) throw unreadable(place.name, `has the format ${version ?? 'of nothing'}, not ${VERSION}`);
  const end = bytes.length - TAG_BYTES;
  if (end <= 1 + NONCE_BYTES) throw unreadable(place.name, 'is too short');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(boundTo(at, claimId));
  decipher.setAuthTag(bytes.subarray(end));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(1 + NONCE_BYTES, end)), decipher.final()]);
  } catch {
    throw unreadable(
      place.name,
      'does not open: it was changed, or sealed for another channel, another claim or under another key',
    );
  }
}

function contentOf(plain: Buffer, at: RecordPath, { claimId, place }: SealedAnswer): EscrowContent {
  try {
    const { clusterId, parked } = JSON.parse(plain.toString()) as {
      clusterId: string;
      parked: Record<string, unknown>;
    };
    const answer = decodeParked(parked, at).find((one) => one.claimId === claimId);
    if (answer !== undefined) return { clusterId, answer };
  } catch {
    // The parser's own words could quote a token.
  }
  throw unreadable(place.name, 'holds what this version of the operator does not understand');
}

function unreadable(name: string, why: string): Failure {
  const message = `The sealed answer in Secret ${name} ${why}. It is kept and not used.`;
  return new Failure('Misconfigured', 'EscrowUnreadable', message, { source: 'Operator' });
}
