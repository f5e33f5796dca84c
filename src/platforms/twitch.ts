import { type Platform, standardResponse } from './platform.ts';

/** Twitch: https://dev.twitch.tv/docs/authentication/ (user tokens by refresh token, app tokens by client credentials). */
export const twitch: Platform = {
  name: 'twitch',
  spec: {
    displayName: 'Twitch',
    docsURL: 'https://dev.twitch.tv/docs/authentication/',
    authorize: {
      scopes: { default: ['channel:manage:broadcast', 'channel:read:stream_key'], separator: ' ', send: true },
    },
    token: {
      url: 'https://id.twitch.tv/oauth2/token',
      clientAuth: 'Post',
      bodyFormat: 'Form',
      includeScopeOnRefresh: false,
      includeScopeOnReissue: false,
    },
    response: {
      accessToken: [...standardResponse.accessToken],
      refreshToken: [...standardResponse.refreshToken],
      expiry: standardResponse.expiry,
      scope: { path: ['scope'], separator: ' ' },
    },
    // Some documented answers lack expires_in; validate then tells the real end.
    lifetimes: { access: '4h', refreshAnchor: 'Issue' },
    // Single-use refresh tokens are documented for public clients only, and those are refused (clientAuth Post needs a
    // secret). For confidential clients no such rule is documented and usually the same string returns; whether an older
    // one works after a change is not confirmed. Taken as Lives: after an unknown outcome the token is asked again at once,
    // and if Twitch did replace it, waiting would not have made the old one good again.
    rotation: { mode: 'Sometimes', oldToken: 'Lives' },
    refresh: { strategy: 'RefreshToken', atPercentOfLifetime: 66 },
    // Demanded at start and every hour, and audited: https://dev.twitch.tv/docs/authentication/validate-tokens/
    introspect: {
      url: 'https://id.twitch.tv/oauth2/validate',
      method: 'GET',
      tokenPlacement: 'Header',
      scheme: 'OAuth',
      clientAuth: 'None',
      interval: '1h',
      clientID: ['client_id'],
      accountID: ['user_id'],
      handle: ['login'],
      scopes: { path: ['scopes'], separator: ' ' },
      expiry: { path: 'expires_in', kind: 'RelativeSeconds' },
    },
    errors: [
      // The documentation says 401; 400 is what comes.
      {
        phase: 'Token',
        status: [400, 401],
        path: 'message',
        equals: 'Invalid refresh token',
        family: 'Rejected',
        reason: 'AccessRevoked',
      },
      {
        phase: 'Token',
        status: [400],
        path: 'message',
        equals: 'Invalid grant',
        family: 'Rejected',
        reason: 'AccessRevoked',
      },
      {
        phase: 'Token',
        path: 'message',
        in: ['invalid client', 'invalid client secret', 'missing client secret'],
        family: 'Misconfigured',
        reason: 'AppSecretInvalid',
      },
      // A proxy that strips the header must not make tokens look dead.
      {
        phase: 'Introspect',
        path: 'message',
        equals: 'missing authorization token',
        family: 'Unexpected',
        reason: 'Unexpected',
      },
    ],
    verifiedAt: '2026-11-22',
  },
};
