import { definePlatform } from './platform.ts';

/** Kick: https://docs.kick.com/getting-started/generating-tokens-oauth2-flow */
export const kick = definePlatform({
  name: 'kick',
  spec: {
    displayName: 'Kick',
    advice: [
      { text: 'Log in to Kick as the very account that streams.' },
      { about: 'Role', text: 'Kick lends a channel to no other login: only the account that owns it can connect it.' },
      { about: 'Permission', text: 'Agree to the whole list that Kick shows.' },
      { about: 'Account', text: 'Log in at kick.com first and see whether the account is banned.' },
    ],
    docsURL: 'https://docs.kick.com/getting-started/generating-tokens-oauth2-flow',
    authorize: {
      url: 'https://id.kick.com/oauth/authorize',
      // user:read tells whose login it is.
      scopes: {
        purposes: {
          'user:read': 'telling whose account it is',
          'channel:read': 'reading title and category',
          'channel:write': 'changing title and category',
          'streamkey:read': 'going live: reading the stream key',
        },
        default: ['user:read', 'channel:read', 'channel:write', 'streamkey:read'],
        always: ['user:read'],
      },
      pkce: 'S256',
    },
    token: { url: 'https://id.kick.com/oauth/token', clientAuth: 'Post', clientCredentials: { include: [] } },
    // Not documented: what others saw. A refresh token died exactly thirty days after its own issue.
    lifetimes: { access: '2h', refresh: '720h', refreshAnchor: 'Issue' },
    // Strictly single-use at first. Since November 2025 a former one may work again, but nobody says for how long, so none
    // is sent twice while the access token lives.
    rotation: { mode: 'Always', oldToken: 'Dies' },
    refresh: { strategy: 'RefreshToken', atPercentOfLifetime: 66 },
    // The token itself asks; a dead one is answered with 200.
    introspect: {
      url: 'https://id.kick.com/oauth/token/introspect',
      method: 'POST',
      success: { path: 'data.active', equals: 'true' },
      interval: '1h',
      clientID: ['data.client_id'],
      scopes: { path: ['data.scope'] },
      expiry: { path: 'data.exp', kind: 'EpochSeconds' },
    },
    // Neither its pace nor its cost is published; the account of a token never changes.
    identity: {
      url: 'https://api.kick.com/public/v1/users',
      interval: '12h',
      accountID: ['data[0].user_id'],
      handle: ['data[0].name'],
    },
    // Each token for itself: that one ends the other is not documented.
    revoke: {
      calls: (['Refresh', 'Access'] as const).map((token) => ({
        url: 'https://id.kick.com/oauth/revoke',
        token,
        tokenPlacement: 'Query',
        params: { token_hint_type: token === 'Refresh' ? 'refresh_token' : 'access_token' },
        allowSecretInURL: true,
      })),
      effect: 'Grant',
    },
    errors: [
      {
        phase: 'Introspect',
        path: 'data.active',
        equals: 'false',
        family: 'Rejected',
        reason: 'AccessRevoked',
      },
    ],
    verifiedAt: '2026-11-22',
  },
});
