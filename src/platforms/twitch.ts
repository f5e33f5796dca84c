import { definePlatform } from './platform.ts';

/** Twitch: https://dev.twitch.tv/docs/authentication/ (user tokens by refresh token, app tokens by client credentials). */
export const twitch = definePlatform({
  name: 'twitch',
  spec: {
    displayName: 'Twitch',
    advice: [
      {
        text: 'Log in to Twitch as the very account that streams: a moderator or editor of the channel cannot give this consent for it.',
      },
      {
        about: 'Role',
        text: 'Twitch lends the channel to no other login: only the account that owns it can connect it.',
      },
      {
        about: 'Permission',
        text: 'Twitch lists what the app asks for and lets nobody take out a part of it: agree to the whole list.',
      },
      {
        about: 'Account',
        text: 'Log in at twitch.tv first and see whether the account is locked or suspended; a new consent alone does not end that.',
      },
    ],
    docsURL: 'https://dev.twitch.tv/docs/authentication/',
    authorize: {
      url: 'https://id.twitch.tv/oauth2/authorize',
      // Asks again even if the app was granted before, so that the person can change the account.
      reconnectParams: { force_verify: 'true' },
      scopes: {
        default: ['channel:manage:broadcast', 'channel:read:stream_key'],
        purposes: {
          'channel:manage:broadcast': 'changing title, category and tags',
          'channel:read:stream_key': 'going live: reading the stream key',
        },
      },
      pkce: 'None',
    },
    token: { url: 'https://id.twitch.tv/oauth2/token', clientAuth: 'Post', clientCredentials: { include: [] } },
    // Some documented answers lack expires_in; validate then tells the real end.
    lifetimes: { access: '4h' },
    // Single-use refresh tokens are documented for public clients only. For confidential clients no such rule is documented
    // and usually the same string returns; whether an older one works after a change is not confirmed. Taken as Lives:
    // after an unknown outcome the token is asked again at once, and if Twitch did replace it, waiting would not have made
    // the old one good again.
    rotation: { mode: 'Sometimes', oldToken: 'Lives' },
    refresh: { strategy: 'RefreshToken', atPercentOfLifetime: 66 },
    // Demanded at start and every hour, and audited: https://dev.twitch.tv/docs/authentication/validate-tokens/
    introspect: {
      url: 'https://id.twitch.tv/oauth2/validate',
      scheme: 'OAuth',
      interval: '1h',
      clientID: ['client_id'],
      accountID: ['user_id'],
      handle: ['login'],
      scopes: { path: ['scopes'] },
      expiry: { path: 'expires_in', kind: 'RelativeSeconds' },
    },
    // The refresh token seems to outlive its access token, and cannot be given back itself; it is destroyed here.
    revoke: {
      calls: [{ url: 'https://id.twitch.tv/oauth2/revoke', token: 'Access', clientAuth: 'IDOnly' }],
      effect: 'Token',
    },
    device: {
      url: 'https://id.twitch.tv/oauth2/device',
      // The questions for the tokens are documented without the secret, for every app.
      clientAuth: 'None',
      paramNames: { scope: 'scopes' },
      include: ['Scope'],
      word: ['message'],
      expiredWords: ['invalid device code'],
    },
    // Of the Helix API; the limits of id.twitch.tv are not published.
    limits: { requests: 800, window: '1m', remaining: '$header.ratelimit-remaining', reset: '$header.ratelimit-reset' },
    push: [
      {
        event: 'user.authorization.revoke',
        transport: 'Webhook',
        verification:
          'Twitch-Eventsub-Message-Signature: HMAC-SHA256 with the secret of the subscription over message id, timestamp and raw body; repeated message ids and messages older than ten minutes are dropped.',
        docsURL: 'https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/',
        receive: {
          subject: ['event.user_id'],
          id: '$header.twitch-eventsub-message-id',
          name: 'subscription.type',
          names: ['user.authorization.revoke'],
          signature: {
            header: 'Twitch-Eventsub-Message-Signature',
            prefix: 'sha256=',
            over: ['$header.twitch-eventsub-message-id', '$header.twitch-eventsub-message-timestamp', '$text'],
          },
          timestamp: '$header.twitch-eventsub-message-timestamp',
          challenge: {
            path: '$header.twitch-eventsub-message-type',
            equals: 'webhook_callback_verification',
            answer: 'challenge',
          },
        },
      },
    ],
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
        phase: 'Code',
        path: 'message',
        equals: 'Invalid authorization code',
        family: 'Rejected',
        reason: 'ConsentRefused',
      },
      {
        phase: 'Code',
        path: 'message',
        contains: 'redirect_uri does not match',
        family: 'Misconfigured',
        reason: 'RedirectURIMismatch',
      },
      // The second is what a revocation answers with 404, which would otherwise pass for a token that is gone already.
      {
        phase: 'Any',
        path: 'message',
        in: ['invalid client', 'client does not exist'],
        family: 'Misconfigured',
        reason: 'AppUnknown',
      },
      {
        phase: 'Any',
        path: 'message',
        in: ['invalid client secret', 'missing client secret'],
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
      // There is no Retry-After: the moment at which the count begins anew stands in a header of its own.
      {
        phase: 'Any',
        status: [429],
        path: '$header.ratelimit-reset',
        between: [1, 99_999_999_999],
        family: 'Transient',
        reason: 'RateLimited',
        blocks: 'App',
        retryAfter: '$header.ratelimit-reset',
      },
    ],
    verifiedAt: '2026-11-22',
  },
  variants: {
    // Only the device flow gives tokens to an app without a secret: for 30 days, single-use, and a replay ends everything
    // that the person gave to the app.
    publicClient: {
      token: { clientAuth: 'None' },
      lifetimes: { refresh: '720h', refreshAnchor: 'Issue' },
      rotation: { mode: 'Always', oldToken: 'ReplayRevokesAll' },
    },
  },
});
