import type { Account, GrantRecord, PresentGrant, TokenSet } from '../core/grant.ts';
import type { Observation } from '../core/observation.ts';
import type { Introspection, ValidLogin } from '../core/platform-port.ts';
import type { PlatformProfile } from '../core/profile.ts';
import type { Sealed } from '../core/sealed.ts';
import { type ActContext, carriedOver, inquiryOf, readyApp, takeRequest } from './context.ts';
import { refOf } from './observe.ts';
import { noteLogin } from './persons.ts';

/** A login that a person just gave, by a consent or as tokens in a Secret. It takes the place of what is there. */
export interface NewLogin {
  readonly tokens: TokenSet;
  readonly extras: Readonly<Record<string, string>>;
  /** Id of the consent that it came by. */
  readonly consent?: string | undefined;
  /** Fingerprint of the bootstrap that it came by. */
  readonly bootstrap?: string | undefined;
  /** As the token answer itself told. */
  readonly account?: Account | undefined;
  readonly raw?: Sealed | undefined;
}

/** At most so many fingerprints are remembered; GitOps re-applies the newest ones. */
const REMEMBERED = 50;

/**
 * The tokens as they are kept. Where pods get a derived token, what somebody brings is the person's own: it stays here. A
 * token of unknown age counts as ended so that it is renewed at once; where nothing renews it, it is asked about instead.
 */
export function ownTokens({ derives, renewal }: PlatformProfile, tokens: TokenSet, now: number): TokenSet {
  const aged = renewal === 'None' && tokens.obtainedAt === 0 ? { ...tokens, obtainedAt: now } : tokens;
  if (!derives) return aged;
  const { access, accessExpiresAt, ...rest } = aged;
  return { ...rest, refresh: access ?? tokens.refresh, refreshExpiresAt: accessExpiresAt ?? tokens.refreshExpiresAt };
}

/** Whose a login is, before it replaces anything. @throws Failure when the platform could not be asked */
export async function askWhose(
  context: ActContext,
  { tokens, extras }: NewLogin,
  purpose: 'import' | 'consent',
): Promise<Introspection> {
  const { platform } = readyApp(context.o);
  takeRequest(context, purpose);
  const asked = ownTokens(platform.profile, tokens, context.o.now);
  // A person waits for the outcome of a consent: what is usually asked less often is asked as well.
  const isThorough = purpose === 'consent' || undefined;
  return await platform.introspect({ ...inquiryOf(context), extras, tokens: asked, kind: 'User', isThorough });
}

/**
 * Puts a login in the place of what is there, with the epoch raised.
 * @param found what the platform said of it; undefined where only a refresh can tell
 * @throws CasLost where something else came meanwhile
 */
export async function storeLogin(
  context: ActContext,
  login: NewLogin,
  found: ValidLogin | undefined,
): Promise<PresentGrant> {
  const { world, o, memory } = context;
  const ref = refOf(o.channel);
  const record = recordOf(o, login, found);
  const { profile } = readyApp(o).platform;
  // Before the grant: a login that is used and not remembered could be ended by giving back another one.
  await noteLogin(world, { ...record, writeId: '' }, ref, profile);
  const stored = await world.grants.promote(ref, o.grant, record);
  // A new grant has nothing to do with what went wrong with the old one.
  memory.retries = {};
  delete memory.suspicion;
  // Its answer may lie in escrow as well, by whichever process fetched it.
  if (login.consent !== undefined) memory.hasLeftovers = true;
  if (found === undefined) delete memory.lastCheckAt;
  else memory.lastCheckAt = o.now;
  return stored;
}

function recordOf(o: Observation, login: NewLogin, found: ValidLogin | undefined): Omit<GrantRecord, 'writeId'> {
  const carried = carriedOver(o);
  const { profile } = readyApp(o).platform;
  const tokens = ownTokens(profile, login.tokens, o.now);
  const { consumedBootstraps } = carried;
  return {
    ...carried,
    kind: 'User',
    account: profile.derives ? undefined : (found?.account ?? login.account),
    person: found?.person,
    consent: login.consent,
    consentScopes: found?.scopes ?? tokens.scopes,
    epoch: o.grant.state === 'Absent' && carried.generation === 1 ? 1 : carried.epoch + 1,
    tokens: {
      ...tokens,
      scopes: found?.scopes ?? tokens.scopes,
      accessExpiresAt: profile.derives ? undefined : (found?.accessExpiresAt ?? tokens.accessExpiresAt),
      refreshExpiresAt: found?.sourceExpiresAt ?? tokens.refreshExpiresAt,
      consentExpiresAt: found?.consentExpiresAt,
    },
    extras: login.extras,
    raw: login.raw,
    consumedBootstraps:
      login.bootstrap === undefined ? consumedBootstraps : [...consumedBootstraps, login.bootstrap].slice(-REMEMBERED),
  };
}
