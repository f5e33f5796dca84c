import { timingSafeEqual } from 'node:crypto';
import type { ConsentProgress, FinishConsent } from '../core/consent.ts';
import { refused } from '../core/consent-progress.ts';
import type {
  ConsentOutcome,
  PendingBrowser,
  PendingConsent,
  PendingRecord,
  Versioned,
} from '../core/consent-records.ts';
import { epochOf } from '../core/consent-rules.ts';
import { CasLost, loginIsKept } from '../core/failure.ts';
import type { ChannelRef } from '../core/grant.ts';
import type { Observation } from '../core/observation.ts';
import type { SpendOutcome } from '../core/platform-port.ts';
import { lookAt, sha256 } from './begin-consent.ts';
import { parkUnread } from './commit.ts';
import { appNameOf, appRefOf, identityOf, readyApp } from './context.ts';
import { hint } from './hint.ts';
import type { World } from './ports.ts';
import { changePending, keptAnswer, stageAnswer } from './stage-consent.ts';

/** How often two callbacks at once are sorted out. */
const ATTEMPTS = 3;

type Checked = { readonly consent: PendingConsent; readonly o: Observation };

/**
 * Checks what came back, consumes the consent by check-and-set, and exchanges the code once: from then on nothing but its
 * outcome ends this.
 * @throws Failure while nothing was consumed: what came back may come again
 */
export async function finishConsent(world: World, request: FinishConsent): Promise<ConsentProgress> {
  for (let attempt = 1; ; attempt += 1) {
    const from = await world.consents.pending(request.channel);
    const checked = await check(world, request, from);
    if ('kind' in checked) return checked;
    // Before it is consumed: whoever comes to look finds the answer, or what became of it, even where this process dies.
    await hint(world, request.channel, checked.consent, 'exchange');
    try {
      const { consent } = await consume(world, request.channel, from, checked.consent);
      return await spendCode(world, request, { ...checked, consent });
    } catch (error) {
      // Another callback, or a newer consent, was faster: it is looked at as it stands now.
      if (!(error instanceof CasLost) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function check(
  world: World,
  { channel, id, callback, browserSecret }: FinishConsent,
  { value }: Versioned<PendingRecord>,
): Promise<ConsentProgress | Checked> {
  const consent = value?.consent;
  const browser = consent?.browser;
  if (consent?.id !== id || browser === undefined) return refused('Unknown');
  if (!isHash(browserSecret, browser.secretHash) || !isAnswerTo(browser, callback)) return refused('Foreign');
  if (consent.consumedAt !== undefined || consent.outcome !== undefined) return refused('Used');
  if (world.clock.now() >= consent.expiresAt) return refused('Expired');
  const o = await lookAt(world, channel);
  if (o === undefined || !isSameChannel(o, consent)) return refused('Changed');
  const { client, platform } = readyApp(o);
  const { issuedTo } = consent;
  const isSameApp = client.id === issuedTo.clientId && platform.tokenOrigin === issuedTo.tokenOrigin;
  if (!isSameApp || platform.profile.name !== issuedTo.platform) return refused('Changed');
  // RFC 9207 section 2.4: a code of another server is never shown to this one.
  const { issuer } = platform.profile;
  if (issuer !== undefined && callback.iss !== issuer) return refused('Foreign');
  return epochOf(o.grant) > consent.epoch ? refused('Superseded') : { consent, o };
}

export function isHash(text: string | undefined, hash: string): boolean {
  return text !== undefined && timingSafeEqual(Buffer.from(sha256(text)), Buffer.from(hash));
}

/** By state; in OAuth 1.0a by the temporary token, which a refusal brings under another name (`denied`). */
function isAnswerTo({ stateHash, temporaryTokenHash }: PendingBrowser, callback: FinishConsent['callback']): boolean {
  if (temporaryTokenHash === undefined) return isHash(callback.state, stateHash);
  return isHash(callback.oauth_token ?? callback.denied, temporaryTokenHash);
}

function isSameChannel(o: Observation, { identity }: PendingConsent): boolean {
  const now = identityOf(o);
  return (
    now.clusterId === identity.clusterId &&
    now.namespaceUid === identity.namespaceUid &&
    now.channelUid === identity.channelUid
  );
}

/** @throws CasLost where another was faster */
async function consume(
  world: World,
  ref: ChannelRef,
  from: Versioned<PendingRecord>,
  consent: PendingConsent,
): Promise<{ consent: PendingConsent }> {
  const now = world.clock.now();
  const consumed = { ...consent, consumedAt: now };
  const { invitation } = from.value ?? {};
  const isUsed = invitation !== undefined && consent.by.kind === 'Invited' && invitation.id === consent.by.id;
  const used = isUsed ? { ...invitation, usedAt: now } : invitation;
  await world.consents.writePending(ref, from, { consent: consumed, invitation: used });
  return { consent: consumed };
}

/** The code is used up by it, and on some platforms the login that was there before as well. */
async function spendCode(world: World, request: FinishConsent, { consent, o }: Checked): Promise<ConsentProgress> {
  const { app, client, platform } = readyApp(o);
  const { channel: ref, callback } = request;
  // A person waits: counted, and not made to wait for the app's budget.
  world.appRates.take(app, platform.profile, `${ref.namespace}/${ref.name} consent`, 0);
  const startedAt = world.clock.monotonic();
  const { redirectURI = '', codeVerifier, temporarySecret } = consent.browser ?? {};
  if (codeVerifier === undefined) return refused('Unknown');
  const outcome = await platform.exchangeCode({
    client,
    callback,
    redirectURI,
    codeVerifier,
    secret: temporarySecret,
    timeoutMs: world.settings.httpTimeoutMs,
  });
  noteExchange(world, o, outcome, world.clock.monotonic() - startedAt);
  return await concludeExchange(world, ref, consent, outcome);
}

function noteExchange(world: World, o: Observation, outcome: SpendOutcome, durationMs: number): void {
  const { profile } = readyApp(o).platform;
  const family = outcome.kind === 'Answered' ? 'None' : outcome.failure.family;
  world.meter.exchanged(profile.name, appNameOf(o), family, durationMs);
  if (outcome.kind === 'Answered' || outcome.kind === 'Rejected') {
    if (outcome.kind === 'Answered') world.appFaults.clear(appRefOf(o), 'Token');
  } else if (outcome.failure.isAppFault) world.appFaults.report(appRefOf(o), outcome.failure, 'Token');
}

/** Stores the answer, or how it ended without one. Shared with the device flow, whose last question is its exchange. */
export async function concludeExchange(
  world: World,
  ref: ChannelRef,
  consent: PendingConsent,
  outcome: SpendOutcome,
): Promise<ConsentProgress> {
  if (outcome.kind === 'Answered') {
    await stageAnswer(world, ref, consent, outcome.answer);
    await hint(world, ref, consent, 'staged');
    return { kind: 'Working', message: 'The platform is asked whose account this is.' };
  }
  const { failure } = outcome;
  const { platform } = consent.issuedTo;
  if (outcome.kind === 'Unknown' && outcome.raw !== undefined) {
    const { answer: _none, ...parked } = keptAnswer(consent, { raw: outcome.raw, obtainedAt: 0 }, world.clock.now());
    await parkUnread(world, ref, platform, parked);
  }
  const isPersonAsked = outcome.kind === 'NotSent' || consent.device !== undefined;
  const isDenied = isPersonAsked && failure.reason === 'ConsentRefused';
  const isAnswerLost = outcome.kind === 'Unknown';
  const again = 'The consent that was given just now counts no more: connect the channel once more.';
  const ended: ConsentOutcome = isDenied
    ? refused('Denied', failure.message)
    : {
        kind: 'Failed',
        message: `${failure.message.replace(loginIsKept, '').trim()} ${again}`,
        isKept: false,
        ...(isAnswerLost && { isAnswerLost }),
      };
  await endPending(world, ref, consent, ended);
  return ended;
}

/** Writes down how a consent ended of which no answer was staged. What it was invited by may be used again. */
export async function endPending(
  world: World,
  ref: ChannelRef,
  { id, by, issuedTo }: PendingConsent,
  outcome: ConsentOutcome,
): Promise<void> {
  world.meter.consent(issuedTo.platform, outcome.kind === 'Refused' ? outcome.refusal : outcome.kind);
  try {
    await changePending(world, ref, ({ consent, invitation }) => {
      if (consent?.id !== id || consent.outcome !== undefined) return undefined;
      const isFree = invitation !== undefined && by.kind === 'Invited' && invitation.id === by.id;
      const { usedAt: _used, ...unused } = invitation ?? { id: '', expiresAt: 0 };
      return { consent: { ...consent, outcome }, invitation: isFree ? unused : invitation };
    });
  } catch (error) {
    const fields = { channel: `${ref.namespace}/${ref.name}`, err: error };
    world.log.warn(fields, 'how a consent ended could not be written down; its page says that it was interrupted');
  }
}
