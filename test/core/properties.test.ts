import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReason } from '../../src/api/reasons.ts';
import { attemptOf } from '../../src/channel/act.ts';
import type { Action } from '../../src/core/action.ts';
import { blockers, isAccountWrong, isForeignRecord, missingScopes } from '../../src/core/blockers.ts';
import { decide, rules } from '../../src/core/decide.ts';
import { isClaimAlive, isWaiting, usable } from '../../src/core/due.ts';
import { isInDoubt } from '../../src/core/escrow.ts';
import type { Observation } from '../../src/core/observation.ts';
import { accessExpiryAt, planRefresh } from '../../src/core/schedule.ts';
import { isSameStatus, statusOf } from '../../src/core/status.ts';
import { minuteMs, nowAt, retry, settings } from './builders.ts';
import { observations } from './observations.ts';

const runs = { numRuns: 3_000 };
const names = rules.map(([name]) => name);

function forAll(check: (o: Observation) => void): void {
  const property = fc.property(observations, (o) => {
    check(o);
  });
  fc.assert(property, runs);
}

const asksPlatform = (action: Action) => ['Spend', 'Reissue', 'Introspect'].includes(action.kind);

describe('whatever is observed', () => {
  it('leads to exactly one action, by a named rule', () => {
    forAll((o) => expect(names).toContain(decide(o).rule));
  });

  it('is never waited for until a moment that has passed, which would be a busy loop', () => {
    forAll((o) => {
      const { action } = decide(o);
      if (action.kind === 'Wait') expect(action.until ?? Number.POSITIVE_INFINITY).toBeGreaterThan(o.now);
    });
  });

  it('does not lead to the same attempt again before the time of its retry', () => {
    forAll((o) => {
      const { action } = decide(o);
      if (action.kind === 'Wait') return;
      const failed = { [attemptOf(action)]: retry({ nextAt: nowAt + minuteMs }) };
      const next = decide({ ...o, retries: { ...o.retries, ...failed } });
      if (next.action.kind !== 'Wait') expect(attemptOf(next.action)).not.toBe(attemptOf(action));
    });
  });

  it('sends nothing to the platform for a channel that is suspended, leaving, foreign or of another app', () => {
    forAll((o) => {
      if (!asksPlatform(decide(o).action)) return;
      expect(o.channel.spec.refresh.policy).toBe('Automatic');
      expect(o.channel.metadata.deletionTimestamp).toBeUndefined();
      expect(isForeignRecord(o)).toBe(false);
      expect(o.app.state).toBe('Ready');
      const isApp = o.grant.state === 'Present' && o.grant.record.kind === 'App';
      if (!isApp) expect(blockers.appChanged(o)).toBeUndefined();
      expect(blockers.duplicateAccount(o) === undefined || isApp).toBe(true);
      expect(isAccountWrong(o)).toBe(false);
      expect(blockers.grantMissing(o)).toBeUndefined();
    });
  });
});

describe('a refresh token', () => {
  const spends = (o: Observation) => {
    const { action } = decide(o);
    const ready = usable(o);
    return action.kind === 'Spend' && ready !== undefined ? { mode: action.mode, ...ready } : undefined;
  };

  it('is not sent while an earlier answer may lie in escrow and that could not be looked at', () => {
    forAll((o) => {
      const spent = spends(o);
      if (spent === undefined || o.escrow.state === 'Listed') return;
      expect(isInDoubt(spent.grant.record)).toBe(false);
    });
  });

  it('is sent only where there is one, its platform takes it, and nobody else may be sending it', () => {
    forAll((o) => {
      if (decide(o).action.kind !== 'Spend') return;
      const spent = spends(o);
      expect(spent?.grant.record.tokens.refresh).toBeDefined();
      expect(spent?.grant.record.kind).toBe('User');
      expect(spent?.app.platform.profile.renewal).toBe('RefreshToken');
      expect(isClaimAlive(o)).toBe(false);
      expect(isWaiting(o, 'Spend')).toBe(false);
    });
  });

  it('that was rejected is sent again only to heal a verdict, where that is harmless', () => {
    forAll((o) => {
      const spent = spends(o);
      if (spent === undefined) return;
      const { verdict, rejected } = spent.grant.record;
      const isHarmless = spent.app.platform.profile.oldToken === 'Lives';
      if (verdict !== undefined) expect([spent.mode, isHarmless]).toEqual(['Heal', true]);
      if (rejected.includes('f7') && !isHarmless) expect.unreachable('a rejected token was replayed');
    });
  });

  it('with an unknown outcome is not sent again while an access token lives, where a replay may end the grant', () => {
    forAll((o) => {
      const spent = spends(o);
      if (spent === undefined) return;
      const { record } = spent.grant;
      const { profile } = spent.app.platform;
      const isUnknown = record.claim !== undefined || record.unknown !== undefined;
      if (!isUnknown || profile.oldToken === 'Lives' || profile.oldToken === 'Grace') return;
      const hasToken = record.tokens.access !== undefined && record.tokens.accessRefusedAt === undefined;
      const endsAt = hasToken ? accessExpiryAt(record.tokens, o.channel, profile) : undefined;
      if (endsAt !== undefined) expect(o.now).toBeGreaterThanOrEqual(endsAt - settings.propagationFloorMs);
    });
  });

  it('is never planned to be sent past the last instant that is safe for pods', () => {
    forAll((o) => {
      const ready = usable(o);
      if (ready === undefined) return;
      const facts = { ...o, ...ready.grant, app: o.app.state === 'Ready' ? o.app.app : expect.unreachable() };
      const plan = planRefresh({ ...facts, profile: ready.app.platform.profile });
      if (plan.at !== undefined && plan.lastSafeAt !== undefined) expect(plan.at).toBeLessThanOrEqual(plan.lastSafeAt);
    });
  });
});

describe('a sealed answer', () => {
  it('is dropped only for a later grant in Vault, or where Vault keeps the same answer', () => {
    forAll((o) => {
      const { action } = decide(o);
      if (action.kind !== 'DropEscrow') return;
      const { record } = o.grant.state === 'Present' ? o.grant : expect.unreachable();
      const { answers } = o.escrow.state === 'Listed' ? o.escrow : expect.unreachable();
      for (const answer of answers.filter(({ place }) => action.places.includes(place))) {
        const isOlder =
          answer.epoch < record.epoch || (answer.epoch === record.epoch && answer.generation < record.generation);
        expect(isOlder || o.parked.some(({ claimId }) => claimId === answer.claimId)).toBe(true);
      }
    });
  });

  it('replaces no grant but the one that its token was spent from, which a token that may be sent again does not tell', () => {
    forAll((o) => {
      const { action } = decide(o);
      if (action.kind !== 'AdoptEscrow') return;
      const { record } = o.grant.state === 'Present' ? o.grant : expect.unreachable();
      const { epoch, generation, fingerprint } = action.escrowed;
      expect(fingerprint).toBe(o.fingerprint);
      const { profile } = o.app.state === 'Ready' ? o.app.platform : expect.unreachable();
      if (profile.oldToken !== 'Lives') return;
      expect({ epoch, generation }).toEqual({ epoch: record.epoch, generation: record.generation });
    });
  });
});

describe('status', () => {
  it('says NeedsReauth only by a verdict, a wrong account, a missing permission or a passed end', () => {
    forAll((o) => {
      const { state, needsReauthSince, reason } = statusOf(o);
      if (state !== 'NeedsReauth') return expect(needsReauthSince).toBeUndefined();
      expect(needsReauthSince).toBeDefined();
      // A grant that vanished says nothing new: the state stays what it was.
      if (reason === 'GrantMissing') return expect(o.channel.status?.state).toBe('NeedsReauth');
      const record = o.grant.state === 'Present' ? o.grant.record : undefined;
      const hasPassed = reason === 'DeadlinePassed' && (record?.tokens.accessExpiresAt ?? o.now + 1) <= o.now;
      const isEvident = record?.verdict !== undefined || isAccountWrong(o) || missingScopes(o).length > 0 || hasPassed;
      expect(isEvident).toBe(true);
    });
  });

  it('uses words of the closed list alone, and never a token', () => {
    forAll((o) => {
      const found = statusOf(o);
      expect(isReason(found.reason ?? '')).toBe(true);
      for (const { reason } of found.conditions ?? []) expect(isReason(reason)).toBe(true);
      expect(JSON.stringify(found)).not.toMatch(/access-7|refresh-7|app-access|access-8|raw-8/);
      expect(found.reconnectURL).toBeUndefined();
    });
  });

  it('says the same once it is written', () => {
    forAll((o) => {
      const written = statusOf(o);
      const again = statusOf({ ...o, channel: { ...o.channel, status: written } });
      expect(isSameStatus(again, written) ? written : again).toEqual(written);
    });
  });

  it('never goes back to an earlier grant than it has shown', () => {
    forAll((o) => {
      const { epoch = 0, generation = 0 } = statusOf(o);
      const before = o.channel.status;
      expect(epoch).toBeGreaterThanOrEqual(before?.epoch ?? 0);
      if (epoch === before?.epoch) expect(generation).toBeGreaterThanOrEqual(before?.generation ?? 0);
    });
  });
});
