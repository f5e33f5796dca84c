/* Generated from crds/ by scripts/generate-types.ts; do not edit. */

import type { Condition } from './conditions.ts';
import type { ObjectMeta } from './metadata.ts';
import type { Reason } from './reasons.ts';

/**
 * SocialChannel declares one social account whose OAuth grant is kept alive and whose access token is put into a Secret.
 */
export interface SocialChannel {
  /**
   * The API group and version, socialops.dev/v1alpha1.
   */
  apiVersion: 'socialops.dev/v1alpha1';
  /**
   * The kind, SocialChannel.
   */
  kind: 'SocialChannel';
  metadata: ObjectMeta;
  spec: SocialChannelSpec;
  status?: SocialChannelStatus;
}
/**
 * What the team wants for this account.
 */
export interface SocialChannelSpec {
  /**
   * The SocialApp through which the account was, or will be, connected.
   */
  appRef: {
    /**
     * The name of the SocialApp.
     */
    name: string;
    /**
     * The namespace of the SocialApp, this channel's own by default; another one only if that app's allowedNamespaces admits it.
     */
    namespace?: string;
  };
  /**
   * The account that is expected; without an id the first connected account is pinned in status.
   */
  account?: {
    /**
     * The platform's own id of the account, immutable once set.
     */
    id?: string;
    /**
     * What the account is on the platform, where one platform has several kinds.
     */
    kind?: 'User' | 'Channel' | 'Page' | 'Organization';
    /**
     * The name people know the account by; shown until the platform tells its own, never compared.
     */
    handle?: string;
  };
  /**
   * User for a person's consent, App for the app's own token (OAuth client credentials).
   */
  grantType: 'User' | 'App';
  /**
   * The permissions this channel needs; the app's scopes by default, then the platform's set for live streaming.
   *
   * @maxItems 64
   */
  scopes?: string[];
  /**
   * The one person who reconnects this channel when the platform asks for it.
   */
  owner?: {
    /**
     * The person's name as colleagues know it.
     */
    name: string;
    /**
     * The person's e-mail address.
     */
    email?: string;
  };
  /**
   * When the access token is renewed.
   */
  refresh: {
    /**
     * Automatic renews by itself; Suspended sends nothing to the platform for this channel.
     */
    policy: 'Automatic' | 'Suspended';
    /**
     * Renew when this percentage of the access token's life has passed; the platform's profile decides by default.
     */
    atPercentOfLifetime?: number;
    /**
     * Renew this long before the access token ends, as a duration such as 30m.
     */
    beforeExpiry?: string;
    /**
     * How long an access token is taken to live where the platform does not say, as a duration such as 4h.
     */
    assumedLifetime?: string;
    /**
     * No routine renewal before this moment (a show is on air), but never past the last safe instant.
     */
    holdUntil?: string;
  };
  /**
   * How long before the deadline the state turns Expiring, at most a third of the grant's life.
   */
  expiringWindow: string;
  /**
   * Import of tokens that exist already, consumed once.
   */
  bootstrap?: {
    /**
     * The Secret with the tokens, in this namespace and labelled socialops.dev/use: "true".
     */
    secretRef: {
      /**
       * The name of the Secret.
       */
      name: string;
    };
    /**
     * What happens to the Secret once its tokens are safe in Vault.
     */
    afterImport: 'Keep' | 'Delete';
  };
  /**
   * The Secret that pods mount.
   */
  secret: {
    /**
     * The name of the Secret, <channel>-token by default.
     */
    name?: string;
    /**
     * The names of the Secret's keys, which are the names of the mounted files.
     */
    keys: {
      /**
       * The key of the access token.
       */
      accessToken: string;
      /**
       * The key of the moment at which the access token ends (RFC 3339).
       */
      expiresAt: string;
      /**
       * The key of the platform's id of the account.
       */
      accountID: string;
      /**
       * The key of the platform's name.
       */
      platform: string;
      /**
       * The key of the channel's state.
       */
      state: string;
    };
    /**
     * Further labels of the Secret, with the prefixes that an administrator admitted.
     */
    labels?: {
      [k: string]: string;
    };
    /**
     * Further annotations of the Secret, with the prefixes that an administrator admitted.
     */
    annotations?: {
      [k: string]: string;
    };
    /**
     * Whether the Secret goes with the channel or stays behind.
     */
    deletionPolicy: 'Delete' | 'Retain';
  };
  /**
   * Whether the access token is also written to the channel's token path in Vault, where the operator does so at all.
   */
  vaultToken: 'Enabled' | 'Disabled';
  /**
   * What deletion of the channel does to the grant in Vault; Retain keeps it, Forget destroys it.
   */
  deletionPolicy: 'Retain' | 'Forget';
}
/**
 * What the operator knows about this account.
 */
export interface SocialChannelStatus {
  /**
   * The generation of the spec that this status describes.
   */
  observedGeneration?: number;
  /**
   * Whether the account is connected.
   */
  state?: 'Pending' | 'Connected' | 'Expiring' | 'NeedsReauth';
  /**
   * Why the channel is in this state, one word of a closed list.
   */
  reason?: Reason;
  /**
   * What happened, what happens next and who can do something, for people.
   */
  message?: string;
  /**
   * Ready, TokenValid, ReauthRequired, SecretProjected and Stalled.
   *
   * @maxItems 16
   */
  conditions?: Condition[];
  /**
   * The platform of the app.
   */
  platform?: string;
  /**
   * The account that is connected.
   */
  account?: {
    /**
     * The platform's own id of the account.
     */
    id: string;
    /**
     * What the account is on the platform.
     */
    kind?: string;
    /**
     * The name people know the account by, or its id where the platform has no name.
     */
    handle?: string;
  };
  /**
   * The permissions that the account's owner really gave.
   *
   * @maxItems 128
   */
  grantedScopes?: string[];
  /**
   * When the projected access token ends; absent when the platform says it never does.
   */
  accessTokenExpiryTime?: string;
  /**
   * The moment at which a person is needed because automation cannot move it.
   */
  deadlineTime?: string;
  /**
   * What ends at the deadline.
   */
  deadlineReason?: string;
  /**
   * How many times a person has connected this channel.
   */
  epoch?: number;
  /**
   * How many answers of the platform have been stored in this epoch.
   */
  generation?: number;
  /**
   * When the access token is renewed next.
   */
  nextRefreshTime?: string;
  /**
   * When the access token was renewed last.
   */
  lastRefreshTime?: string;
  /**
   * When the platform is next asked whether the grant still works.
   */
  nextCheckTime?: string;
  /**
   * When the platform last confirmed the grant, as of the last other change of this status.
   */
  lastCheckTime?: string;
  /**
   * The failure that is going on; absent when the last attempt succeeded.
   */
  failure?: {
    /**
     * What the operator does about it; only Rejected can lead to NeedsReauth.
     */
    family: 'Transient' | 'Rejected' | 'Misconfigured' | 'Unexpected';
    /**
     * The reason, one word of a closed list.
     */
    code: string;
    /**
     * What happened, for people.
     */
    message?: string;
    /**
     * How many attempts in a row failed.
     */
    count: number;
    /**
     * When the first of them failed.
     */
    firstTime: string;
    /**
     * When the latest of them failed.
     */
    lastTime: string;
    /**
     * When it is tried again.
     */
    nextAttemptTime?: string;
  };
  /**
   * Since when a person has been needed.
   */
  needsReauthSince?: string;
  /**
   * The Secret that holds the access token.
   */
  secretName?: string;
  /**
   * The page on which the owner reconnects the channel; absent until a page answers there; holds no secret.
   */
  reconnectURL?: string;
  /**
   * The value of the annotation socialops.dev/refresh that was handled last.
   */
  lastHandledRefreshRequest?: string;
}

/**
 * SocialApp is one OAuth client that was registered with a platform, and that channels are connected through.
 */
export interface SocialApp {
  /**
   * The API group and version, socialops.dev/v1alpha1.
   */
  apiVersion: 'socialops.dev/v1alpha1';
  /**
   * The kind, SocialApp.
   */
  kind: 'SocialApp';
  metadata: ObjectMeta;
  spec: SocialAppSpec;
  status?: SocialAppStatus;
}
/**
 * The registration at the platform and who may use it.
 */
export interface SocialAppSpec {
  /**
   * The name of a built-in platform (such as twitch or youtube) or of a SocialPlatform.
   */
  platform: string;
  /**
   * The client id that the platform gave at registration; it is not a secret.
   */
  clientId: string;
  /**
   * Confidential for an app with a client secret, Public for one without (RFC 6749 section 2.1).
   */
  clientType: 'Confidential' | 'Public';
  /**
   * The Secret that holds the client secret, in this namespace and labelled socialops.dev/use: "true".
   */
  clientSecretRef?: {
    /**
     * The name of the Secret.
     */
    name: string;
    /**
     * The key of the client secret in that Secret.
     */
    key: string;
  };
  /**
   * true when the client secret lives in Vault, at <mount>/<prefix>/apps/<namespace>/<app> under the key client_secret.
   */
  clientSecretVault?: true;
  /**
   * The redirect URI that is registered with the platform, where it differs from the operator's own.
   */
  redirectURI?: string;
  /**
   * The permissions that channels of this app need unless they say otherwise.
   *
   * @maxItems 64
   */
  scopes?: string[];
  /**
   * Which namespaces' channels may use this app.
   */
  allowedNamespaces: {
    /**
     * Same for this namespace only, All for every namespace, Selector for those whose labels match.
     */
    from: 'Same' | 'All' | 'Selector';
    /**
     * The labels of the namespaces that are admitted besides this one.
     */
    selector?: {
      /**
       * Labels that a namespace must carry, with these values.
       */
      matchLabels?: {
        [k: string]: string;
      };
      /**
       * Conditions on labels that must all hold.
       *
       * @maxItems 16
       */
      matchExpressions?: {
        /**
         * The label's key.
         */
        key: string;
        /**
         * How the label is compared.
         */
        operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
        /**
         * The values for In and NotIn.
         *
         * @maxItems 64
         */
        values?: string[];
      }[];
    };
  };
  /**
   * How long a person's consent lives at this app, where the platform ends it by the app's own standing, such as 168h for a Google project in Testing.
   */
  grantLifetime?: string;
  /**
   * How many requests the platform accepts from this app; the platform's published limit by default.
   */
  rateLimit?: {
    /**
     * The number of requests in one window.
     */
    requests: number;
    /**
     * The length of the window, as a duration such as 1m.
     */
    window: string;
  };
  /**
   * Settings that only this platform knows, such as the version of its API; never secrets.
   */
  extra?: {
    [k: string]: string;
  };
}
/**
 * What the operator knows about this app.
 */
export interface SocialAppStatus {
  /**
   * The generation of the spec that this status describes.
   */
  observedGeneration?: number;
  /**
   * Ready, and Stalled when only a change of the app or at the platform can help.
   *
   * @maxItems 16
   */
  conditions?: Condition[];
  /**
   * The platform that the app was found to belong to.
   */
  platform?: string;
  /**
   * The client id that is in use.
   */
  clientId?: string;
  /**
   * How many channels use this app, by state.
   */
  channels?: {
    /**
     * All channels of this app.
     */
    total: number;
    /**
     * Channels that are not connected yet.
     */
    pending: number;
    /**
     * Channels that work.
     */
    connected: number;
    /**
     * Channels that work, but not for long.
     */
    expiring: number;
    /**
     * Channels that need a person.
     */
    needsReauth: number;
  };
}

/**
 * SocialPlatform declares an OAuth 2 platform that is not built in.
 */
export interface SocialPlatform {
  /**
   * The API group and version, socialops.dev/v1alpha1.
   */
  apiVersion: 'socialops.dev/v1alpha1';
  /**
   * The kind, SocialPlatform.
   */
  kind: 'SocialPlatform';
  metadata: ObjectMeta;
  spec: SocialPlatformSpec;
  status?: SocialPlatformStatus;
}
/**
 * How to talk to the platform; whatever is left out behaves as RFC 6749 says.
 */
export interface SocialPlatformSpec {
  /**
   * The platform's name for people.
   */
  displayName: string;
  /**
   * Where the platform documents its OAuth.
   */
  docsURL?: string;
  /**
   * What the authorization request asks for (RFC 6749 section 4.1.1).
   */
  authorize?: {
    /**
     * The scopes that are asked for.
     */
    scopes: {
      /**
       * The scopes for live streaming when neither channel nor app names any.
       *
       * @maxItems 64
       */
      default: string[];
      /**
       * What stands between two scopes in the request.
       */
      separator: ' ' | ',' | ';' | '+';
      /**
       * Whether scopes are sent at all; false where the registration of the app fixes them.
       */
      send: boolean;
    };
  };
  /**
   * The token request (RFC 6749 sections 4.1.3, 4.4.2 and 6).
   */
  token: {
    /**
     * The token endpoint.
     */
    url: string;
    /**
     * The endpoint for refreshes where it differs from url.
     */
    refreshURL?: string;
    /**
     * How the app proves itself; BasicRaw leaves out the encoding that RFC 6749 section 2.3.1 asks for, Post puts id and secret into the body.
     */
    clientAuth: 'Basic' | 'BasicRaw' | 'Post' | 'None';
    /**
     * How the body is written.
     */
    bodyFormat: 'Form' | 'JSON';
    /**
     * Further parameters of every token request.
     */
    params?: {
      [k: string]: string;
    };
    /**
     * Further parameters of refreshes only.
     */
    refreshParams?: {
      [k: string]: string;
    };
    /**
     * Whether a refresh repeats the granted scopes.
     */
    includeScopeOnRefresh: boolean;
    /**
     * Whether a request for an app token (client credentials) names the scopes.
     */
    includeScopeOnReissue: boolean;
  };
  /**
   * Where the parts of a token response stand (RFC 6749 section 5.1).
   */
  response: {
    /**
     * Where the access token stands; the first path that exists counts.
     *
     * @minItems 1
     * @maxItems 8
     */
    accessToken: string[];
    /**
     * Where the refresh token stands; the first path that exists counts.
     *
     * @minItems 1
     * @maxItems 8
     */
    refreshToken: string[];
    /**
     * When the access token ends.
     */
    expiry: {
      /**
       * Where the expiry stands in the answer.
       */
      path?: string;
      /**
       * How the value is to be read; Auto tells seconds from instants by their size, Never means the token does not end.
       */
      kind: 'RelativeSeconds' | 'RelativeMillis' | 'EpochSeconds' | 'EpochMillis' | 'ISO8601' | 'Auto' | 'Never';
    };
    /**
     * When the refresh token ends, where the platform says so.
     */
    refreshExpiry?: {
      /**
       * Where the expiry stands in the answer.
       */
      path?: string;
      /**
       * How the value is to be read; Auto tells seconds from instants by their size, Never means the token does not end.
       */
      kind: 'RelativeSeconds' | 'RelativeMillis' | 'EpochSeconds' | 'EpochMillis' | 'ISO8601' | 'Auto' | 'Never';
    };
    /**
     * The scopes that were granted.
     */
    scope: {
      /**
       * Where the scopes stand; the first path that exists counts.
       *
       * @minItems 1
       * @maxItems 8
       */
      path: string[];
      /**
       * What stands between two scopes when they come as one text.
       */
      separator: ' ' | ',' | ';' | '+';
    };
    /**
     * Where the account's id stands, where a token response has one; the first path that exists counts.
     *
     * @maxItems 8
     */
    accountID?: string[];
  };
  /**
   * What the platform documents about the life of its tokens; an answer that says more counts more.
   */
  lifetimes: {
    /**
     * The life of an access token whose answer does not state it.
     */
    access?: string;
    /**
     * The life of a refresh token whose answer does not state it.
     */
    refresh?: string;
    /**
     * From when the life of the refresh token counts; from Authorization on it cannot be prolonged without a person.
     */
    refreshAnchor: 'Issue' | 'LastUse' | 'Authorization';
    /**
     * How long a grant may stay unused before the platform drops it.
     */
    maxIdle?: string;
  };
  /**
   * What a refresh does to the refresh token.
   */
  rotation?: {
    /**
     * Whether a refresh replaces the refresh token.
     */
    mode: 'Always' | 'Sometimes' | 'Never';
    /**
     * What becomes of a replaced refresh token; with ReplayRevokesAll its re-use ends the whole grant.
     */
    oldToken?: 'Dies' | 'Grace' | 'ReplayRevokesAll' | 'Lives';
    /**
     * How long a replaced refresh token still works.
     */
    grace?: string;
  };
  /**
   * How and when an access token is renewed.
   */
  refresh: {
    /**
     * What renews an access token; ReissueClientCredentials asks for a new app token, None means that only a person can.
     */
    strategy: 'RefreshToken' | 'ReissueClientCredentials' | 'None';
    /**
     * Renew when this percentage of the access token's life has passed.
     */
    atPercentOfLifetime: number;
  };
  /**
   * The call that tells whether an access token is still valid.
   */
  introspect?: {
    /**
     * The endpoint, an RFC 7662 one or the platform's own.
     */
    url: string;
    /**
     * The HTTP method.
     */
    method: 'GET' | 'POST';
    /**
     * Whether the access token stands in the Authorization header or, as RFC 7662 has it, in the form parameter token.
     */
    tokenPlacement: 'Header' | 'Form';
    /**
     * The word before the token in the Authorization header.
     */
    scheme: 'Bearer' | 'OAuth';
    /**
     * How the app proves itself in this call; anything but None needs tokenPlacement Form.
     */
    clientAuth: 'None' | 'Basic' | 'BasicRaw' | 'Post';
    /**
     * Further headers of the call.
     */
    headers?: {
      [k: string]: string;
    };
    /**
     * What the body of a good answer says, besides status 200.
     */
    success?: {
      /**
       * Where to look.
       */
      path: string;
      /**
       * The text that must stand there; numbers and booleans are compared as text.
       */
      equals: string;
    };
    /**
     * How often the platform is asked.
     */
    interval: string;
    /**
     * Where the account's id stands; the first path that exists counts.
     *
     * @maxItems 8
     */
    accountID?: string[];
    /**
     * Where the account's name stands; the first path that exists counts.
     *
     * @maxItems 8
     */
    handle?: string[];
    /**
     * Where the client id stands that the token was given to; a token of another app is never used.
     *
     * @maxItems 8
     */
    clientID?: string[];
    /**
     * The scopes that the token has.
     */
    scopes?: {
      /**
       * Where the scopes stand; the first path that exists counts.
       *
       * @minItems 1
       * @maxItems 8
       */
      path: string[];
      /**
       * What stands between two scopes when they come as one text.
       */
      separator: ' ' | ',' | ';' | '+';
    };
    /**
     * When the access token ends.
     */
    expiry?: {
      /**
       * Where the expiry stands in the answer.
       */
      path?: string;
      /**
       * How the value is to be read; Auto tells seconds from instants by their size, Never means the token does not end.
       */
      kind: 'RelativeSeconds' | 'RelativeMillis' | 'EpochSeconds' | 'EpochMillis' | 'ISO8601' | 'Auto' | 'Never';
    };
  };
  /**
   * The call that tells whose access token it is.
   */
  identity?: {
    /**
     * The endpoint.
     */
    url: string;
    /**
     * The HTTP method.
     */
    method: 'GET' | 'POST';
    /**
     * The word before the token in the Authorization header.
     */
    scheme: 'Bearer' | 'OAuth';
    /**
     * Further headers of the call.
     */
    headers?: {
      [k: string]: string;
    };
    /**
     * How often the platform is asked; introspect, where given, sets the pace of the checks and this one joins in when it is due.
     */
    interval: string;
    /**
     * Where the account's id stands; the first path that exists counts.
     *
     * @minItems 1
     * @maxItems 8
     */
    accountID: string[];
    /**
     * Where the account's name stands; the first path that exists counts.
     *
     * @maxItems 8
     */
    handle?: string[];
  };
  /**
   * How failed answers are sorted; the first rule that matches counts, then the rules of RFC 6749.
   *
   * @maxItems 64
   */
  errors?: {
    /**
     * The call whose answer the rule is for.
     */
    phase: 'Token' | 'Introspect' | 'Identity';
    /**
     * The HTTP statuses that match.
     *
     * @minItems 1
     * @maxItems 16
     */
    status?: number[];
    /**
     * Where to look in the answer.
     */
    path?: string;
    /**
     * The text that stands there, without regard to case; numbers are compared as text.
     */
    equals?: string;
    /**
     * The texts of which one stands there.
     *
     * @minItems 1
     * @maxItems 32
     */
    in?: string[];
    /**
     * A part of the text that stands there.
     */
    contains?: string;
    /**
     * What the operator does about it; only Rejected leads to NeedsReauth.
     */
    family: 'Transient' | 'Rejected' | 'Misconfigured' | 'Unexpected';
    /**
     * What the failure means, for status and for people.
     */
    reason?:
      | 'AccessRevoked'
      | 'PasswordChanged'
      | 'RefreshTokenExpired'
      | 'ExpiredUnused'
      | 'AccountLocked'
      | 'AccountSuspended'
      | 'AccountDeleted'
      | 'WrongAccount'
      | 'ScopeMissing'
      | 'ScopeChanged'
      | 'AdminRightsLost'
      | 'AdminPolicyBlocked'
      | 'ReauthPolicy'
      | 'NoChannel'
      | 'SpamBlocked'
      | 'DeviceInvalidated'
      | 'LifetimeShortened'
      | 'TestingModeExpired'
      | 'AppSecretInvalid'
      | 'AppSuspended'
      | 'QuotaExhausted'
      | 'ApiVersionRetired'
      | 'PlatformUnavailable'
      | 'RateLimited'
      | 'Unexpected';
    /**
     * Where the answer says after how many seconds, or when, to try again.
     */
    retryAfter?: string;
  }[];
  /**
   * The day on which somebody last compared this definition with the platform's documentation.
   */
  verifiedAt?: string;
}
/**
 * What the operator knows about this platform.
 */
export interface SocialPlatformStatus {
  /**
   * The generation of the spec that this status describes.
   */
  observedGeneration?: number;
  /**
   * Ready.
   *
   * @maxItems 16
   */
  conditions?: Condition[];
}
