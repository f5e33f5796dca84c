import { cited, dayMs, nowAt, type Row, type Source } from '../rows.ts';
import { limited, newAccess, newTokens, ofApp, rejected, tokenDead, unexpected, unknownOutcome } from './expected.ts';
import { ask, cannotGiveBack, consent, exchange, refresh } from './questions.ts';
import { basicForm, codeGrant, consentQuery, get, post, refreshGrant } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const ending: Source = ['https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration', day, 'documented'];
const refreshing: Source = [
  'https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens',
  later,
  'documented',
];
const quota: Source = [
  'https://developer.spotify.com/documentation/web-api/references/changes/july-2026',
  '2026-11-25',
  'documented',
];
const limits: Source = [
  'https://developer.spotify.com/documentation/web-api/concepts/rate-limits',
  later,
  'documented',
];
const revoked: Source = ['https://github.com/metabrainz/listenbrainz-server/pull/1321', later, 'observed'];
const badClient: Source = ['https://github.com/spotify/web-api/issues/919', later, 'observed'];
const unlisted: Source = ['https://github.com/zmb3/spotify/issues/232', later, 'observed'];
const unlistedNow: Source = ['https://github.com/Diegovsky/riff/pull/157', later, 'observed'];
const premium: Source = ['https://github.com/zmb3/spotify/issues/301', later, 'observed'];
const scope: Source = ['https://github.com/xinranxiao/meteor-spotify-web-api/issues/9', later, 'observed'];

const token = 'https://accounts.spotify.com/api/token';
const scopes = ['user-read-currently-playing', 'user-read-playback-state'];
const fresh = { access_token: 'new-access', token_type: 'Bearer', scope: scopes.join(' '), expires_in: 3600 };
const consentURL = `https://accounts.spotify.com/authorize?${consentQuery}&scope=user-read-currently-playing%20user-read-playback-state&state=state-0001`;

const nested = (status: number, message: string) => ({ error: { status, message } });
const dead = { error: 'invalid_grant', error_description: 'Refresh token revoked' };

export const rows: readonly Row[] = [
  ...cited(
    refreshing,
    consent('the consent page', consentURL, scopes),
    {
      ...exchange(
        'the first tokens',
        200,
        { ...fresh, refresh_token: 'new-refresh' },
        { ...newTokens, expiresInS: 3600, scopes },
      ),
      sent: [post(token, basicForm, codeGrant)],
    },
    {
      ...refresh('a new access token alone', 200, fresh, { ...newAccess, expiresInS: 3600, scopes }),
      sent: [post(token, basicForm, refreshGrant)],
    },
  ),
  ...cited(
    ending,
    {
      ...refresh('a login past its six months', 400, { error: 'invalid_grant' }, rejected('RefreshTokenExpired')),
      tokens: { consentedAt: nowAt - 184 * dayMs },
      says: 'The login is older than the platform lets it become.',
    },
    {
      ...refresh(
        'a login past its six months, renewed an hour ago with a new refresh token',
        400,
        { error: 'invalid_grant' },
        rejected('RefreshTokenExpired'),
      ),
      tokens: { consentedAt: nowAt - 184 * dayMs, obtainedAt: nowAt - 3_600_000 },
    },
    {
      ...refresh('a login before its end', 400, { error: 'invalid_grant' }, rejected('AccessRevoked')),
      tokens: { consentedAt: nowAt - 179 * dayMs },
    },
  ),
  ...cited(revoked, {
    ...refresh('a login that was withdrawn', 400, dead, rejected('AccessRevoked')),
    says: 'Spotify rejected the stored login: "Refresh token revoked". This happens when the password was changed or the app was disconnected',
  }),
  ...cited(
    badClient,
    refresh(
      'a wrong client secret',
      400,
      { error: 'invalid_client', error_description: 'Invalid client' },
      ofApp('Refused', 'AppSecretInvalid'),
    ),
  ),
  ...cited(
    [refreshing[0], later, 'unconfirmed'],
    {
      ...consent('the consent page for somebody who was here before', `${consentURL}&show_dialog=true`, scopes),
      reconnect: 'RefreshTokenExpired',
    },
    {
      ...ask(
        'a living token',
        200,
        { id: 'nightstream', display_name: 'Night Stream', type: 'user' },
        { kind: 'Valid', account: { id: 'nightstream', handle: 'Night Stream' } },
      ),
      sent: [get('https://api.spotify.com/v1/me')],
    },
    ask('a dead access token', 401, nested(401, 'The access token expired'), tokenDead),
    ask('something else that is forbidden', 403, nested(403, 'Forbidden'), unexpected('Thrown')),
    refresh('a server that is failing', 503, { error: 'server_error' }, unknownOutcome),
    cannotGiveBack,
  ),
  ...cited(
    scope,
    ask('a permission that is missing', 403, nested(403, 'Insufficient client scope'), rejected('ScopeMissing')),
  ),
  ...cited(unlisted, {
    ...ask(
      'a person whom the dashboard does not list',
      403,
      'User not registered in the Developer Dashboard',
      ofApp('Thrown', 'AppReviewMissing'),
    ),
    says: 'Spotify has not approved the app for what was asked (403).',
  }),
  ...cited(
    unlistedNow,
    ask(
      'a person whom the dashboard does not list, in the words of 2026',
      403,
      'The user is not registered for this application. Please check your settings on https://developer.spotify.com/dashboard.',
      ofApp('Thrown', 'AppReviewMissing'),
    ),
  ),
  ...cited(
    premium,
    ask(
      'an app whose owner does not pay',
      403,
      'Active premium subscription required for the owner of the app. When the subscription status changes, it can take a few hours before requests are allowed again.',
      ofApp('Thrown', 'AppSuspended'),
    ),
  ),
  ...cited(
    quota,
    ask(
      'the quota of all apps of a developer, which is no limit that passes in seconds',
      429,
      { error: { status: 429, message: 'Too many requests', reason: 'QUOTA_EXCEEDED' } },
      ofApp('Thrown', 'QuotaExhausted'),
    ),
  ),
  ...cited(
    limits,
    ask('too many requests in half a minute', 429, nested(429, 'API rate limit exceeded'), limited('Thrown', 17), {
      'retry-after': '17',
    }),
  ),
];
