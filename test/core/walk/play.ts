import type { SocialChannelStatus } from '../../../src/api/resources.gen.ts';
import { formatInstant } from '../../../src/core/instant.ts';
import type { PlatformProfile } from '../../../src/core/profile.ts';
import { Sealed } from '../../../src/core/sealed.ts';
import { singleUse } from '../profiles.ts';
import { dayMs, minuteMs, secondMs } from '../times.ts';
import type { Judge } from './judge.ts';
import { Replica } from './replica.ts';
import { Stage } from './stage.ts';
import { channelPath, type VaultSnapshot } from './vault.ts';

const dies: PlatformProfile = { ...singleUse, oldToken: 'Dies', accessLifetimeMs: dayMs };

interface Access {
  readonly access?: string;
  readonly accessRefusedAt?: string;
}

/** A play by hand: what two processes do to Vault and the platform, as if the operator had done it. */
export class Play {
  readonly stage: Stage;
  readonly a: Replica;
  readonly b: Replica;
  backup: VaultSnapshot | undefined;
  /** The tokens that the person consented to. */
  readonly first: string;
  readonly access: string;
  /** Whether a replica owns the channel. */
  isOwner = true;
  #claims = 0;
  #verdicts = 0;

  constructor(profile: PlatformProfile = dies) {
    this.stage = new Stage(profile, () => ({ submit: () => {} }));
    this.a = new Replica(this.stage, 'a', () => this.isOwner);
    this.b = new Replica(this.stage, 'b', () => this.isOwner);
    const bootstrap = this.stage.newConsent();
    this.stage.cluster.change({ bootstrap });
    const { access_token: access, refresh_token: refresh } = bootstrap.data;
    this.access = access?.reveal() ?? '';
    this.first = refresh?.reveal() ?? this.access;
    this.commit(this.first);
    this.wait(minuteMs);
  }

  get rules(): readonly (string | undefined)[] {
    return this.stage.judge.violations.map((violation) => violation.split(':')[0]);
  }

  wait(ms: number): void {
    this.stage.kernel.now += ms;
  }
  backUp(): void {
    this.backup = this.stage.vault.snapshot();
    this.wait(secondMs);
  }
  restore(): void {
    if (this.backup !== undefined) this.stage.judge.answers.restoreVault(this.backup);
    this.wait(secondMs);
  }
  look(by: Replica): void {
    for (const what of ['read parked', 'list escrow']) this.stage.judge.answers.looked(by, what);
    this.wait(secondMs);
  }

  claim(by: Replica, token = this.first, access: Access = {}): string {
    this.#claims += 1;
    const id = `claim-${this.#claims}`;
    const fingerprint = this.stage.judge.fingerprint(token);
    this.stage.judge.actor = by;
    this.#write('grant', { ...this.#record(token, access), claim: { id, holder: by.name, fingerprint } });
    this.wait(secondMs);
    return id;
  }
  /** A write of a claim is about to be sent. */
  ask(by: Replica): void {
    this.stage.judge.claiming(by);
  }
  /** Another consent of the person; answers its tokens. */
  consent(): { readonly first: string; readonly access: string } {
    const { access_token: access, refresh_token: refresh } = this.stage.newConsent().data;
    this.wait(secondMs);
    return { first: refresh?.reveal() ?? '', access: access?.reveal() ?? '' };
  }
  /** Sent, done, and the answer has arrived, or is `lost` on its way; answers the refresh token of the answer. */
  spend(by: Replica, token = this.first, isLost = false): string | undefined {
    return this.send(by, token)(isLost);
  }
  /** Sent; what is answered lets it arrive. */
  send(by: Replica, token = this.first): (isLost?: boolean) => string | undefined {
    const sent = this.stage.judge.sending(by, token);
    return (isLost = false) => this.#arrive(by, token, sent, isLost);
  }
  #arrive(by: Replica, token: string, sent: ReturnType<Judge['sending']>, isLost: boolean): string | undefined {
    const { platform, kernel } = this.stage;
    const outcome = sent.arrived(() => platform.spend(token, by.name, kernel.now));
    if (isLost) sent.lost();
    else sent.delivered(outcome);
    this.wait(secondMs);
    return outcome.kind === 'Answered' ? outcome.answer.refresh?.reveal() : undefined;
  }
  commit(token = '', by = this.a): void {
    this.stage.judge.actor = by;
    this.#write('grant', this.#record(token));
    this.wait(secondMs);
  }
  /** The grant becomes that of the namespace that is there now. */
  takeOver(): void {
    const { namespaceUid } = this.stage.cluster;
    this.#write('grant', { ...this.#record(this.first), identity: { namespaceUid } });
  }
  /** A login by the page takes the place of what is there. */
  page(token: string): void {
    this.#write('grant', { ...this.#record(token), consent: 'consent-1' });
    this.wait(secondMs);
  }
  /** The record says that the login is over, in the name of this replica. */
  verdict(by: Replica, token = this.first): string {
    this.#verdicts += 1;
    const at = formatInstant(this.stage.kernel.now);
    this.stage.judge.actor = by;
    this.#write('grant', { ...this.#record(token), verdict: { at, reason: `AccessRevoked-${this.#verdicts}` } });
    this.wait(secondMs);
    return at;
  }
  /** A tombstone takes its place, which tells that these tokens were imported. */
  forget(...imported: readonly string[]): void {
    const consumedBootstraps = imported.map((token) => this.stage.judge.fingerprint(token));
    this.#write('grant', { state: 'Forgotten', consumedBootstraps });
    this.wait(secondMs);
  }
  park(token = ''): void {
    this.#write('parked', { answers: [{ answer: { refresh: token } }] });
    this.wait(secondMs);
  }
  escrow(claimId: string): void {
    this.stage.escrow.push({ place: { name: claimId, uid: claimId }, claimId, bytes: new Uint8Array() });
    this.stage.judge.answers.escrowed(claimId);
    this.wait(secondMs);
  }
  /** Whoever stored the answer takes it out of escrow. */
  drop(claimId: string): void {
    const { escrow, judge } = this.stage;
    escrow.splice(
      escrow.findIndex((one) => one.claimId === claimId),
      1,
    );
    judge.answers.dropped(claimId);
    this.wait(secondMs);
  }
  /** The cluster is put back to a copy that has these answers in escrow. */
  restoreCluster(escrow: Stage['escrow']): void {
    this.stage.escrow.splice(0, this.stage.escrow.length, ...escrow);
    this.stage.judge.clusterRestored();
    this.wait(secondMs);
  }
  /** A namespace of that name is made anew. */
  renewNamespace(): void {
    this.stage.judge.namespaceAt = this.stage.kernel.now;
    this.stage.cluster.change({ namespaceUid: 'namespace-uid-2' });
  }
  show(access: string | undefined): void {
    const content = { name: 'token', labels: {}, annotations: {}, isOwned: true };
    this.stage.cluster.onSecret({ ...content, data: { access_token: Sealed.of(access ?? '') } });
  }
  status(status: Pick<SocialChannelStatus, 'state' | 'reason' | 'needsReauthSince'>): void {
    const { cluster } = this.stage;
    if (cluster.channel !== undefined) cluster.onStatus(cluster.channel, status as SocialChannelStatus);
  }
  /** What the platform says of this token now is noted as a loss. */
  lose(token = this.first): void {
    this.stage.judge.losses.note(token);
  }

  #record(refresh: string, access: Access = {}) {
    const identity = { namespaceUid: 'namespace-uid' };
    return { state: 'Present', epoch: 1, generation: 1, identity, tokens: { refresh, ...access } };
  }
  #write(record: string, data: object): void {
    const path = `${channelPath}/${record}`;
    const { vault } = this.stage;
    vault.serve({ operation: 'write', method: 'POST', path, json: { data, options: { cas: vault.versions(path) } } });
  }
}
