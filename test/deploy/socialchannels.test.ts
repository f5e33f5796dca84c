import { describe, expect, it } from 'vitest';
import { type AdmittedRow, type Fields, type RefusedRow, refusal, tryOut } from './admission.ts';

const channel: Fields = { appRef: { name: 'twitch' } };
const beforeExpiry = { refresh: { beforeExpiry: '30m' } };
const duration = (value: string): Fields => ({ ...channel, refresh: { beforeExpiry: value } });
const bot = { kind: 'Deployment', name: 'bot' };
const restarts = (...workloads: object[]): Fields => ({ ...channel, rollout: { workloads } });
const keys = (names: Fields): Fields => ({ ...channel, secret: { keys: names } });

describe('a SocialChannel is refused', () => {
  it.each<RefusedRow>([
    ['without an app', {}, 'spec.appRef: Required value'],
    ['with an app without a name', { appRef: {} }, 'spec.appRef.name: Required value'],
    ['with a path as the name of the app', { appRef: { name: '../other' } }, 'must be the name of a SocialApp'],
    ['with ".." in the name of the app', { appRef: { name: 'a..b' } }, 'not a path'],
    ['with a path as the namespace', { appRef: { name: 'a', namespace: 'b/c' } }, 'must be the name of a namespace'],
    ['with a misspelt field', { ...channel, scope: ['chat:read'] }, 'unknown field "spec.scope"'],
    ['with a scope list in one item', { ...channel, scopes: ['chat:read chat:edit'] }, 'one list item for each scope'],
    ['with the same scope twice', { ...channel, scopes: ['a', 'a'] }, 'Duplicate value: "a"'],
    ['with 65 scopes', { ...channel, scopes: Array.from({ length: 65 }, (_, i) => `s${i}`) }, 'at most 64 items'],
    ['with an unquoted account id', { ...channel, account: { id: 141981764 } }, 'must be of type string: "integer"'],
    ['with an account id with a space', { ...channel, account: { id: '12 34' } }, 'without spaces'],
    ['with an unknown kind of account', { ...channel, account: { kind: 'Group' } }, 'supported values: "User"'],
    ['with an owner without a name', { ...channel, owner: { email: 'dana@example.com' } }, 'spec.owner.name: Required'],
    ['with two e-mail addresses', { ...channel, owner: { name: 'D', email: 'a@b.c, d@e.f' } }, 'one e-mail address'],
    ['with an unknown grant type', { ...channel, grantType: 'Device' }, 'supported values: "User", "App"'],
    [
      'with two rules for the time of renewal',
      { ...channel, refresh: { atPercentOfLifetime: 50, beforeExpiry: '30m' } },
      'atPercentOfLifetime and beforeExpiry exclude each other',
    ],
    ['with a renewal at 95 %', { ...channel, refresh: { atPercentOfLifetime: 95 } }, 'less than or equal to 90'],
    ['with a renewal at 5 %', { ...channel, refresh: { atPercentOfLifetime: 5 } }, 'greater than or equal to 10'],
    ['with days in a duration', duration('7d'), 'a day is 24h'],
    ['with a duration without a unit', duration('30'), 'such as 30m or 24h'],
    ['with an empty duration', duration(''), 'must be a duration between 1m and 8760h'],
    ['with a negative duration', duration('-5m'), 'must be a duration between 1m and 8760h'],
    ['with a duration that is too short', duration('30s'), 'must be a duration between 1m and 8760h'],
    ['with a duration that is too long', duration('99999h'), 'must be a duration between 1m and 8760h'],
    ['with a zero expiringWindow', { ...channel, expiringWindow: '0s' }, 'such as 72h or 168h'],
    ['with an assumedLifetime over 400 days', { ...channel, refresh: { assumedLifetime: '9601h' } }, '1m and 9600h'],
    ['with holdUntil as a duration', { ...channel, refresh: { holdUntil: '2h' } }, 'must be of type date-time'],
    ['with policy: off', { ...channel, refresh: { policy: false } }, 'must be of type string: "boolean"'],
    [
      'with bootstrap tokens for an app grant',
      { ...channel, grantType: 'App', bootstrap: { secretRef: { name: 'old' } } },
      'bootstrap does not go with grantType App',
    ],
    [
      'with a borrowed login and tokens of its own',
      { ...channel, grantFrom: { name: 'lender' }, bootstrap: { secretRef: { name: 'old' } } },
      'grantFrom goes with grantType User only',
    ],
    [
      'with a borrowed login that it would give back',
      { ...channel, grantFrom: { name: 'lender' }, deletionPolicy: 'Revoke' },
      'neither with bootstrap nor with deletionPolicy Revoke',
    ],
    ['with a borrowed login for an app', { ...channel, grantFrom: { name: 'lender' }, grantType: 'App' }, 'User only'],
    ['with a rollout of nothing', { ...channel, rollout: { workloads: [] } }, 'should have at least 1 items'],
    ['with a rollout of a Pod', restarts({ kind: 'Pod', name: 'bot' }), 'supported values: "Deployment"'],
    [
      'with a workload elsewhere',
      restarts({ kind: 'Deployment', name: 'other/bot' }),
      'must be the name of a workload',
    ],
    ['with a workload named twice', restarts(bot, bot), 'Duplicate value'],
    [
      'with restarts without a pause',
      { ...channel, rollout: { workloads: [bot], minInterval: '30s' } },
      'must be a duration between 1m and 8760h, such as 10m',
    ],
    ['with nobody who lends', { ...channel, grantFrom: {} }, 'spec.grantFrom.name: Required value'],
    ['with a path as lender', { ...channel, grantFrom: { name: 'a/b' } }, 'spec.grantFrom.name: Invalid value'],
    ['with an unknown end', { ...channel, deletionPolicy: 'Burn' }, 'spec.deletionPolicy: Unsupported value'],
    ['with a path as bootstrap Secret', { ...channel, bootstrap: { secretRef: { name: 'a/b' } } }, 'name of a Secret'],
    ['with bootstrap but no Secret', { ...channel, bootstrap: {} }, 'spec.bootstrap.secretRef: Required value'],
    [
      'with the projected Secret as bootstrap Secret',
      { ...channel, secret: { name: 'mine' }, bootstrap: { secretRef: { name: 'mine' } } },
      'names the Secret that this channel writes (mine)',
    ],
    [
      'with the projected Secret, by its default name, as bootstrap Secret',
      { ...channel, bootstrap: { secretRef: { name: 'tried-token' } } },
      'names the Secret that this channel writes (tried-token)',
    ],
    ['with a path as name of the Secret', { ...channel, secret: { name: '../x' } }, 'not a path'],
    ['with two values under one key', keys({ accessToken: 'state' }), 'key names must differ from each other'],
    ['with a path as key', keys({ accessToken: '../token' }), 'a file name, not a path'],
    ['with the folder itself as key', keys({ accessToken: '.' }), 'a file name, not a path'],
    ['with a label of ours', { ...channel, secret: { labels: { 'socialops.dev/use': 'true' } } }, "the operator's own"],
    [
      'with our managed-by label',
      { ...channel, secret: { labels: { 'app.kubernetes.io/managed-by': 'me' } } },
      "the operator's own",
    ],
    [
      'with an annotation of ours',
      { ...channel, secret: { annotations: { 'socialops.dev/grant': '9.9' } } },
      "operator's",
    ],
    [
      'with an unknown deletionPolicy',
      { ...channel, deletionPolicy: 'Delete' },
      'supported values: "Retain", "Forget"',
    ],
  ])('%s', async (_, spec, says) => {
    expect(await refusal('SocialChannel', spec)).toContain(says);
  });

  it('with a name that is too long for a label', async () => {
    expect(await refusal('SocialChannel', channel, 'a'.repeat(64))).toContain('at most 63 characters');
  });
});

describe('a SocialChannel is admitted', () => {
  it('that names nothing but its app', async () => {
    expect(await tryOut('SocialChannel', channel)).toMatchObject({
      spec: {
        appRef: { name: 'twitch' },
        grantType: 'User',
        refresh: { policy: 'Automatic' },
        expiringWindow: '168h',
        secret: {
          deletionPolicy: 'Delete',
          keys: {
            accessToken: 'access_token',
            expiresAt: 'expires_at',
            accountID: 'account_id',
            platform: 'platform',
            state: 'state',
          },
        },
        vaultToken: 'Enabled',
        deletionPolicy: 'Retain',
      },
    });
  });

  it('that renames one key of the Secret', async () => {
    const tried = await tryOut('SocialChannel', keys({ accessToken: 'token' }));
    expect(tried).toMatchObject({ spec: { secret: { keys: { accessToken: 'token', state: 'state' } } } });
  });

  it.each<AdmittedRow>([
    ['restarts of a workload', restarts(bot, { ...bot, kind: 'StatefulSet' })],
    ['a renewal before expiry', { ...channel, ...beforeExpiry }],
    ['a hold', { ...channel, refresh: { holdUntil: '2026-12-31T23:00:00+01:00' } }],
    ['a composed duration', duration('1h30m')],
    ['an app in another namespace', { appRef: { name: 'twitch', namespace: 'platform-team' } }],
    ['Google scopes', { ...channel, scopes: ['https://www.googleapis.com/auth/youtube'] }],
    ['a LinkedIn account', { ...channel, account: { id: 'urn:li:person:a_b-C1', kind: 'User' } }],
    ['a bootstrap Secret', { ...channel, bootstrap: { secretRef: { name: 'old' }, afterImport: 'Delete' } }],
    ['an app grant', { ...channel, grantType: 'App', deletionPolicy: 'Forget' }],
  ])('with %s', async (_title, spec) => {
    expect(await tryOut('SocialChannel', spec)).toMatchObject({ kind: 'SocialChannel' });
  });
});
