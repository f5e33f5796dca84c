import { describe, expect, it } from 'vitest';
import {
  explain,
  familyOf,
  isBlocked,
  isReason,
  type Names,
  type Reason,
  reasons,
  stateOf,
} from '../../src/api/reasons.ts';
import { blocked, misconfigured } from '../../src/api/reasons-misconfigured.ts';
import { rejected } from '../../src/api/reasons-rejected.ts';
import { conditions, connected, expiring, pending, transient, unexpected } from '../../src/api/reasons-states.ts';

const tables = [pending, connected, expiring, rejected, misconfigured, blocked, transient, unexpected, conditions];
const words = Object.keys(reasons) as Reason[];
const names: Required<Names> = {
  platform: 'Twitch',
  account: '@mainstage',
  owner: 'Dana Reyes',
  app: 'twitch',
  channel: 'main-stage-twitch',
  namespace: 'main-stage',
};

describe('the list of reasons', () => {
  it('names no reason twice', () => {
    const all = tables.flatMap((table) => Object.keys(table));
    expect(all.filter((word, index) => all.indexOf(word) !== index)).toEqual([]);
    expect(all.toSorted()).toEqual(words.toSorted());
  });

  it('tells no two reasons with the same sentence', () => {
    const sentences = words.map((word) => reasons[word].what);
    expect(sentences.filter((sentence, index) => sentences.indexOf(sentence) !== index)).toEqual([]);
  });

  it.each(words)('%s is a CamelCase word that Kubernetes and Prometheus accept', (word) => {
    expect(word).toMatch(/^[A-Z][A-Za-z]{2,63}$/);
  });

  it.each(words)('%s says what happened and what to do, in whole sentences', (word) => {
    for (const text of [reasons[word].what, reasons[word].how]) {
      expect(text.split(' ').length).toBeGreaterThanOrEqual(3);
      // A sentence may also end with the one command that helps.
      expect(text).toMatch(/(\.|socialops\.dev\/[^ ]+=.*)$/);
    }
  });

  it.each(words)('%s holds no word in braces that is not filled in', (word) => {
    for (const text of [explain(word), explain(word, names)]) {
      expect(text).not.toMatch(/[{}]|undefined/);
      expect(text).toMatch(/^[A-Zs]/);
    }
  });

  it.each(words.filter((word) => stateOf(word) === 'NeedsReauth'))('%s tells the owner what to do', (word) => {
    expect(reasons[word].who).toBe('Owner');
    expect(familyOf(word)).toBe('Rejected');
  });

  it.each(words.filter((word) => familyOf(word) === 'Misconfigured' && !isBlocked(word)))(
    '%s never accuses the owner',
    (word) => {
      expect(reasons[word].who).not.toBe('Owner');
      expect(stateOf(word)).toBeUndefined();
    },
  );

  it.each(words.filter(isBlocked))('%s is for the owner to lift, and the login stays good', (word) => {
    expect(reasons[word].who).toBe('Owner');
    expect(familyOf(word)).toBe('Misconfigured');
    expect(stateOf(word)).toBeUndefined();
    expect(reasons[word].how).toMatch(/the login stays good/i);
  });
});

describe('familyOf and stateOf', () => {
  it.each<[Reason, ReturnType<typeof familyOf>, ReturnType<typeof stateOf>]>([
    ['Healthy', undefined, 'Connected'],
    ['NeverConnected', undefined, 'Pending'],
    ['DeadlineNear', undefined, 'Expiring'],
    ['RefreshFailing', undefined, 'Expiring'],
    ['AccessRevoked', 'Rejected', 'NeedsReauth'],
    ['RefreshInterrupted', 'Rejected', 'NeedsReauth'],
    ['AppSecretInvalid', 'Misconfigured', undefined],
    ['VaultDenied', 'Misconfigured', undefined],
    ['PlatformUnavailable', 'Transient', undefined],
    ['VaultUnavailable', 'Transient', undefined],
    ['Unexpected', 'Unexpected', undefined],
    ['Suspended', undefined, undefined],
    ['Projected', undefined, undefined],
  ])('%s: family %s, state %s', (reason, family, state) => {
    expect(familyOf(reason)).toBe(family);
    expect(stateOf(reason)).toBe(state);
  });
});

describe('explain', () => {
  it('names platform, account and owner', () => {
    expect(explain('PasswordChanged', names)).toBe(
      'Twitch ended the stored login because the password or the user name of @mainstage was changed. ' +
        'Dana Reyes has to connect the channel again with the new password.',
    );
  });

  it('says general words, in the right case, for names that are not known', () => {
    expect(explain('AppSecretInvalid')).toBe(
      'The platform refused the client secret of the app. ' +
        "Correct the client secret; it is tried again when it changes, and the app's channels keep their state.",
    );
  });

  it('quotes the name of the app', () => {
    expect(explain('AppSecretInvalid', { app: 'twitch' })).toContain('the client secret of the app "twitch".');
  });
});

describe('isReason', () => {
  it.each([
    ['Healthy', true],
    ['AccessRevoked', true],
    ['healthy', false],
    ['toString', false],
    ['', false],
  ])('%j: %s', (word, expected) => {
    expect(isReason(word)).toBe(expected);
  });
});
