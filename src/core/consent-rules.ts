import { annotations } from '../api/names.ts';
import type { Action, Rule } from './action.ts';
import { expectedAccountId } from './blockers.ts';
import type { ConsentFacts, PendingConsent, PendingRecord, StagedConsent } from './consent-records.ts';
import { isSuspended, isWaiting } from './due.ts';
import type { EscrowedAnswer } from './escrow.ts';
import type { GrantRecord, StoredGrant } from './grant.ts';
import { parseInstant } from './instant.ts';
import type { Observation } from './observation.ts';
import type { PlatformProfile } from './profile.ts';
import type { Settings } from './settings.ts';

/** How often an answer that is being fetched is looked for: its page waits for it. */
const LOOK_MS = 1_000;

type Read = Extract<ConsentFacts, { state: 'Read' }>;

function read({ consent }: Observation): Read | undefined {
  return consent.state === 'Read' ? consent : undefined;
}

/** An answer that waits to be verified, or for a person's word. */
export function openStaged(o: Observation): StagedConsent | undefined {
  const staged = read(o)?.staged.value;
  return staged?.answer === undefined ? undefined : staged;
}

/** A consent whose answer is being fetched, or whose answer was lost on the way. */
export function unstaged(facts: ConsentFacts): PendingConsent | undefined {
  if (facts.state !== 'Read') return undefined;
  const consent = facts.pending.value?.consent;
  const isOnItsWay = consent?.consumedAt !== undefined && consent.outcome === undefined;
  return isOnItsWay && facts.staged.value?.id !== consent.id ? consent : undefined;
}

/** The device authorization that waits for its person. */
export function openDevice(o: Observation): PendingConsent | undefined {
  const consent = read(o)?.pending.value?.consent;
  const isOpen = consent?.device !== undefined && consent.consumedAt === undefined && consent.outcome === undefined;
  return isOpen && read(o)?.staged.value?.id !== consent.id ? consent : undefined;
}

/**
 * A consent that ended as lost. Its answer may come to the escrow all the same: from a process that hung, or could not
 * reach it, for longer than anybody waits.
 */
export function givenUp(facts: ConsentFacts): PendingConsent | undefined {
  if (facts.state !== 'Read') return undefined;
  const consent = facts.pending.value?.consent;
  const { outcome, device } = consent ?? {};
  // What a device is answered the second time need not be what it was answered first.
  const isOver = outcome?.kind === 'Failed' || (outcome !== undefined && device !== undefined);
  return isOver && facts.staged.value?.id !== consent?.id ? consent : undefined;
}

/** The consent whose answer may lie in escrow. The answer to a device may lie there although nothing says that it came. */
export function awaitedConsent(o: Observation): PendingConsent | undefined {
  return unstaged(o.consent) ?? openDevice(o) ?? givenUp(o.consent);
}

/**
 * When the platform may have granted a login of which nobody has the answer, after the present one was last renewed.
 * Undefined where there was no such consent, or its answer is known.
 */
export function lostExchangeAt(
  { epoch, tokens }: Pick<GrantRecord, 'epoch' | 'tokens'>,
  { consent }: PendingRecord,
  staged: StagedConsent | undefined,
): number | undefined {
  const { consumedAt, outcome } = consent ?? {};
  if (consumedAt === undefined || consent?.epoch !== epoch || consumedAt < tokens.obtainedAt) return undefined;
  const isLost = outcome === undefined || (outcome.kind === 'Failed' && outcome.isAnswerLost === true);
  return isLost && staged?.id !== consent.id ? consumedAt : undefined;
}

/** Where the platform ends the former login when the person gives another one. */
export function endsFormerLogin({ loginsPerPerson, scopeChange }: PlatformProfile): boolean {
  return loginsPerPerson === 1 || scopeChange === 'EndsEarlierTokens';
}

/** So long after its exchange was begun an answer may still be on its way to Vault or to the escrow. */
export function lostAfterMs({ httpTimeoutMs, claimLifeMs }: Settings): number {
  return httpTimeoutMs + claimLifeMs;
}

export function epochOf(grant: StoredGrant): number {
  if (grant.state === 'Absent') return 0;
  return grant.state === 'Present' ? grant.record.epoch : grant.tombstone.epoch;
}

function isOfThisChannel(o: Observation, { identity }: { readonly identity: StagedConsent['identity'] }): boolean {
  return (
    identity.clusterId === o.clusterId &&
    identity.namespaceUid === o.namespace.uid &&
    identity.channelUid === o.channel.metadata.uid
  );
}

/** Nothing is sent to any app but the one that it was granted to. */
function isOfThisApp({ app }: Observation, { issuedTo }: StagedConsent): boolean {
  if (app.state !== 'Ready') return true;
  const { platform, client } = app;
  return (
    issuedTo.platform === platform.profile.name &&
    issuedTo.clientId === client.id &&
    issuedTo.tokenOrigin === platform.tokenOrigin
  );
}

/** The newest login wins: what was granted and verified replaces what is there; everything else replaces nothing. */
export const stagedConsent: Rule = (o) => {
  const staged = openStaged(o);
  if (staged === undefined || isWaiting(o, 'Consent')) return undefined;
  const over = overtaken(o, staged);
  if (over !== undefined) return over;
  if (staged.discardedAt !== undefined) return { kind: 'DiscardConsent' };
  const { finding, until } = staged;
  if (finding === undefined) return { kind: 'VerifyConsent' };
  if (finding.kind === 'AwaitsConfirmation') {
    const isSaid = staged.confirmedAt !== undefined || expectedAccountId(o) !== undefined;
    if (isSaid) return { kind: 'VerifyConsent' };
  }
  return until !== undefined && o.now >= until ? { kind: 'DiscardConsent' } : undefined;
};

/** What makes an answer void before anybody is asked about it. */
function overtaken(o: Observation, staged: StagedConsent): Action | undefined {
  if (!isOfThisChannel(o, staged) || !isOfThisApp(o, staged)) {
    const message = 'The channel or its app is another one by now. Nothing was replaced; connect it once more.';
    return { kind: 'ConcludeConsent', outcome: { kind: 'Refused', refusal: 'Changed', message } };
  }
  const { grant } = o;
  // Promoted, and the process ended before it could say so.
  if (grant.state === 'Present' && grant.record.consent === staged.id) {
    const { account, tokens } = grant.record;
    return { kind: 'ConcludeConsent', outcome: { kind: 'Connected', account, at: tokens.obtainedAt } };
  }
  if (epochOf(grant) <= staged.epoch) return undefined;
  const message = 'A newer login came meanwhile. It stays, and what was granted before it was not used.';
  return { kind: 'ConcludeConsent', outcome: { kind: 'Refused', refusal: 'Superseded', message } };
}

/** An answer that Vault did not take in time lies in escrow, or died with its process. */
export const unstagedConsent: Rule = (o) => {
  const consent = awaitedConsent(o);
  if (consent === undefined || isWaiting(o, 'Consent')) return undefined;
  const escrowed = escrowedConsent(o, consent);
  if (escrowed !== undefined) return { kind: 'AdoptConsent', escrowed };
  if (consent.consumedAt === undefined || consent.outcome !== undefined) return undefined;
  if (o.escrow.state !== 'Listed' || o.now < consent.consumedAt + lostAfterMs(o.settings)) return undefined;
  const message =
    'The answer of the platform was lost before it could be stored: the operator was interrupted. Nothing was replaced; connect the channel once more.';
  return { kind: 'EndPending', outcome: { kind: 'Failed', message, isKept: false, isAnswerLost: true } };
};

function escrowedConsent({ escrow }: Observation, { id }: PendingConsent): EscrowedAnswer | undefined {
  if (escrow.state !== 'Listed') return undefined;
  return escrow.answers.find(({ claimId, answer }) => claimId === id && answer !== undefined);
}

/** The value of the annotation that asks for a device authorization, until one was begun for it. */
export function deviceRequest(o: Observation): string | undefined {
  const asked = o.channel.metadata.annotations?.[annotations.connectDevice];
  return asked === undefined || asked === o.channel.status?.device?.request ? undefined : asked;
}

/** Asked for by annotation: a code for a person with a browser anywhere, and questions until they have agreed. */
export const deviceConsent: Rule = (o) => {
  const facts = read(o);
  if (facts === undefined || isWaiting(o, 'Consent') || isSuspended(o)) return undefined;
  const asked = deviceRequest(o);
  const isBegun = facts.pending.value?.consent?.device?.request === asked;
  if (asked !== undefined && asked !== '' && !isBegun) return { kind: 'StartDevice', request: asked };
  const open = openDevice(o);
  if (open === undefined) return undefined;
  if (o.now >= open.expiresAt) {
    const message = 'Nobody entered the code in time. Nothing was replaced.';
    return { kind: 'EndPending', outcome: { kind: 'Refused', refusal: 'Expired', message } };
  }
  return o.now >= (facts.pollAt ?? 0) ? { kind: 'PollDevice' } : undefined;
};

/** Its answer has come back, by the hint, and it is about to be consumed; whoever does that may die of it. */
function isComingBack(o: Observation): boolean {
  const consent = read(o)?.pending.value?.consent;
  const hint = o.channel.metadata.annotations?.[annotations.consented];
  const isUnspent = consent?.consumedAt === undefined && consent?.outcome === undefined;
  return consent !== undefined && isUnspent && o.now < consent.expiresAt && hint === `${consent.id}.exchange`;
}

/** The hint that a consent came goes once nothing of it is open. */
export const consentHint: Rule = (o) => {
  const hint = o.channel.metadata.annotations?.[annotations.consented];
  if (hint === undefined || read(o) === undefined || isWaiting(o, 'Consent')) return undefined;
  const isOpen = openStaged(o) !== undefined || unstaged(o.consent) !== undefined || isComingBack(o);
  return isOpen ? undefined : { kind: 'DropHint' };
};

/** The value of the annotation that asks for an invitation, until one was written for it. */
export function inviteRequest(o: Observation): string | undefined {
  const asked = o.channel.metadata.annotations?.[annotations.invite];
  return asked === undefined || asked === '' || asked === invitationOf(o)?.request ? undefined : asked;
}

/** The newest: what this process made may not stand in the status yet. */
export function invitationOf({ invitation: made, channel }: Observation) {
  return made ?? channel.status?.invitation;
}

/** Made where there is a page to invite to; the Secret with the link goes when the link is over. */
export const invitation: Rule = (o) => {
  if (isWaiting(o, 'Invite') || o.namespace.isTerminating) return undefined;
  const asked = inviteRequest(o);
  if (asked !== undefined && o.pagesURL !== undefined) return { kind: 'Invite', request: asked };
  const { secretName, expiryTime } = invitationOf(o) ?? {};
  if (secretName === undefined) return undefined;
  const isOver = o.now >= (parseInstant(expiryTime) ?? 0) || read(o)?.pending.value?.invitation?.usedAt !== undefined;
  return isOver ? { kind: 'EndInvitation' } : undefined;
};

/** When a consent, a device or an invitation is looked at next. */
export function consentMoment(o: Observation): number | undefined {
  const device = openDevice(o);
  const invited = invitationOf(o);
  const moments = [
    openStaged(o)?.until,
    unstaged(o.consent) === undefined && !isComingBack(o) ? undefined : o.now + LOOK_MS,
    device?.expiresAt,
    device === undefined ? undefined : read(o)?.pollAt,
    invited?.secretName === undefined ? undefined : parseInstant(invited.expiryTime),
    o.retries.Consent?.nextAt,
    o.retries.Invite?.nextAt,
  ].filter((at): at is number => at !== undefined && at > o.now);
  return moments.length === 0 ? undefined : Math.min(...moments);
}
