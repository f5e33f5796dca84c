import type { ConsentStore, LinkSeal } from '../core/consent-records.ts';
import type { AnswerSeal } from '../core/escrow.ts';
import type { Clock, GrantStore, Random } from '../core/ports.ts';
import { createAnswerSeal } from './answer-seal.ts';
import { createConsentStore } from './consent-store.ts';
import { EscrowKey } from './escrow-key.ts';
import { createGrantStore } from './grant-store.ts';
import { createKeyValue } from './kv.ts';
import { createLinkSeal } from './link-seal.ts';
import { Login, type LoginOptions } from './login.ts';
import type { LoginMethod } from './login-methods.ts';
import { createPaths } from './paths.ts';
import { createSession } from './session.ts';
import { checkStart } from './start-check.ts';
import { createTransport, type TransportOptions } from './transport.ts';

export interface VaultOptions extends TransportOptions {
  readonly method: LoginMethod;
  readonly mount: string;
  /** Path below the mount that everything of this operator lies under. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly reloginIntervalMs?: LoginOptions['reloginIntervalMs'];
  readonly onBackgroundFailure?: LoginOptions['onBackgroundFailure'];
  /** How long one unclear write is resolved, milliseconds. Default 10 s. */
  readonly resolveWithinMs?: number | undefined;
  /** A namespace that the operator serves, for the check of the policy. */
  readonly namespaceToCheck?: string | undefined;
}

/** Vault, as `main` uses it. */
export interface Vault {
  readonly store: GrantStore;
  readonly consents: ConsentStore;
  /** For the links of invitations. */
  readonly links: LinkSeal;
  /** For answers that it cannot take at the moment. */
  readonly seal: AnswerSeal;
  /** Logs in and checks that grants can be kept here. It may be repeated. @throws Failure that says what to change */
  check(): Promise<void>;
  /** Requests in flight end first; the login is not renewed any more. */
  close(): Promise<void>;
}

/** @throws Failure Misconfigured for an address or a CA file that cannot be used */
export function createVault(options: VaultOptions): Vault {
  const { mount, prefix, clock, random } = options;
  const transport = createTransport(options);
  const login = new Login({ ...options, transport });
  const send = createSession(transport, login);
  const kv = createKeyValue({ send, clock, resolveWithinMs: options.resolveWithinMs });
  const paths = createPaths(mount, prefix);
  const escrowKey = new EscrowKey(kv, paths.escrowKey, () => login.count);
  return {
    store: createGrantStore({ kv, login, random, paths, escrowKey }),
    consents: createConsentStore({ kv, paths, newId: () => random.id() }),
    links: createLinkSeal(escrowKey),
    seal: createAnswerSeal(escrowKey, paths),
    check: () => checkStart({ send, paths, escrowKey, namespace: options.namespaceToCheck }),
    close: async () => {
      login.close();
      await transport.close();
    },
  };
}
