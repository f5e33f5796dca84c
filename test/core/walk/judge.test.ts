import { describe, expect, it } from 'vitest';
import { singleUse } from '../profiles.ts';
import { dayMs, minuteMs, secondMs } from '../times.ts';
import { Replica } from './replica.ts';
import { Stage } from './stage.ts';
import { channelPath, type VaultSnapshot } from './vault.ts';

/** A play by hand: what two processes do to Vault and the platform, as if the operator had done it. */
class Play {
  readonly stage = new Stage({ ...singleUse, oldToken: 'Dies', accessLifetimeMs: dayMs }, () => ({ submit: () => {} }));
  readonly a = new Replica(this.stage, 'a', () => true);
  readonly b = new Replica(this.stage, 'b', () => true);
  backup: VaultSnapshot | undefined;
  /** The refresh token that the person consented to. */
  readonly first = this.stage.newConsent().data.refresh_token?.reveal() ?? '';
  #claims = 0;

  constructor() {
    this.#write('grant', this.#record(this.first));
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

  claim(by: Replica, token = this.first): string {
    this.#claims += 1;
    const id = `claim-${this.#claims}`;
    const fingerprint = this.stage.judge.fingerprint(token);
    this.#write('grant', { ...this.#record(token), claim: { id, holder: by.name, fingerprint } });
    this.wait(secondMs);
    return id;
  }
  /** Sent, done, and the answer has arrived; answers the refresh token of the answer. */
  spend(by: Replica, token = this.first): string | undefined {
    const { judge, platform, kernel } = this.stage;
    const sent = judge.sending(by, token);
    const outcome = sent.arrived(() => platform.spend(token, by.name, kernel.now));
    sent.delivered(outcome);
    this.wait(secondMs);
    return outcome.kind === 'Answered' ? outcome.answer.refresh?.reveal() : undefined;
  }
  commit(token = ''): void {
    this.#write('grant', this.#record(token));
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
  /** What the platform says of this token now is noted as a loss. */
  lose(token = this.first): void {
    this.stage.judge.losses.note(token);
  }

  #record(refresh: string) {
    const identity = { namespaceUid: 'namespace-uid' };
    return { state: 'Present', epoch: 1, generation: 1, identity, tokens: { refresh } };
  }
  #write(record: string, data: object): void {
    const path = `${channelPath}/${record}`;
    const { vault } = this.stage;
    vault.serve({ operation: 'write', method: 'POST', path, json: { data, options: { cas: vault.versions(path) } } });
  }
}

const twice = 'no token is spent twice';

interface Row {
  readonly what: string;
  readonly play: (play: Play) => void;
  readonly rules: readonly string[];
  readonly losses: object;
}

const rows: readonly Row[] = [
  {
    what: 'an answer that was stored after the backup is taken by the restore, not by us',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.commit(p.spend(p.a));
      p.restore();
      p.claim(p.b);
      p.spend(p.b);
      p.lose();
    },
    rules: [],
    losses: { RolledBack: 1 },
  },
  {
    what: 'an answer that was stored before the backup is not taken by the restore',
    play: (p) => {
      p.claim(p.a);
      p.commit(p.spend(p.a));
      p.backUp();
      p.restore();
      p.claim(p.b);
      p.spend(p.b);
    },
    rules: ['a newer grant is not overwritten by an older one', twice],
    losses: {},
  },
  {
    what: 'a claim that the restore took away between claim and spend kept nobody off',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      p.spend(p.a);
      p.claim(p.b);
      p.spend(p.b);
      p.lose();
    },
    rules: [],
    losses: { RolledBack: 1 },
  },
  {
    what: 'an answer that was parked before anybody looked is there to be found, whatever became of its claim',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      p.park(p.spend(p.a));
      p.look(p.b);
      p.claim(p.b);
      p.spend(p.b);
      p.lose();
    },
    rules: [twice, 'no grant is lost'],
    losses: { LOST: 1 },
  },
  {
    what: 'an answer that was parked after the look and before the claim could not be found',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      const answer = p.spend(p.a);
      p.look(p.b);
      p.park(answer);
      p.claim(p.b);
      p.spend(p.b);
      p.lose();
    },
    rules: [],
    losses: { RolledBack: 1 },
  },
  {
    what: 'who does not look at all has to answer for it',
    play: (p) => {
      p.backUp();
      p.claim(p.a);
      p.restore();
      p.park(p.spend(p.a));
      p.claim(p.b);
      p.spend(p.b);
    },
    rules: [twice],
    losses: {},
  },
  {
    what: 'an answer in escrow outlives the process that got it',
    play: (p) => {
      const id = p.claim(p.a);
      p.spend(p.a);
      p.escrow(id);
      p.a.die();
      p.wait(minuteMs);
      p.look(p.b);
      p.claim(p.b);
      p.spend(p.b);
    },
    rules: [twice],
    losses: {},
  },
  {
    what: 'an answer that dies with its process is nobody else to know, once its claim is over',
    play: (p) => {
      p.claim(p.a);
      p.spend(p.a);
      p.a.die();
      p.wait(minuteMs);
      p.look(p.b);
      p.claim(p.b);
      p.spend(p.b);
      p.lose();
    },
    rules: [],
    losses: { Interrupted: 1 },
  },
  {
    what: 'a claim is waited for while its holder lives, until it is over',
    play: (p) => {
      p.claim(p.a);
      p.spend(p.a);
      p.look(p.b);
      p.claim(p.b);
      p.spend(p.b);
    },
    rules: [twice],
    losses: {},
  },
  {
    what: 'a holder that stands still for longer than its claim lives is outlived',
    play: (p) => {
      p.claim(p.a);
      p.spend(p.a);
      p.wait(minuteMs);
      p.look(p.b);
      p.claim(p.b);
      p.spend(p.b);
      p.lose();
    },
    rules: [],
    losses: { Outlived: 1 },
  },
  {
    what: 'nothing is sent under a claim that is over',
    play: (p) => {
      p.claim(p.a);
      p.wait(minuteMs);
      p.spend(p.a);
    },
    rules: ['no spend without its claim'],
    losses: {},
  },
];

describe('the judge of the walk', () => {
  it.each(rows)('knows that $what', ({ play, rules, losses }) => {
    const played = new Play();
    play(played);
    expect(played.rules).toEqual(rules);
    expect(played.stage.judge.losses.counts()).toEqual(losses);
  });
});
