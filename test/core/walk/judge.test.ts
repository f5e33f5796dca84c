import { describe, expect, it } from 'vitest';
import { minuteMs } from '../times.ts';
import { excuses, type Row } from './excuses.ts';
import { Play } from './play.ts';

const twice = 'no token is spent twice';

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
  it.each([...rows, ...excuses])('knows that $what', ({ play, profile, rules, losses = {} }) => {
    const played = new Play(profile);
    play(played);
    expect(played.rules).toEqual(rules);
    expect(played.stage.judge.losses.counts()).toEqual(losses);
  });
});
