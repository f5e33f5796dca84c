// A flat table: every excuse of the judge, each where it holds and, right after it, where it does not.
import { formatInstant } from '../../../src/core/instant.ts';
import { settings } from '../builders.ts';
import { reusable, singleUse, traded, withGrace } from '../profiles.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../times.ts';
import type { Play } from './play.ts';

export interface Row {
  readonly what: string;
  /** Where it is not a token that is spent by one use, and whose second use ends nothing else. */
  readonly profile?: typeof reusable;
  readonly play: (play: Play) => void;
  readonly rules: readonly string[];
  readonly losses?: object;
}

const twice = 'no token is spent twice';
const lost = 'no grant is lost';
const older = 'a newer grant is not overwritten by an older one';
const unclaimed = 'no spend without its claim';
const risked = 'a living access token is not risked';
const unheard = 'no verdict without a definite rejection';

/** The same token once more, by the other replica, which has looked for an answer before. */
function again(p: Play): void {
  p.look(p.b);
  p.claim(p.b);
  p.spend(p.b);
}

/** A token whose answer is lost, and the other replica that waits until the claim is over. */
function interrupted(p: Play): void {
  p.claim(p.a);
  p.spend(p.a, p.first, true);
  p.wait(minuteMs);
}

/** Two claims of one token, a restore between them or not; the answer that came first is stored, and spent in its turn. */
function twins(p: Play, between: () => void): void {
  p.backUp();
  p.claim(p.a);
  between();
  p.claim(p.b);
  const stored = p.spend(p.a);
  const kept = p.spend(p.b);
  p.commit(stored);
  p.park(kept);
  p.wait(hourMs);
  p.look(p.a);
  p.claim(p.a, stored);
  p.spend(p.a, stored);
}

const answers: readonly Row[] = [
  {
    what: 'of two answers for one token the wrong one may be stored where a restore took a claim away',
    profile: withGrace,
    play: (p) => twins(p, () => p.restore()),
    rules: [],
  },
  {
    what: 'of two answers for one token the right one is stored where no restore took a claim away',
    profile: withGrace,
    play: (p) => twins(p, () => {}),
    rules: [unclaimed, twice],
  },
  {
    what: 'an answer that died on the wire could not be known',
    play: (p) => {
      interrupted(p);
      again(p);
      p.lose();
    },
    rules: [],
    losses: { Interrupted: 1 },
  },
  {
    what: 'an answer that came and was stored could be known',
    play: (p) => {
      p.claim(p.a);
      p.commit(p.spend(p.a));
      p.wait(minuteMs);
      again(p);
      p.lose();
    },
    rules: [older, twice, lost],
    losses: { LOST: 1 },
  },
  {
    what: 'a token that was replaced by an older one within its grace is not to be known as replaced where that answer died',
    profile: withGrace,
    play: (p) => {
      p.claim(p.a);
      const late = p.spend(p.a);
      p.wait(minuteMs);
      p.claim(p.b);
      p.spend(p.b, p.first, true);
      p.commit(late);
      p.wait(withGrace.graceMs ?? 0);
      p.claim(p.b, late);
      p.spend(p.b, late);
      p.lose(late);
    },
    rules: [],
    losses: { Interrupted: 1 },
  },
  {
    what: 'a token that was replaced by an older one within its grace is known as replaced where that answer is parked',
    profile: withGrace,
    play: (p) => {
      p.claim(p.a);
      const late = p.spend(p.a);
      p.wait(minuteMs);
      p.claim(p.b);
      p.park(p.spend(p.b));
      p.commit(late);
      p.wait(withGrace.graceMs ?? 0);
      p.look(p.b);
      p.claim(p.b, late);
      p.spend(p.b, late);
      p.lose(late);
    },
    rules: [twice, lost],
    losses: { LOST: 1 },
  },
  {
    what: 'an answer that is taken out of escrow right after a restore had been seen where it lay before',
    play: (p) => {
      p.backUp();
      const id = p.claim(p.a);
      p.spend(p.a);
      p.escrow(id);
      p.restore();
      p.drop(id);
      again(p);
      p.lose();
    },
    rules: [],
    losses: { RolledBack: 1 },
  },
  {
    what: 'an answer that is taken out of escrow long after a restore is thrown away',
    play: (p) => {
      p.backUp();
      const id = p.claim(p.a);
      p.spend(p.a);
      p.escrow(id);
      p.restore();
      p.wait(minuteMs);
      p.drop(id);
      again(p);
      p.lose();
    },
    rules: [twice, lost],
    losses: { LOST: 1 },
  },
  {
    what: 'a lagging standby shows nothing of what was parked',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      p.park(p.spend(p.a));
      p.stage.vault.lag = 1;
      again(p);
    },
    rules: [],
  },
  {
    what: 'a standby that keeps up shows it',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      p.park(p.spend(p.a));
      again(p);
    },
    rules: [twice],
  },
  {
    what: 'who looked right before it was parked could not find it',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      const answer = p.spend(p.a);
      p.look(p.b);
      p.park(answer);
      p.claim(p.b);
      p.spend(p.b);
    },
    rules: [],
  },
  {
    what: 'who looked long before it was parked should have looked again',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      const answer = p.spend(p.a);
      p.look(p.b);
      p.wait(minuteMs);
      p.park(answer);
      p.claim(p.b);
      p.spend(p.b);
    },
    rules: [twice],
  },
  {
    what: 'a login that was forgotten is remembered by its tombstone',
    play: (p) => {
      p.claim(p.a);
      p.commit(p.spend(p.a));
      p.forget();
      p.wait(minuteMs);
      again(p);
    },
    rules: [twice],
  },
  {
    what: 'a tombstone does not tell of an import that a restore took away',
    play: (p) => {
      p.backUp();
      p.restore();
      p.claim(p.a);
      p.commit(p.spend(p.a));
      p.forget();
      again(p);
    },
    rules: [],
  },
  {
    what: 'a tombstone tells of an import whatever was restored before',
    play: (p) => {
      p.backUp();
      p.restore();
      p.claim(p.a);
      p.commit(p.spend(p.a));
      p.forget(p.first);
      again(p);
    },
    rules: [twice],
  },
  {
    what: 'a login that was forgotten is not remembered where its tombstone was taken by a restore',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.commit(p.spend(p.a));
      p.forget();
      p.restore();
      again(p);
    },
    rules: [],
  },
];

const restores: readonly Row[] = [
  {
    what: 'a claim from after the backup is taken, and keeps nobody off',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      p.spend(p.a);
      again(p);
    },
    rules: [],
  },
  {
    what: 'a claim from before the backup is not taken, and is waited for',
    play: (p) => {
      p.claim(p.a);
      p.backUp();
      p.restore();
      p.spend(p.a);
      again(p);
    },
    rules: [twice],
  },
  {
    what: 'the newest answer, taken by a restore, is still there where it lies in escrow too',
    play: (p) => {
      p.backUp();
      const id = p.claim(p.a);
      const answer = p.spend(p.a);
      p.escrow(id);
      p.commit(answer);
      p.restore();
      again(p);
    },
    rules: [twice],
  },
  {
    what: 'an older answer in escrow is not to be believed after a restore: a newer one came after it',
    play: (p) => {
      p.backUp();
      const id = p.claim(p.a);
      const answer = p.spend(p.a);
      p.escrow(id);
      p.commit(answer);
      p.claim(p.a, answer);
      p.commit(p.spend(p.a, answer));
      p.restore();
      again(p);
    },
    rules: [],
  },
  {
    what: 'an answer that was parked before the backup is still parked',
    play: (p) => {
      p.claim(p.a);
      const answer = p.spend(p.a);
      p.park(answer);
      p.backUp();
      p.commit(answer);
      p.restore();
      p.wait(minuteMs);
      again(p);
    },
    rules: [twice],
  },
  {
    what: 'an answer in escrow goes with a cluster that is put back to before it',
    play: (p) => {
      const id = p.claim(p.a);
      p.spend(p.a);
      p.escrow(id);
      p.restoreCluster([]);
      p.wait(minuteMs);
      again(p);
      p.lose();
    },
    rules: [],
    losses: { RolledBack: 1 },
  },
  {
    what: 'an answer in escrow stays where the copy of the cluster has it',
    play: (p) => {
      const id = p.claim(p.a);
      p.spend(p.a);
      p.escrow(id);
      p.restoreCluster([...p.stage.escrow]);
      p.wait(minuteMs);
      again(p);
      p.lose();
    },
    rules: [twice, lost],
    losses: { LOST: 1 },
  },
  {
    what: 'who has a claim that a restore took away may meet the version that it expects',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      p.claim(p.b);
      p.commit(p.spend(p.b), p.b);
      p.commit(p.first, p.a);
    },
    rules: [],
  },
  {
    what: 'who has a claim that nobody took away may not',
    play: (p) => {
      p.claim(p.a);
      p.wait(minuteMs);
      p.claim(p.b);
      p.commit(p.spend(p.b), p.b);
      p.commit(p.first, p.a);
    },
    rules: [older],
  },
  {
    what: 'who has claimed anew since the restore may not either',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      p.claim(p.a);
      p.claim(p.b);
      p.commit(p.spend(p.b), p.b);
      p.commit(p.first, p.a);
    },
    rules: [older],
  },
];

const logins: readonly Row[] = [
  {
    what: 'a Secret that was put there while somebody came by the page is imported after that',
    play: (p) => {
      const { first } = p.consent();
      p.page(p.consent().first);
      p.commit(first);
    },
    rules: [],
  },
  {
    what: 'a Secret that was imported before takes the place of nothing',
    play: (p) => {
      p.page(p.consent().first);
      p.commit(p.first);
    },
    rules: [older],
  },
  {
    what: 'a Secret with an older login takes the place of none that came by a Secret',
    play: (p) => {
      const { first } = p.consent();
      p.commit(p.consent().first);
      p.commit(first);
    },
    rules: [older],
  },
  {
    what: 'a Secret whose mark a restore took away is imported over a login that the platform ended',
    play: (p) => {
      p.backUp();
      p.restore();
      const { first } = p.consent();
      p.stage.platform.withdraw();
      p.claim(p.a, first);
      p.spend(p.a, first);
      p.verdict(p.a, first);
      p.commit(p.first);
    },
    rules: [],
    losses: { Withdrawn: 1 },
  },
  {
    what: 'a Secret whose mark a restore took away takes the place of no login that lives',
    play: (p) => {
      p.backUp();
      p.restore();
      p.commit(p.consent().first);
      p.commit(p.first);
    },
    rules: [older],
  },
  {
    what: 'a Secret whose mark is there takes the place of none that the platform ended',
    play: (p) => {
      const { first } = p.consent();
      p.stage.platform.withdraw();
      p.claim(p.a, first);
      p.spend(p.a, first);
      p.verdict(p.a, first);
      p.commit(p.first);
    },
    rules: [older],
    losses: { Withdrawn: 1 },
  },
  {
    what: 'an older login by the page takes the place of nothing',
    play: (p) => {
      const { first } = p.consent();
      p.page(p.consent().first);
      p.page(first);
    },
    rules: [older],
  },
];

const losses: readonly Row[] = [
  {
    what: 'what the person withdrew is not lost by us',
    play: (p) => {
      p.stage.platform.withdraw();
      p.lose();
    },
    rules: [],
    losses: { Withdrawn: 1 },
  },
  {
    what: 'what nobody withdrew is',
    profile: traded,
    play: (p) => {
      p.wait(61 * dayMs);
      p.lose();
    },
    rules: [lost],
    losses: { LOST: 1 },
  },
  {
    what: 'a token that had ended before it came back from a backup is not lost by us',
    profile: traded,
    play: (p) => {
      p.backUp();
      p.wait(61 * dayMs);
      p.restore();
      p.lose();
    },
    rules: [],
    losses: { RolledBack: 1 },
  },
  {
    what: 'a token that lived when it came back from a backup is',
    profile: traded,
    play: (p) => {
      p.backUp();
      p.wait(50 * dayMs);
      p.restore();
      p.wait(11 * dayMs);
      p.lose();
    },
    rules: [lost],
    losses: { LOST: 1 },
  },
  {
    what: 'a login that ended with a second use that nobody could avoid is not lost by us',
    profile: singleUse,
    play: (p) => {
      interrupted(p);
      again(p);
      p.lose();
    },
    rules: [],
    losses: { Interrupted: 1 },
  },
  {
    what: 'a login that ended with a second use that could be avoided is',
    profile: singleUse,
    play: (p) => {
      p.claim(p.a);
      const answer = p.spend(p.a);
      p.park(answer);
      p.wait(minuteMs);
      again(p);
      p.lose(answer);
    },
    rules: [twice, lost],
    losses: { LOST: 1 },
  },
];

const living = (p: Play) => ({ access: p.access });

const risks: readonly Row[] = [
  {
    what: 'a living access token is worth more than a token that may be used up',
    profile: singleUse,
    play: (p) => {
      interrupted(p);
      p.claim(p.b, p.first, living(p));
      p.spend(p.b);
    },
    rules: [risked],
  },
  {
    what: 'one that is about to end is not',
    profile: singleUse,
    play: (p) => {
      interrupted(p);
      p.wait(4 * hourMs - settings.propagationFloorMs - 21 * minuteMs - 2 * minuteMs);
      p.claim(p.b, p.first, living(p));
      p.spend(p.b);
    },
    rules: [],
  },
  {
    what: 'one that was refused is not',
    profile: singleUse,
    play: (p) => {
      interrupted(p);
      p.claim(p.b, p.first, { ...living(p), accessRefusedAt: formatInstant(p.stage.kernel.now) });
      p.spend(p.b);
    },
    rules: [],
  },
  {
    what: 'one of another consent ends with no older token',
    profile: singleUse,
    play: (p) => {
      interrupted(p);
      const { access } = p.consent();
      p.claim(p.b, p.first, { access });
      p.spend(p.b);
    },
    rules: [],
  },
  {
    what: 'who cannot see that the token was sent cannot wait with it',
    profile: singleUse,
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      p.spend(p.a, p.first, true);
      p.claim(p.b, p.first, living(p));
      p.spend(p.b);
    },
    rules: [],
  },
  {
    what: 'who cannot see the answer that a restore took away cannot wait either',
    profile: singleUse,
    play: (p) => {
      p.claim(p.a);
      p.backUp();
      p.commit(p.spend(p.a));
      p.restore();
      p.claim(p.b, p.first, living(p));
      p.spend(p.b);
    },
    rules: [],
  },
  {
    what: 'where a second use ends nothing else it is not risked by it',
    play: (p) => {
      interrupted(p);
      p.claim(p.b, p.first, living(p));
      p.spend(p.b);
    },
    rules: [],
  },
];

const fences: readonly Row[] = [
  {
    what: 'who may lose the channel does not begin a claim',
    play: (p) => {
      p.isOwner = false;
      p.ask(p.a);
    },
    rules: ['the owner alone begins a spend'],
  },
  {
    what: 'an unclear write of a claim is repeated by who owned the channel when it began',
    play: (p) => {
      p.ask(p.a);
      p.isOwner = false;
      p.wait(6 * secondMs);
      p.ask(p.a);
    },
    rules: [],
  },
  {
    what: 'a claim long after another one is a new one',
    play: (p) => {
      p.ask(p.a);
      p.isOwner = false;
      p.wait(8 * secondMs);
      p.ask(p.a);
    },
    rules: ['the owner alone begins a spend'],
  },
  {
    what: 'a claim that another one replaced before its time allows nothing',
    play: (p) => {
      p.claim(p.a);
      p.claim(p.b);
      p.spend(p.a);
    },
    rules: [unclaimed],
  },
  {
    what: 'a claim that a restore took away allows what was about to be sent, although another one stands there',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      p.claim(p.b);
      p.spend(p.a);
    },
    rules: [],
  },
  {
    what: 'what was sent in time may arrive when the claim is over and another one stands there',
    play: (p) => {
      p.claim(p.a);
      const arrive = p.send(p.a);
      p.wait(minuteMs);
      p.claim(p.b);
      arrive();
    },
    rules: [],
  },
  {
    what: 'a claim that a new login ended allows what was about to be sent',
    play: (p) => {
      p.claim(p.a);
      p.commit(p.consent().first);
      p.spend(p.a);
    },
    rules: [],
  },
  {
    what: 'a claim allows one spend',
    profile: reusable,
    play: (p) => {
      p.claim(p.a);
      p.spend(p.a);
      p.spend(p.a);
    },
    rules: [unclaimed],
  },
  {
    what: 'who was about to send when the namespace was made anew could not know',
    play: (p) => {
      p.claim(p.a);
      p.renewNamespace();
      p.wait(30 * secondMs);
      p.spend(p.a);
    },
    rules: [],
  },
  {
    what: 'who sends a minute later could',
    play: (p) => {
      p.renewNamespace();
      p.wait(minuteMs);
      p.claim(p.a);
      p.spend(p.a);
    },
    rules: ['a foreign grant is not used'],
  },
  {
    what: 'a Secret may be on its way when the namespace is made anew',
    play: (p) => {
      p.renewNamespace();
      p.wait(30 * secondMs);
      p.show(p.access);
    },
    rules: [],
  },
  {
    what: 'a Secret of a foreign grant is not shown a minute later',
    play: (p) => {
      p.renewNamespace();
      p.wait(2 * minuteMs);
      p.show(p.access);
    },
    rules: ['a foreign grant is not shown'],
  },
  {
    what: 'a grant that an administrator gave to the new namespace is not foreign',
    play: (p) => {
      p.renewNamespace();
      p.wait(2 * minuteMs);
      p.stage.cluster.change({ adoptFrom: 'namespace-uid' });
      p.show(p.access);
    },
    rules: [],
  },
];

const verdicts: readonly Row[] = [
  {
    what: 'a definite rejection is enough where asking again is not harmless',
    play: (p) => {
      p.stage.platform.withdraw();
      p.claim(p.a);
      p.spend(p.a);
      p.verdict(p.a);
    },
    rules: [],
    losses: { Withdrawn: 1 },
  },
  {
    what: 'what another process heard is no rejection',
    play: (p) => {
      p.stage.platform.withdraw();
      p.claim(p.a);
      p.spend(p.a);
      p.verdict(p.b);
    },
    rules: [unheard],
    losses: { Withdrawn: 1 },
  },
  {
    what: 'a rejection of another login is none of this one',
    play: (p) => {
      p.stage.platform.withdraw();
      p.claim(p.a);
      p.spend(p.a);
      const { first } = p.consent();
      p.stage.platform.withdraw();
      p.commit(first);
      p.verdict(p.a, first);
    },
    rules: [unheard],
    losses: { Withdrawn: 1 },
  },
  {
    what: 'one rejection is not enough where asking again is harmless',
    profile: reusable,
    play: (p) => {
      p.stage.platform.withdraw();
      p.claim(p.a);
      p.spend(p.a);
      p.verdict(p.a);
    },
    rules: [unheard],
    losses: { Withdrawn: 1 },
  },
  {
    what: 'two are',
    profile: reusable,
    play: (p) => {
      p.stage.platform.withdraw();
      for (let times = 0; times < 2; times += 1) {
        p.claim(p.a);
        p.spend(p.a);
      }
      p.verdict(p.a);
    },
    rules: [],
    losses: { Withdrawn: 1 },
  },
  {
    what: 'a platform that says no by mistake is believed',
    play: (p) => {
      p.stage.platform.mistakes = 1;
      p.claim(p.a);
      p.spend(p.a);
      p.verdict(p.a);
    },
    rules: [],
  },
  {
    what: 'a no to an access token that has ended accuses nobody whose login is good',
    play: (p) => {
      p.wait(dayMs);
      p.stage.judge.told(p.a, p.access);
      p.verdict(p.a);
    },
    rules: ['no false accusation'],
  },
  {
    what: 'an answer after a rejection makes that void',
    profile: reusable,
    play: (p) => {
      p.stage.platform.mistakes = 2;
      for (let times = 0; times < 3; times += 1) {
        p.claim(p.a);
        p.spend(p.a);
      }
      p.verdict(p.a);
    },
    rules: [unheard, 'no false accusation'],
  },
  {
    what: 'a person is asked by a verdict that stands in Vault',
    play: (p) => {
      p.stage.platform.withdraw();
      p.claim(p.a);
      p.spend(p.a);
      p.status({ state: 'NeedsReauth', reason: 'AccessRevoked', needsReauthSince: p.verdict(p.a) });
    },
    rules: [],
    losses: { Withdrawn: 1 },
  },
  {
    what: 'a person is not asked without one',
    play: (p) => {
      const needsReauthSince = formatInstant(p.stage.kernel.now);
      p.status({ state: 'NeedsReauth', reason: 'AccessRevoked', needsReauthSince });
    },
    rules: ['no NeedsReauth without a verdict in Vault'],
  },
  {
    what: 'facts that anybody can compare need no verdict',
    play: (p) => {
      p.status({ state: 'NeedsReauth', reason: 'ScopeMissing', needsReauthSince: formatInstant(p.stage.kernel.now) });
    },
    rules: [],
  },
];

const adopted = (p: Play, laterMs: number) => {
  p.renewNamespace();
  p.wait(2 * minuteMs);
  p.stage.cluster.change({ adoptFrom: 'namespace-uid' });
  p.restoreCluster([]);
  p.stage.cluster.change({ adoptFrom: undefined });
  p.wait(laterMs);
  p.show(p.access);
  p.takeOver();
};

const adoptions: readonly Row[] = [
  {
    what: "an administrator's word that was read goes with a cluster that is put back",
    play: (p) => adopted(p, secondMs),
    rules: [],
  },
  {
    what: "an administrator's word that is gone for long is none",
    play: (p) => adopted(p, 2 * minuteMs),
    rules: ['a foreign grant is not shown', 'a foreign grant is not taken over'],
  },
];

export const excuses: readonly Row[] = [
  ...answers,
  ...restores,
  ...logins,
  ...losses,
  ...risks,
  ...fences,
  ...adoptions,
  ...verdicts,
];
