import { afterAll, describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { builtInPlatforms, createPlatformRegistry } from '../../src/platforms/registry.ts';
import { socialPlatform } from './social-platform.ts';

const use = { settings: {}, isPublic: false };
const clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() };
const registry = createPlatformRegistry({
  clock,
  minTokenLifetimeMs: 60_000,
  maxTokenLifetimeMs: 60_000_000,
  endpoints: { youtube: 'https://127.0.0.1:9443/' },
  allowPrivateHosts: [],
});
afterAll(() => registry.close());

// In alphabetical order, as people look for them.
const names = builtInPlatforms.map((platform) => platform.name).sort();
const known = `Known: ${names.join(', ')}; or define a SocialPlatform of that name.`;

function problemOf(name: string, yaml?: string): Failure {
  try {
    registry.resolve(name, yaml === undefined ? undefined : socialPlatform(yaml), use);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was resolved');
}

const fine = `
metadata: { name: mine }
spec:
  displayName: Mine
  token: { url: https://mine.example.com/token }
  rotation: { mode: Sometimes, oldToken: Grace, grace: 2h }
  lifetimes: { access: 1h30m, refresh: 720h, refreshAnchor: LastUse, maxIdle: 100h }
`;

describe('the registry', () => {
  it('knows which platforms need no definition', () => {
    expect(['twitch', 'x', 'example-video', 'constructor'].map((name) => registry.isBuiltIn(name))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('gives the built-in platforms their profiles', () => {
    expect(registry.resolve('twitch', undefined, use).profile).toMatchObject({
      name: 'twitch',
      displayName: 'Twitch',
      oldToken: 'Lives',
      graceMs: undefined,
      renewal: 'RefreshToken',
      refreshAtPercent: 66,
      accessLifetimeMs: 4 * 3_600_000,
      refreshLifetimeMs: undefined,
      refreshAnchor: 'Issue',
      maxIdleMs: undefined,
      introspectIntervalMs: 3_600_000,
      tellsAccount: true,
      defaultScopes: ['channel:manage:broadcast', 'channel:read:stream_key'],
    });
    expect(registry.resolve('youtube', undefined, use).profile).toMatchObject({
      oldToken: 'Lives',
      refreshAnchor: 'Authorization',
      maxIdleMs: 180 * 86_400_000,
      introspectIntervalMs: 3_600_000,
      tellsAccount: true,
    });
  });

  it('gives one platform as many profiles as it has ways of use', () => {
    const day = 86_400_000;
    const linkedin = (accountKind: string) => registry.resolve('linkedin', undefined, { ...use, accountKind }).profile;
    const year = { refreshLifetimeMs: 365 * day, refreshAnchor: 'Authorization', oldToken: 'Lives' };
    const common = { ...year, accessLifetimeMs: 60 * day, scopeChange: 'EndsEarlierTokens' };
    expect(registry.resolve('linkedin', undefined, use).profile).toEqual(linkedin('Organization'));
    expect(linkedin('Organization')).toMatchObject({ ...common, isAccountNamed: true, isPersonTheAccount: false });
    expect(linkedin('User')).toMatchObject({ ...common, isAccountNamed: false, isPersonTheAccount: true });
    const x = (grantType: 'User' | 'OAuth1') => registry.resolve('x', undefined, { ...use, grantType }).profile;
    expect(x('User')).toMatchObject({
      renewal: 'RefreshToken',
      oldToken: 'ReplayRevokesAll',
      accessLifetimeMs: 2 * 3_600_000,
      introspectIntervalMs: day,
      loginsPerPerson: 1,
    });
    const endless = { accessLifetimeMs: undefined, refreshLifetimeMs: undefined, loginsPerPerson: undefined };
    expect(x('OAuth1')).toMatchObject({ ...endless, renewal: 'None', defaultScopes: [] });
    expect(() => registry.resolve('twitch', undefined, { ...use, grantType: 'OAuth1' })).toThrow('no OAuth 1.0a');
  });

  it('binds a grant to the place that its refresh token is really sent to', () => {
    expect(registry.resolve('twitch', undefined, use).tokenOrigin).toBe('https://id.twitch.tv');
    expect(registry.resolve('youtube', undefined, use).tokenOrigin).toBe('https://127.0.0.1:9443');
  });

  it('runs a SocialPlatform by its YAML', () => {
    const { profile, tokenOrigin } = registry.resolve('mine', socialPlatform(fine), use);
    expect(tokenOrigin).toBe('https://mine.example.com');
    expect(profile).toMatchObject({
      name: 'mine',
      oldToken: 'Grace',
      graceMs: 7_200_000,
      accessLifetimeMs: 5_400_000,
      refreshAnchor: 'LastUse',
      maxIdleMs: 360_000_000,
      introspectIntervalMs: undefined,
      tellsAccount: false,
    });
  });

  it('never lets a SocialPlatform take the name of a built-in one', () => {
    expect(registry.resolve('twitch', socialPlatform(fine), use).tokenOrigin).toBe('https://id.twitch.tv');
  });

  it.each([
    ['twich', `spec.platform: no platform "twich". Did you mean "twitch"? ${known}`],
    ['you-tube', `spec.platform: no platform "you-tube". Did you mean "youtube"? ${known}`],
    ['mixer', `spec.platform: no platform "mixer". ${known}`],
    ['constructor', `spec.platform: no platform "constructor". ${known}`],
  ])('says of %s what is known', (name, message) => {
    expect(problemOf(name)).toMatchObject({
      family: 'Misconfigured',
      reason: 'PlatformUnknown',
      isAppFault: true,
      message,
    });
  });

  it.each([
    ['https://mine.example.com/token', 'http://mine.example.com/token', 'spec.token.url must be an https URL'],
    ['https://mine.example.com/token', 'https://me:pw@mine.example.com/token', 'spec.token.url must hold no user name'],
    ['https://mine.example.com/token', 'nonsense', 'spec.token.url must be an https URL'],
    ['1h30m', 'soon', '"soon" is not a duration'],
    [
      'rotation: { mode: Sometimes, oldToken: Grace, grace: 2h }',
      'response: { accessToken: ["a..b"] }',
      '"a..b" is not a path',
    ],
    ['rotation: { mode: Sometimes, oldToken: Grace, grace: 2h }', '', 'spec.rotation must say'],
  ])('refuses a SocialPlatform in which %s is %s', (right, wrong, message) => {
    const failure = problemOf('mine', fine.replace(right, wrong));
    expect(failure).toMatchObject({ family: 'Misconfigured', reason: 'PlatformInvalid', isAppFault: true });
    expect(failure.message).toContain(`SocialPlatform "mine" cannot be used: ${message}`);
  });
});
