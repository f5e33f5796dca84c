import { createHmac } from 'node:crypto';
import type { SocialChannelStatus } from '../../../src/api/resources.gen.ts';
import type { SpendOutcome } from '../../../src/core/platform-port.ts';
import { settings } from '../builders.ts';
import { minuteMs, secondMs } from '../times.ts';
import { Answers, type Claim } from './answers.ts';
import { grantOf, type RawGrant, tokensParked } from './grants.ts';
import { Logins, type RawStaged, stagedPath } from './logins.ts';
import { Losses } from './losses.ts';
import type { Spend } from './platform.ts';
import type { Replica } from './replica.ts';
import type { Stage } from './stage.ts';
import { channelPath, type WriteListener } from './vault.ts';

interface Rejection {
  readonly to: Replica;
  readonly consent: number;
  /** The platform was wrong. */
  readonly isMistaken: boolean;
}

/** Reasons that need no rejection: the platform's own statement of account, scopes or end, which anybody can compare. */
const byFacts = new Set(['ScopeMissing', 'WrongAccount', 'DeadlinePassed', 'DataAccessExpired']);
/** Clocks that are off by ten minutes each, and a minute for what travels. */
const clocksMs = 21 * minuteMs;
/** Between two attempts of one unclear write: a deadline, and a pause. */
const unclearMs = 7 * secondMs;
const key = Buffer.alloc(32, 7);

/** Looks at every effect with the ledger in hand, and says which promise it broke. */
export class Judge {
  readonly violations: string[] = [];
  readonly losses: Losses;
  readonly answers: Answers;
  readonly logins: Logins;
  /** Whose call is being done. */
  actor: Replica | undefined;
  onNeedsReauth: () => void = () => {};
  namespaceAt = Number.NEGATIVE_INFINITY;
  readonly #stage: Stage;
  readonly #askedAt = new Map<string, number>();
  #rejections: Rejection[] = [];
  /** The consents whose tokens were in the grant. */
  readonly #stood = new Set<number>();
  #adoption: { readonly from: string | undefined; readonly at: number } | undefined;
  readonly #verdictsAt = new Set<number>();
  readonly #fingerprints = new Map<string, string>();

  constructor(stage: Stage) {
    this.#stage = stage;
    this.answers = new Answers(stage);
    this.logins = new Logins(stage);
    this.losses = new Losses(stage, this.answers);
    stage.vault.onWrite = (write) => this.#onWrite(write);
    stage.cluster.onStatus = (_, status) => this.#onStatus(status);
    stage.cluster.onSecret = ({ data }) => this.#onSecret(data.access_token?.reveal());
  }

  violation(rule: string, text: string): void {
    this.#stage.tell(() => `VIOLATION of "${rule}": ${text}`);
    this.violations.push(`${rule}: ${text}`);
  }

  /** The fence: whoever may lose the channel before a refresh is over does not begin one. */
  claiming(replica: Replica): void {
    const { now } = this.#stage.kernel;
    const isRepeated = now - (this.#askedAt.get(replica.name) ?? Number.NEGATIVE_INFINITY) < unclearMs;
    this.#askedAt.set(replica.name, now);
    // A write of which nobody knows whether it was done is repeated: it was begun before.
    if (isRepeated) return;
    if (!replica.owns(settings.httpTimeoutMs))
      this.violation('the owner alone begins a spend', `${replica.name} claims`);
  }

  sending(replica: Replica, token: string) {
    const own = this.#claimFor(replica, token);
    if (own !== undefined && this.#stage.kernel.now - own.writtenAt >= settings.claimLifeMs)
      this.violation('no spend without its claim', `${replica.name} sends ${token} when its claim is over`);
    let spend: Spend | undefined;
    return {
      arrived: (work: () => { outcome: SpendOutcome; spend: Spend }): SpendOutcome => {
        const claim = this.#beforeSpend(replica, token);
        const done = work();
        spend = done.spend;
        if (claim !== undefined) this.answers.sent(spend, claim);
        return done.outcome;
      },
      lost: () => {
        if (spend?.fate === 'Travelling') spend.fate = 'Lost';
      },
      delivered: (outcome: SpendOutcome) => {
        if (spend?.fate === 'Travelling') spend.fate = 'Held';
        if (outcome.kind === 'Rejected') this.#rejected(replica, token);
        if (outcome.kind === 'Answered') this.#rejections = [];
      },
    };
  }

  /** A question about the access token was answered with no. */
  told(replica: Replica, access: string | undefined): void {
    if (access !== undefined) this.#rejected(replica, access);
  }

  #rejected(to: Replica, token: string): void {
    const { platform } = this.#stage;
    const consent = platform.tokenOf(token)?.consent.no ?? 0;
    this.#rejections.push({ to, consent, isMistaken: platform.accepts(token) || platform.isAlive(token) });
  }

  #beforeSpend(replica: Replica, token: string): Claim | undefined {
    const claim = this.#claimFor(replica, token);
    if (claim === undefined) this.violation('no spend without its claim', `${replica.name} sends ${token}`);
    else claim.isSpent = true;
    const { platform, vault, kernel } = this.#stage;
    const record = grantOf(vault);
    const isForeign = record !== undefined && !this.#isHere(record) && kernel.now - this.namespaceAt > minuteMs;
    if (isForeign) this.violation('a foreign grant is not used', `${replica.name} sends ${token}`);
    if (platform.isReplay(token) && !platform.isGraceful(token)) this.#beforeReplay(claim, token, record);
    return claim;
  }

  /** The claim in the newest version, or an own one whose life or epoch is over or that a restore took away. */
  #claimFor(replica: Replica, token: string): Claim | undefined {
    const { vault, kernel } = this.#stage;
    const fingerprint = this.fingerprint(token);
    const standing = grantOf(vault)?.claim;
    // Younger ones first: an older one may have been released without a spend.
    for (const claim of this.answers.claims()) {
      if (claim.holder !== replica.name || claim.fingerprint !== fingerprint || claim.isSpent) continue;
      const isOutlived = kernel.now - claim.writtenAt >= settings.claimLifeMs;
      if (standing?.id === claim.id || isOutlived || claim.isTaken || standing === undefined) return claim;
    }
    return undefined;
  }

  #beforeReplay(claim: Claim | undefined, token: string, record: RawGrant | undefined): void {
    const { platform, kernel } = this.#stage;
    const first = platform.replacing(token);
    const excuse = this.answers.excuse(first, claim);
    const consent = platform.tokenOf(token)?.consent.no ?? 0;
    if (excuse === undefined)
      this.violation('no token is spent twice', `${claim?.holder} sends ${token}, whose answer is ${first?.fate}`);
    else this.losses.replayed(consent, excuse);
    const access = record?.tokens.accessRefusedAt === undefined ? record?.tokens.access : undefined;
    const leftMs = (platform.tokenOf(access)?.endsAt ?? 0) - kernel.now;
    // Of the same consent: what a person gave meanwhile ends with no older token.
    const isKin = platform.tokenOf(access)?.consent === platform.tokenOf(token)?.consent;
    const isWorthKeeping = isKin && platform.isAlive(access) && leftMs > settings.propagationFloorMs + clocksMs;
    // Whoever cannot see that the token was sent before cannot wait with it either.
    const isTaken = excuse === 'RolledBack' || this.answers.claimOf(first)?.isTaken === true;
    if (isWorthKeeping && platform.profile.oldToken === 'ReplayRevokesAll' && !isTaken) {
      this.violation(
        'a living access token is not risked',
        `${claim?.holder} sends ${token}, ${leftMs} ms before the end`,
      );
    }
  }

  #onWrite({ path, before, after }: Parameters<WriteListener>[0]): void {
    if (path === stagedPath) this.logins.wrote(after.data as unknown as RawStaged);
    if (path === `${channelPath}/parked`) this.answers.stored(tokensParked(this.#stage.vault));
    if (path === `${channelPath}/grant` && after.data?.state === 'Forgotten')
      this.answers.forgotten(after.data.consumedBootstraps as readonly string[] | undefined);
    if (path !== `${channelPath}/grant` || after.data?.state !== 'Present') return;
    const record = after.data as unknown as RawGrant;
    const replaced = before?.data?.state === 'Present' ? (before.data as unknown as RawGrant) : undefined;
    this.answers.stored(new Set([record.tokens.refresh, record.tokens.access]));
    const { claim, verdict } = record;
    if (claim !== undefined && claim.id !== replaced?.claim?.id) {
      this.answers.claimed({ ...claim, writtenAt: after.writtenAt });
    }
    const { adoptFrom } = this.#stage.cluster;
    const taken = replaced?.identity.namespaceUid ?? record.identity.namespaceUid;
    if (taken !== record.identity.namespaceUid && taken !== adoptFrom && !this.#wasAdopted(taken))
      this.violation('a foreign grant is not taken over', `that of ${taken} by ${record.identity.namespaceUid}`);
    const isOlder = replaced !== undefined && this.#age(record) < this.#age(replaced);
    if (isOlder && !this.answers.isTakenFrom(this.actor) && !this.#isImport(record, replaced)) {
      const text = `${replaced.tokens.refresh ?? replaced.tokens.access} by ${record.tokens.refresh ?? record.tokens.access}`;
      this.violation('a newer grant is not overwritten by an older one', text);
    }
    const consent = this.#consentOf(record);
    if (consent !== undefined) this.#stood.add(consent);
    if (verdict !== undefined && verdict.at !== replaced?.verdict?.at) this.#onVerdict(record);
  }

  /** A Secret may be put there while somebody comes by the page; whichever is read last is what people said last. */
  #isImport(record: RawGrant, replaced: RawGrant): boolean {
    const consent = this.#consentOf(record);
    if (record.consent !== undefined || consent === undefined) return false;
    if (!this.#stood.has(consent)) return replaced.consent !== undefined;
    // A restore took the mark that it was imported, and there is nothing to lose: the platform has ended the other one.
    const { refresh_token: refresh, access_token: access } = this.#stage.cluster.bootstrap?.data ?? {};
    const isInSecret = (refresh ?? access)?.reveal() === (record.tokens.refresh ?? record.tokens.access);
    return isInSecret && replaced.verdict !== undefined && this.answers.restoredAt > Number.NEGATIVE_INFINITY;
  }
  #isHere({ identity }: RawGrant): boolean {
    const { namespaceUid, adoptFrom } = this.#stage.cluster;
    const uid = identity.namespaceUid;
    return uid === namespaceUid || uid === adoptFrom || this.#wasAdopted(uid);
  }
  /** The administrator's word was there when it was read, and went with the cluster that was put back. */
  #wasAdopted(from: string): boolean {
    return this.#adoption?.from === from && this.#stage.kernel.now - this.#adoption.at <= minuteMs;
  }
  /** Told before the objects are put back. */
  clusterRestored(): void {
    this.#adoption = { from: this.#stage.cluster.adoptFrom, at: this.#stage.kernel.now };
    this.answers.clusterRestored();
  }
  #consentOf({ tokens }: RawGrant): number | undefined {
    return this.#stage.platform.tokenOf(tokens.refresh ?? tokens.access)?.consent.no;
  }

  /** Younger consents before older ones, and then by the youngest token. */
  #age({ tokens }: RawGrant): number {
    const found = [tokens.refresh, tokens.access].map((value) => this.#stage.platform.tokenOf(value));
    const consent = found[0]?.consent.no ?? found[1]?.consent.no ?? 0;
    return consent * 1e6 + Math.max(...found.map((token) => token?.issue ?? 0));
  }

  #onVerdict(record: RawGrant): void {
    const { platform, kernel } = this.#stage;
    this.#verdictsAt.add(Math.floor(Date.parse(record.verdict?.at ?? '') / 1000));
    const token = record.tokens.refresh ?? record.tokens.access;
    const consent = platform.tokenOf(token)?.consent.no;
    const heard = this.#rejections.filter((one) => one.to === this.actor && one.consent === consent);
    const needed = platform.profile.oldToken === 'Lives' ? 2 : 1;
    if (heard.length < needed) {
      this.violation(
        'no verdict without a definite rejection',
        `${heard.length} heard by ${this.actor?.name}, ${needed} needed`,
      );
    }
    if (platform.accepts(token) && !heard.some(({ isMistaken }) => isMistaken)) {
      this.violation('no false accusation', `${token} is good at ${kernel.now}`);
    }
    this.losses.note(token);
  }

  #onStatus({ state, reason, needsReauthSince = '' }: SocialChannelStatus): void {
    if (state === 'NeedsReauth') this.onNeedsReauth();
    if (state !== 'NeedsReauth' || byFacts.has(reason ?? '')) return;
    if (!this.#verdictsAt.has(Math.floor(Date.parse(needsReauthSince) / 1000))) {
      this.violation('no NeedsReauth without a verdict in Vault', `${reason} since ${needsReauthSince}`);
    }
  }

  #onSecret(access: string | undefined): void {
    const { platform, vault, kernel } = this.#stage;
    const account = platform.tokenOf(access)?.consent.account;
    if (account !== '42') this.violation('no token of another account is shown', `${access} of ${account}`);
    const record = grantOf(vault);
    if (record !== undefined && !this.#isHere(record) && kernel.now - this.namespaceAt > minuteMs)
      this.violation('a foreign grant is not shown', `${access}`);
  }

  fingerprint(token: string): string {
    const known = this.#fingerprints.get(token);
    if (known !== undefined) return known;
    const made = createHmac('sha256', key).update(token).digest('hex');
    this.#fingerprints.set(token, made);
    return made;
  }
}
