import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { Sealed } from '../../core/sealed.ts';

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
  /** The same for all replicas, and kept by nobody else: at least 32 unguessable bytes, as text. */
  readonly secret: Sealed;
  /** Our own address: what another installation sealed opens nothing here. */
  readonly audience: string;
  readonly now: () => number;
}

export function createSeal({ secret, audience, now }: SealOptions): Seal {
  const key = new Uint8Array(hkdfSync('sha256', secret.reveal(), '', 'social-channel-operator pages', 32));
  return {
    close: (purpose, content, lifeMs) =>
      new EncryptJWT({ content })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setSubject(purpose)
        .setAudience(audience)
        .setExpirationTime(Math.ceil((now() + lifeMs) / 1_000))
        .encrypt(key),
    open: async (purpose, text) => {
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
    },
  };
}
