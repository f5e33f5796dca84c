import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/core/observation.ts';
import type { ProjectedSecret } from '../../src/core/ports.ts';
import { isCurrent, projectedToken, secretContent } from '../../src/core/projection.ts';
import { Sealed } from '../../src/core/sealed.ts';
import {
  absent,
  appGrant,
  channel,
  ended,
  forgotten,
  grant,
  grantWith,
  notRenewable,
  observation,
  readyApp,
  verdict,
} from './builders.ts';

const secret = {
  keys: {
    accessToken: 'TOKEN',
    expiresAt: 'ENDS',
    accountID: 'WHO',
    platform: 'WHERE',
    state: 'HOW',
    accessTokenSecret: 'PROOF',
  },
  deletionPolicy: 'Retain',
} as const;

function contentOf(o: Observation, prefixes: string[] = []) {
  const token = projectedToken(o) ?? expect.unreachable('there is a token');
  const content = secretContent(o, token, prefixes);
  const data = Object.fromEntries(Object.entries(content.data).map(([key, value]) => [key, value.reveal()]));
  return { ...content, data };
}

describe('what pods see', () => {
  it('is the access token, what is to be known of it, and nothing else', () => {
    expect(contentOf(observation())).toEqual({
      name: 'twitch-token',
      data: {
        access_token: 'access-7',
        expires_at: '2026-03-01T15:00:00Z',
        account_id: '42',
        platform: 'twitch',
        state: 'Connected',
      },
      labels: { 'app.kubernetes.io/managed-by': 'social-channel-operator', 'socialops.dev/channel': 'twitch' },
      annotations: { 'socialops.dev/grant': '2.7', 'socialops.dev/channel-uid': 'channel-uid' },
      isOwned: true,
    });
  });

  it.each<[string, Observation]>([
    ['is well', observation()],
    ['is in need', observation(grant({ verdict }))],
    ['has ended', observation(grant({ tokens: ended }))],
    [
      'has extras and the raw answer',
      observation(grant({ raw: Sealed.of('raw refresh-7'), extras: { x: 'refresh-7' } })),
    ],
  ])('never holds the refresh token of a grant that %s', (_, o) => {
    const token = projectedToken(o);
    expect(JSON.stringify(contentOf(o))).not.toContain('refresh-7');
    expect(Object.keys(token ?? {})).not.toContain('refresh');
    expect(token?.access.reveal()).toBe('access-7');
  });

  it.each<[string, Observation, object]>([
    [
      'a dead token stays, and its state beside it',
      observation(grant({ verdict })),
      { access_token: 'access-7', state: 'NeedsReauth' },
    ],
    ['an app’s token belongs to nobody', observation(grant(appGrant)), { access_token: 'app-access', account_id: '' }],
    [
      'the secret of a token that signs',
      observation(grantWith({ secret: Sealed.of('signs') })),
      { access_token: 'access-7', access_token_secret: 'signs' },
    ],
    [
      'a token without an end',
      observation(grantWith({ accessExpiresAt: undefined }), {
        app: readyApp({ profile: { ...notRenewable, accessLifetimeMs: undefined } }),
      }),
      { expires_at: '' },
    ],
  ])('tells: %s', (_, o, expected) => {
    expect(contentOf(o).data).toMatchObject(expected);
  });

  it.each([
    ['nothing', absent],
    ['a tombstone', forgotten],
    ['a refresh token alone', grantWith({ access: undefined })],
  ])('is nothing where Vault holds %s', (_, held) => {
    expect(projectedToken(observation(held))).toBeUndefined();
  });

  it('stands under the names that the channel wishes, in a Secret that outlives it if it wishes that', () => {
    const { name, data, isOwned } = contentOf(observation(channel({ spec: { secret: { ...secret, name: 'mine' } } })));
    expect([name, Object.keys(data), isOwned]).toEqual(['mine', ['TOKEN', 'ENDS', 'WHO', 'WHERE', 'HOW'], false]);
  });

  it('carries labels and annotations of admitted prefixes alone, and never in place of our own', () => {
    const wished = {
      'team.example.com/a': '1',
      'other.example.com/b': '2',
      'socialops.dev/channel': 'x',
      'socialops.dev/grant': '9.9',
    };
    const o = observation(channel({ spec: { secret: { ...secret, labels: wished, annotations: wished } } }));
    const { labels, annotations } = contentOf(o, ['team.example.com/', 'socialops.dev/']);
    expect(labels).toMatchObject({ 'team.example.com/a': '1', 'socialops.dev/channel': 'twitch' });
    expect(annotations).toMatchObject({ 'team.example.com/a': '1', 'socialops.dev/grant': '2.7' });
    expect({ ...labels, ...annotations }).not.toHaveProperty('other.example.com/b');
  });
});

describe('a Secret', () => {
  const o = observation();
  const content = secretContent(o, projectedToken(o) ?? expect.unreachable(), []);
  const shown: ProjectedSecret = { uid: 'u', ...content };

  it.each<[string, Partial<ProjectedSecret>, boolean]>([
    ['as it should be', {}, true],
    [
      'with more keys, which are others’',
      { data: { ...shown.data, more: Sealed.of('x') }, labels: { ...shown.labels, more: 'x' } },
      true,
    ],
    ['with an edited token', { data: { ...shown.data, access_token: Sealed.of('x') } }, false],
    ['without its state', { data: { access_token: Sealed.of('access-7') } }, false],
    ['without our label', { labels: {} }, false],
    ['of an earlier grant', { annotations: { ...shown.annotations, 'socialops.dev/grant': '2.6' } }, false],
    ['of an earlier channel', { annotations: { ...shown.annotations, 'socialops.dev/channel-uid': 'x' } }, false],
    ['that nobody owns any more', { isOwned: false }, false],
  ])('%s is current: %s', (_, of, expected) => {
    expect(isCurrent({ state: 'Ours', secret: { ...shown, ...of } }, content)).toBe(expected);
  });

  it.each([
    ['that is not there', { state: 'Absent' }],
    ['of somebody else', { state: 'Foreign', name: 'twitch-token' }],
  ] as const)('%s is not current', (_, lookup) => {
    expect(isCurrent(lookup, content)).toBe(false);
  });

  it('is not current where there is nothing to show', () => {
    expect(isCurrent({ state: 'Ours', secret: shown }, undefined)).toBe(false);
  });
});
