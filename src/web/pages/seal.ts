import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';

/** What is sealed for: a text of one purpose opens for no other. */
export type Purpose = 'session' | 'sign-in' | 'consent' | 'answer';

/**
 * Encrypts and authenticates what a browser keeps for us (JWE, `dir` with A256GCM), so that any replica can open it and
 * nobody else can read or change it.
 */
export interface Seal {
  /** @param lifeMs after which it opens no more */
  close(purpose: Purpose, content: object, lifeMs: number): Promise<string>;
  /** Undefined for what is not ours, changed, of another purpose, or too old. */
  open(purpose: Purpose, text: string): Promise<unknown>;
}

export interface SealOptions {
  /** Lines of the key file, newest first: the first one seals, all of them open. At least 32 characters each. */
  readonly keys: readonly string[];
  /** Our own address: what another installation sealed opens nothing here. */
  readonly audience: string;
  readonly now: () => number;
}

const shortest = 32;

/** The keys of a key file, or what is wrong with it; never the keys in a message. */
export function readKeys(text: string): readonly string[] | { readonly problem: string } {
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '');
  if (keys.length === 0) return { problem: 'holds no key; write one with: openssl rand -base64 32' };
  const short = keys.findIndex((key) => key.length < shortest);
  if (short < 0) return keys;
  return { problem: `key ${short + 1} has less than ${shortest} characters; write one with: openssl rand -base64 32` };
}

export function createSeal({ keys, audience, now }: SealOptions): Seal {
  const derived = keys.map((key) => new Uint8Array(hkdfSync('sha256', key, '', 'social-channel-operator pages', 32)));
  const [sealing] = derived;
  if (sealing === undefined) throw new Error('there is no key to seal with');
  const open = async (key: Uint8Array, purpose: Purpose, text: string) => {
    try {
      const { payload } = await jwtDecrypt(text, key, {
        audience,
        subject: purpose,
        currentDate: new Date(now()),
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        requiredClaims: ['exp'],
      });
      return payload.content;
    } catch {
      return undefined;
    }
  };
  return {
    close: (purpose, content, lifeMs) =>
      new EncryptJWT({ content })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setSubject(purpose)
        .setAudience(audience)
        .setExpirationTime(Math.ceil((now() + lifeMs) / 1_000))
        .encrypt(sealing),
    open: async (purpose, text) => {
      for (const key of derived) {
        const content = await open(key, purpose, text);
        if (content !== undefined) return content;
      }
      return undefined;
    },
  };
}
