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
     * What the account is on the platform, where one platform has several kinds; PageBySystemUser is a page that a business's system user acts for.
     */
    kind?: 'User' | 'Channel' | 'Page' | 'PageBySystemUser' | 'Organization';
    /**
     * The name people know the account by; shown until the platform tells its own, never compared.
     */
    handle?: string;
  };
  /**
   * User for a person's consent, App for the app's own token (OAuth client credentials), OAuth1 for a consent by OAuth 1.0a where a platform has it.
   */
  grantType: 'User' | 'App' | 'OAuth1';
  /**
   * Lives from the login of another channel of this namespace, such as a second page of the same person; one consent then serves several channels.
   */
  grantFrom?: {
    /**
     * The name of the SocialChannel whose login is used; its app must have the same client id.
     */
    name: string;
  };
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
      /**
       * The key of the token secret, which only grants by OAuth 1.0a have; pods sign with it.
       */
      accessTokenSecret: string;
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
   * Restarts workloads of this namespace once a new access token is in the Secret, for programs that read it only when they start; without it nothing is ever restarted.
   */
  rollout?: {
    /**
     * What is restarted, as kubectl rollout restart does it.
     *
     * @minItems 1
     * @maxItems 8
     */
    workloads: {
      /**
       * The kind of the workload.
       */
      kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
      /**
       * The name of the workload, in this channel's namespace.
       */
      name: string;
    }[];
    /**
     * The shortest time between two restarts of one workload, whichever channels ask for them; 10m is what Kubernetes gives a rollout before it calls it stuck.
     */
    minInterval: string;
  };
  /**
   * Whether the access token is also written to the channel's token path in Vault, where the operator does so at all.
   */
  vaultToken: 'Enabled' | 'Disabled';
  /**
   * What deletion of the channel does to the grant in Vault; Retain keeps it, Forget destroys it, Revoke also gives it back to the platform.
   */
  deletionPolicy: 'Retain' | 'Forget' | 'Revoke';
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
   * Ready, TokenValid, ReauthRequired, SecretProjected and Stalled; with spec.rollout also WorkloadsRestarted.
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
   * The last notice of this channel that each sink took, so that nobody is told twice; absent where notices are off.
   *
   * @maxItems 4
   */
  notices?: {
    /**
     * Where it went.
     */
    sink: 'Webhook' | 'Mail';
    /**
     * What was told.
     */
    kind: 'Expiring' | 'NeedsReauth' | 'Recovered';
    /**
     * The id of the notice, the same at every attempt to send it.
     */
    id: string;
    /**
     * When the sink took it.
     */
    sentTime: string;
  }[];
  /**
   * What the platform said of the app while it was asked about this login, which is good; the SocialApp tells it.
   */
  appFault?: {
    /**
     * The reason, one word of a closed list.
     */
    code: string;
    /**
     * What the platform said, for people.
     */
    message: string;
    /**
     * When it was seen first.
     */
    time: string;
  };
  /**
   * The page on which the owner reconnects the channel; absent until a page answers there; holds no secret.
   */
  reconnectURL?: string;
  /**
   * The device authorization that the annotation socialops.dev/connect-device asked for.
   */
  device?: {
    /**
     * The value of the annotation that it was begun for.
     */
    request?: string;
    /**
     * What the person enters at verificationURL; absent once it is over.
     */
    userCode?: string;
    /**
     * Where the person enters it, with a browser anywhere.
     */
    verificationURL?: string;
    /**
     * Until when it can be entered.
     */
    expiryTime?: string;
    /**
     * What is waited for, or how it ended.
     */
    message?: string;
  };
  /**
   * The one-time link that the annotation socialops.dev/invite asked for.
   */
  invitation?: {
    /**
     * The value of the annotation that was handled last.
     */
    request: string;
    /**
     * The Secret that holds the link; absent once it is used or too old.
     */
    secretName?: string;
    /**
     * Until when the link can be used.
     */
    expiryTime?: string;
  };
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
  /**
   * What was decided by hand about rejections of many logins at once, by annotations of this app.
   */
  rejections?: {
    /**
     * The value of the annotation socialops.dev/release-rejections that was answered last.
     */
    lastHandledRelease?: string;
    /**
     * The value of the annotation socialops.dev/confirm-rejections that was answered last.
     */
    lastHandledConfirmation?: string;
    /**
     * Rejections that began up to this moment are forgotten, and the logins are asked again.
     */
    releasedTime?: string;
    /**
     * Rejections that began up to this moment are believed without waiting for others.
     */
    confirmedTime?: string;
    /**
     * Namespace and name of the channel that asks first after a release.
     */
    canary?: string;
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
   * What people of this platform have to know before they connect a channel, one sentence each; shown on its page as plain text.
   *
   * @maxItems 8
   */
  advice?: {
    /**
     * One sentence, for people.
     */
    text: string;
    /**
     * When it counts. Login, Role and Permission stand on every page of a channel, and first where that is what went wrong; Account stands there only where the account itself is the trouble (locked, suspended, of the wrong kind).
     */
    about: 'Login' | 'Role' | 'Permission' | 'Account';
  }[];
  /**
   * What stands before an account's id wherever the platform tells it, such as /users/; channels leave it out.
   */
  accountPrefix?: string;
  /**
   * What each SocialApp of this platform may or must say in spec.extra; used as {{settings.<name>}} in URLs, headers and parameters.
   */
  settings?: {
    [k: string]: {
      /**
       * What the setting is, for people.
       */
      description: string;
      /**
       * Host for the name of a server that a SocialApp chooses, Text for anything else (letters, digits, ".", "_" and "-").
       */
      kind: 'Text' | 'Host';
      /**
       * What holds where a SocialApp says nothing; without it the SocialApp must say something.
       */
      default?: string;
      /**
       * An example, for people.
       */
      example?: string;
    };
  };
  /**
   * The authorization request (RFC 6749 section 4.1.1).
   */
  authorize?: {
    /**
     * The authorization endpoint; without it nobody can be led there.
     */
    url?: string;
    /**
     * Further parameters of every authorization request.
     */
    params?: {
      [k: string]: string;
    };
    /**
     * Further parameters when a person comes back, such as one that shows the consent again.
     */
    reconnectParams?: {
      [k: string]: string;
    };
    /**
     * Other names for standard parameters (client_id, redirect_uri, response_type, scope, state); an empty name leaves one out.
     */
    paramNames?: {
      [k: string]: string;
    };
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
       * Those without which the platform does not show the account to a login, as if the person had no role on it.
       *
       * @maxItems 16
       */
      account?: string[];
      /**
       * Scopes that are asked for beside those that channel or app name, because the operator's own questions need them.
       *
       * @maxItems 16
       */
      always: string[];
      /**
       * What stands between two scopes in the request; a plus sign is sent as it is.
       */
      separator: ' ' | ',' | ';' | '+';
      /**
       * Whether scopes are sent at all; false where the registration of the app fixes them.
       */
      send: boolean;
      /**
       * Whether another set of scopes may be asked for while a login lives; EndsEarlierTokens where that ends what the same person gave before.
       */
      change: 'Free' | 'EndsEarlierTokens';
      /**
       * What stops working without a scope, a few words for people, by the scope; shown as plain text where somebody did not grant it.
       */
      purposes?: {
        [k: string]: string;
      };
    };
    /**
     * Whether the request carries a code challenge (RFC 7636); None where the platform refuses one.
     */
    pkce: 'S256' | 'None';
    /**
     * How the platform writes the method S256.
     */
    pkceMethod: string;
  };
  /**
   * What the person brings back from the authorization endpoint (RFC 6749 section 4.1.2).
   */
  callback: {
    /**
     * The parameter that holds the authorization code.
     */
    codeParam: string;
    /**
     * The issuer that the platform states beside every code as iss (RFC 9207); a code of any other, or without one, is not used.
     */
    issuer?: string;
    /**
     * Parameters that are kept with the login, by the name under which {{extras.<name>}} finds them.
     */
    persist?: {
      [k: string]: string;
    };
  };
  /**
   * The token requests (RFC 6749 sections 4.1.3, 4.4.2 and 6); what stands here holds for all of them unless one says otherwise.
   */
  token: {
    /**
     * The token endpoint.
     */
    url: string;
    /**
     * The HTTP method; GET sends the parameters in the query.
     */
    method: 'POST' | 'GET';
    /**
     * How the parameters are written.
     */
    bodyFormat: 'Form' | 'JSON' | 'Query';
    /**
     * Admits tokens and secrets in the query, where the platform asks for that; no URL is ever logged.
     */
    allowSecretInURL: boolean;
    /**
     * How the app proves itself; BasicRaw leaves out the encoding that RFC 6749 section 2.3.1 asks for, Post puts id and secret into the parameters, None only names the app.
     */
    clientAuth: 'Basic' | 'BasicRaw' | 'Post' | 'None';
    /**
     * Other names for standard parameters, such as client_key for client_id; an empty name leaves one out.
     */
    paramNames?: {
      [k: string]: string;
    };
    /**
     * Further parameters of every token request.
     */
    params?: {
      [k: string]: string;
    };
    /**
     * Further headers of every token request.
     */
    headers?: {
      [k: string]: string;
    };
    /**
     * What differs in the exchange of an authorization code.
     */
    code?: {
      /**
       * The endpoint.
       */
      url?: string;
      /**
       * The HTTP method; GET sends the parameters in the query.
       */
      method?: 'POST' | 'GET';
      /**
       * How the parameters are written.
       */
      bodyFormat?: 'Form' | 'JSON' | 'Query';
      /**
       * How the app proves itself.
       */
      clientAuth?: 'Basic' | 'BasicRaw' | 'Post' | 'None';
      /**
       * The value of grant_type where it is not the one of the RFC.
       */
      grantType?: string;
      /**
       * Other names for standard parameters in this request, those that token.paramNames may name; an empty name leaves one out.
       */
      paramNames?: {
        [k: string]: string;
      };
      /**
       * Further parameters of this request.
       */
      params?: {
        [k: string]: string;
      };
      /**
       * What else the request repeats; Scope for the scopes. A code always goes with its redirect URI.
       *
       * @maxItems 1
       */
      include?: 'Scope'[];
    };
    /**
     * What differs in a refresh; with strategy Exchange the parameter refresh_token holds the token that is traded.
     */
    refresh?: {
      /**
       * The endpoint.
       */
      url?: string;
      /**
       * The HTTP method; GET sends the parameters in the query.
       */
      method?: 'POST' | 'GET';
      /**
       * How the parameters are written.
       */
      bodyFormat?: 'Form' | 'JSON' | 'Query';
      /**
       * How the app proves itself.
       */
      clientAuth?: 'Basic' | 'BasicRaw' | 'Post' | 'None';
      /**
       * The value of grant_type where it is not the one of the RFC.
       */
      grantType?: string;
      /**
       * Other names for standard parameters in this request, those that token.paramNames may name; an empty name leaves one out.
       */
      paramNames?: {
        [k: string]: string;
      };
      /**
       * Further parameters of this request.
       */
      params?: {
        [k: string]: string;
      };
      /**
       * What else the request repeats; Scope for the scopes. A code always goes with its redirect URI.
       *
       * @maxItems 1
       */
      include?: 'Scope'[];
    };
    /**
     * What differs in a request for an app token.
     */
    clientCredentials: {
      /**
       * The endpoint.
       */
      url?: string;
      /**
       * The HTTP method; GET sends the parameters in the query.
       */
      method?: 'POST' | 'GET';
      /**
       * How the parameters are written.
       */
      bodyFormat?: 'Form' | 'JSON' | 'Query';
      /**
       * How the app proves itself.
       */
      clientAuth?: 'Basic' | 'BasicRaw' | 'Post' | 'None';
      /**
       * The value of grant_type where it is not the one of the RFC.
       */
      grantType?: string;
      /**
       * Other names for standard parameters in this request, those that token.paramNames may name; an empty name leaves one out.
       */
      paramNames?: {
        [k: string]: string;
      };
      /**
       * Further parameters of this request.
       */
      params?: {
        [k: string]: string;
      };
      /**
       * What else the request repeats; Scope for the scopes. A code always goes with its redirect URI.
       *
       * @maxItems 1
       */
      include?: 'Scope'[];
    };
    /**
     * The request that trades a short-lived token for a long-lived one, right after the first consent.
     */
    upgrade?: {
      /**
       * The endpoint.
       */
      url?: string;
      /**
       * The HTTP method; GET sends the parameters in the query.
       */
      method?: 'POST' | 'GET';
      /**
       * How the parameters are written.
       */
      bodyFormat?: 'Form' | 'JSON' | 'Query';
      /**
       * How the app proves itself.
       */
      clientAuth?: 'Basic' | 'BasicRaw' | 'Post' | 'None';
      /**
       * The value of grant_type where it is not the one of the RFC.
       */
      grantType?: string;
      /**
       * Other names for standard parameters in this request, those that token.paramNames may name; an empty name leaves one out.
       */
      paramNames?: {
        [k: string]: string;
      };
      /**
       * Further parameters of this request.
       */
      params?: {
        [k: string]: string;
      };
      /**
       * What else the request repeats; Scope for the scopes. A code always goes with its redirect URI.
       *
       * @maxItems 1
       */
      include?: 'Scope'[];
    };
  };
  /**
   * Where the parts of a token response stand (RFC 6749 section 5.1).
   */
  response: {
    /**
     * What the body of a good answer says, besides its status.
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
       * The characters that may stand between two scopes when they come as one text.
       */
      separator: string;
    };
    /**
     * Where the account's id stands, where a token response has one; the first path that exists counts.
     *
     * @maxItems 8
     */
    accountID?: string[];
    /**
     * Further values that are kept with the login, by the name under which {{extras.<name>}} finds them, and where each stands.
     */
    persist?: {
      [k: string]: string;
    };
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
    /**
     * The life of the token that the first consent gives, where its answer does not state it and token.upgrade trades it for a long-lived one.
     */
    shortLived?: string;
    /**
     * How long a consent lives whatever is renewed; spec.grantLifetime of a SocialApp counts more.
     */
    consent?: string;
    /**
     * How long a consent lives while the app is in testing at the platform; deaths of that age point to the app.
     */
    testing?: string;
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
     * What renews an access token; Exchange trades a living token for a longer one, Touch prolongs the same token by a call, ReissueClientCredentials asks for a new app token, None means that only a person can.
     */
    strategy: 'RefreshToken' | 'Exchange' | 'Touch' | 'ReissueClientCredentials' | 'None';
    /**
     * Renew when this percentage of the access token's life has passed.
     */
    atPercentOfLifetime: number;
    /**
     * How old a token must be before the platform renews it; no renewal is tried earlier.
     */
    minTokenAge?: string;
    /**
     * A token that lives less than this is short-lived, and is traded for a long-lived one at once by token.upgrade.
     */
    upgradeBelow?: string;
  };
  /**
   * The call that prolongs the same access token.
   */
  touch?: {
    /**
     * The endpoint.
     */
    url: string;
    /**
     * The HTTP method.
     */
    method: 'GET' | 'POST';
    /**
     * Where the access token stands; in the Authorization header, in the form, in a JSON body or in the query.
     */
    tokenPlacement: 'Header' | 'Form' | 'JSON' | 'Query';
    /**
     * The name of the parameter with the access token in a form, a JSON body or a query.
     */
    tokenParam: string;
    /**
     * The word before the token in the Authorization header; OAuth1 signs the request (RFC 5849).
     */
    scheme: string;
    /**
     * Further parameters of the call, in the form of a POST and in the query of a GET.
     */
    params?: {
      [k: string]: string;
    };
    /**
     * Further headers of the call.
     */
    headers?: {
      [k: string]: string;
    };
    /**
     * Admits tokens and secrets in the query, where the platform asks for that; no URL is ever logged.
     */
    allowSecretInURL: boolean;
    /**
     * What the body of a good answer says, besides its status.
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
     * How long the token lives from the call on.
     */
    life: string;
  };
  /**
   * The call that gets the access token of a page or the like by the person's own token; pods are given this one. The channel must say in spec.account.id which one it is.
   */
  derive?: {
    /**
     * The endpoint.
     */
    url: string;
    /**
     * The HTTP method.
     */
    method: 'GET' | 'POST';
    /**
     * Where the access token stands; in the Authorization header, in the form, in a JSON body or in the query.
     */
    tokenPlacement: 'Header' | 'Form' | 'JSON' | 'Query';
    /**
     * The name of the parameter with the access token in a form, a JSON body or a query.
     */
    tokenParam: string;
    /**
     * The word before the token in the Authorization header; OAuth1 signs the request (RFC 5849).
     */
    scheme: string;
    /**
     * Further parameters of the call, in the form of a POST and in the query of a GET.
     */
    params?: {
      [k: string]: string;
    };
    /**
     * Further headers of the call.
     */
    headers?: {
      [k: string]: string;
    };
    /**
     * Admits tokens and secrets in the query, where the platform asks for that; no URL is ever logged.
     */
    allowSecretInURL: boolean;
    /**
     * The element of a list that stands for the channel's account.
     */
    pick?: {
      /**
       * Where the list stands.
       */
      list: string;
      /**
       * Where the account's id stands in an element; the first path that exists counts.
       *
       * @minItems 1
       * @maxItems 4
       */
      where: string[];
      /**
       * What stands before the id there, such as urn:li:organization:.
       */
      prefix: string;
      /**
       * What it means when no element stands for the account.
       */
      missing: 'AdminRightsLost' | 'PageUnlinked';
      /**
       * Where the list goes on.
       */
      next?: {
        /**
         * Where the mark of the next page stands; its absence ends the list.
         */
        path: string;
        /**
         * The parameter of the query that takes it.
         */
        param: string;
      };
    };
    /**
     * Where the access token stands; the first path that exists counts.
     *
     * @minItems 1
     * @maxItems 4
     */
    accessToken: string[];
    /**
     * Where the account's name stands; the first path that exists counts.
     *
     * @maxItems 4
     */
    handle?: string[];
  };
  /**
   * The call that tells whether an access token is still valid.
   */
  introspect?: {
    /**
     * The endpoint.
     */
    url: string;
    /**
     * The HTTP method.
     */
    method: 'GET' | 'POST';
    /**
     * Where the access token stands; in the Authorization header, in the form, in a JSON body or in the query.
     */
    tokenPlacement: 'Header' | 'Form' | 'JSON' | 'Query';
    /**
     * The name of the parameter with the access token in a form, a JSON body or a query; token, as RFC 7662 has it.
     */
    tokenParam: string;
    /**
     * The word before the token in the Authorization header; OAuth1 signs the request (RFC 5849).
     */
    scheme: string;
    /**
     * How the app proves itself in this call; anything but None needs tokenPlacement Form or JSON.
     */
    clientAuth: 'None' | 'Basic' | 'BasicRaw' | 'Post';
    /**
     * Further parameters of the call, in the form of a POST and in the query of a GET.
     */
    params?: {
      [k: string]: string;
    };
    /**
     * Further headers of the call.
     */
    headers?: {
      [k: string]: string;
    };
    /**
     * Admits tokens and secrets in the query, where the platform asks for that; no URL is ever logged.
     */
    allowSecretInURL: boolean;
    /**
     * What the body of a good answer says, besides its status.
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
     * Where the id of the person stands who consented, where that is not the account itself.
     *
     * @maxItems 8
     */
    personID?: string[];
    /**
     * Where the client id stands that the token was given to; a token of another app is never used, so name only what is the same text as spec.clientId.
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
       * The characters that may stand between two scopes when they come as one text.
       */
      separator: string;
    };
    /**
     * Scopes that hold for some pages or the like only; one that leaves the channel's account out counts as not given.
     */
    assetScopes?: {
      /**
       * Where the list stands.
       */
      list: string;
      /**
       * Where the scope stands in an element.
       */
      scope: string;
      /**
       * Where the ids stand in an element; without ids the scope holds for all.
       */
      assets: string;
      /**
       * The scopes whose ids are those of channels' accounts; without it all of them are.
       *
       * @maxItems 32
       */
      only?: string[];
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
    /**
     * When the consent itself ends, which only the person can move.
     */
    consentExpiry?: {
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
     * Where the access token stands; in the Authorization header, in the form, in a JSON body or in the query.
     */
    tokenPlacement: 'Header' | 'Form' | 'JSON' | 'Query';
    /**
     * The name of the parameter with the access token in a form, a JSON body or a query.
     */
    tokenParam: string;
    /**
     * The word before the token in the Authorization header; OAuth1 signs the request (RFC 5849).
     */
    scheme: string;
    /**
     * Further parameters of the call, in the form of a POST and in the query of a GET.
     */
    params?: {
      [k: string]: string;
    };
    /**
     * Further headers of the call.
     */
    headers?: {
      [k: string]: string;
    };
    /**
     * Admits tokens and secrets in the query, where the platform asks for that; no URL is ever logged.
     */
    allowSecretInURL: boolean;
    /**
     * What the body of a good answer says, besides its status.
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
   * The call that tells whether the login may still act for the account, such as a role on a page. With a list, the channel must say in spec.account.id which account it is, and identity tells the person.
   */
  role?: {
    /**
     * The endpoint.
     */
    url: string;
    /**
     * The HTTP method.
     */
    method: 'GET' | 'POST';
    /**
     * Where the access token stands; in the Authorization header, in the form, in a JSON body or in the query.
     */
    tokenPlacement: 'Header' | 'Form' | 'JSON' | 'Query';
    /**
     * The name of the parameter with the access token in a form, a JSON body or a query.
     */
    tokenParam: string;
    /**
     * The word before the token in the Authorization header; OAuth1 signs the request (RFC 5849).
     */
    scheme: string;
    /**
     * Further parameters of the call, in the form of a POST and in the query of a GET.
     */
    params?: {
      [k: string]: string;
    };
    /**
     * Further headers of the call.
     */
    headers?: {
      [k: string]: string;
    };
    /**
     * Admits tokens and secrets in the query, where the platform asks for that; no URL is ever logged.
     */
    allowSecretInURL: boolean;
    /**
     * What the body of a good answer says, besides its status.
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
     * How often the platform is asked; introspect, where given, sets the pace of the checks and this one joins in when it is due.
     */
    interval: string;
    /**
     * The element of a list that stands for the channel's account.
     */
    pick?: {
      /**
       * Where the list stands.
       */
      list: string;
      /**
       * Where the account's id stands in an element; the first path that exists counts.
       *
       * @minItems 1
       * @maxItems 4
       */
      where: string[];
      /**
       * What stands before the id there, such as urn:li:organization:.
       */
      prefix: string;
      /**
       * What it means when no element stands for the account.
       */
      missing: 'AdminRightsLost' | 'PageUnlinked';
      /**
       * Where the list goes on.
       */
      next?: {
        /**
         * Where the mark of the next page stands; its absence ends the list.
         */
        path: string;
        /**
         * The parameter of the query that takes it.
         */
        param: string;
      };
    };
    /**
     * Where the role, or the list of roles, stands in an element.
     */
    roles?: string;
    /**
     * The roles of which one suffices.
     *
     * @minItems 1
     * @maxItems 32
     */
    accepted?: string[];
    /**
     * Where the account's name stands in an element; the first path that exists counts.
     *
     * @maxItems 4
     */
    handle?: string[];
  };
  /**
   * How a login is given back (RFC 7009).
   */
  revoke?: {
    /**
     * The calls, in order.
     *
     * @minItems 1
     * @maxItems 4
     */
    calls: {
      /**
       * The endpoint.
       */
      url: string;
      /**
       * The HTTP method.
       */
      method: 'POST' | 'GET' | 'DELETE';
      /**
       * Which token is given back; Refresh falls back to the access token where there is none.
       */
      token: 'Access' | 'Refresh';
      /**
       * Where the token stands; in the form, in a JSON body, in the query, or in the Authorization header.
       */
      tokenPlacement: 'Form' | 'JSON' | 'Query' | 'Header';
      /**
       * The name of the parameter with the token, whichever one it is.
       */
      tokenParam: string;
      /**
       * The word before the token in the Authorization header; OAuth1 signs the request (RFC 5849).
       */
      scheme: string;
      /**
       * How the app proves itself.
       */
      clientAuth: 'None' | 'Basic' | 'BasicRaw' | 'Post' | 'IDOnly';
      /**
       * Other names for client_id and client_secret.
       */
      paramNames?: {
        [k: string]: string;
      };
      /**
       * Further parameters of the call, in the form of a POST and in the query of a GET.
       */
      params?: {
        [k: string]: string;
      };
      /**
       * Further headers of the call.
       */
      headers?: {
        [k: string]: string;
      };
      /**
       * Admits tokens and secrets in the query, where the platform asks for that; no URL is ever logged.
       */
      allowSecretInURL: boolean;
      /**
       * What the body of a good answer says, besides its status.
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
    }[];
    /**
     * What ends with it; Token, Grant (all tokens of one consent), Person (everything this person gave the app) or Project (everything this person gave any app of the project).
     */
    effect: 'Token' | 'Grant' | 'Person' | 'Project';
    /**
     * What part of a client id names the project; all that stands before this text.
     */
    projectEndsAt?: string;
  };
  /**
   * The device authorization (RFC 8628), for people without a browser at hand.
   */
  device?: {
    /**
     * The endpoint.
     */
    url: string;
    /**
     * Further parameters of the call, in the form of a POST and in the query of a GET.
     */
    params?: {
      [k: string]: string;
    };
    /**
     * Other names for client_id and scope in this way's requests; an empty name leaves one out.
     */
    paramNames?: {
      [k: string]: string;
    };
    /**
     * The scopes that this way can ask for, where they are fewer.
     *
     * @maxItems 64
     */
    scopes?: string[];
    /**
     * How the app proves itself in the first request, the one for the codes.
     */
    startAuth: 'Basic' | 'BasicRaw' | 'Post' | 'None';
    /**
     * Where the tokens are asked for, where that is not token.url.
     */
    tokenURL?: string;
    /**
     * How the app proves itself while asking for the tokens, where that is not how it does so otherwise.
     */
    clientAuth?: 'Basic' | 'BasicRaw' | 'Post' | 'None';
    /**
     * The value of grant_type while asking for the tokens.
     */
    grantType: string;
    /**
     * What else the questions for the tokens repeat; UserCode for the user's code, Scope for the scopes.
     *
     * @maxItems 2
     */
    include?: ('UserCode' | 'Scope')[];
    /**
     * Where the address stands that the person goes to; the first path that exists counts.
     *
     * @minItems 1
     * @maxItems 4
     */
    verificationURI: string[];
    /**
     * Where the word stands that says how it goes (authorization_pending, slow_down, access_denied, expired_token); the first path that exists counts.
     *
     * @minItems 1
     * @maxItems 4
     */
    word: string[];
    /**
     * Further words that say that the code is used, wrong or too old.
     *
     * @maxItems 8
     */
    expiredWords: string[];
  };
  /**
   * What the platform publishes about how often it may be asked.
   */
  limits?: {
    /**
     * How many requests one app may make in a window; spec.rateLimit of a SocialApp counts more.
     */
    requests?: number;
    /**
     * The length of the window.
     */
    window?: string;
    /**
     * How many requests all apps of this operator together may make in a window, where the platform counts by address.
     */
    platformRequests?: number;
    /**
     * Where an answer says how many requests the app has left.
     */
    remaining?: string;
    /**
     * Where an answer says when the count begins anew, as seconds, an instant or a date.
     */
    reset?: string;
    /**
     * How many logins of one person the platform keeps for one app; one more ends the oldest.
     */
    loginsPerPerson?: number;
  };
  /**
   * What the platform tells by itself when a login ends; each only ever triggers a check.
   *
   * @maxItems 8
   */
  push?: {
    /**
     * The platform's name of the event.
     */
    event: string;
    /**
     * How it comes.
     */
    transport: 'Webhook' | 'SignedRequest' | 'SecurityEventToken';
    /**
     * How a receiver knows that it is genuine.
     */
    verification: string;
    /**
     * Where the platform documents it.
     */
    docsURL?: string;
    /**
     * How it is received by the app; absent where it is only told of here. Paths look into the message; $text is its raw body.
     */
    receive?: {
      /**
       * Paths of the account's or the person's id, the first that is there.
       *
       * @minItems 1
       * @maxItems 4
       */
      subject: string[];
      /**
       * Path of what tells one message from another; the whole message by default.
       */
      id?: string;
      /**
       * Path of the event's name, where one address gets several.
       */
      name?: string;
      /**
       * The names that mean that a login may have ended; other messages are acknowledged and change nothing.
       *
       * @minItems 1
       * @maxItems 16
       */
      names?: string[];
      /**
       * HMAC-SHA-256 by the client secret, as it comes with a Webhook.
       */
      signature?: {
        /**
         * The header that holds it.
         */
        header: string;
        /**
         * What stands before it.
         */
        prefix: string;
        /**
         * How it is written.
         */
        encoding: 'Hex' | 'Base64';
        /**
         * What was signed, one after the other; the raw body by default.
         *
         * @minItems 1
         * @maxItems 4
         */
        over: string[];
      };
      /**
       * Path of the instant (RFC 3339) at which it was sent, where that is signed too; older than ten minutes it is refused.
       */
      timestamp?: string;
      /**
       * A signed message that only proves the address, and is answered with a part of itself.
       */
      challenge?: {
        /**
         * Path by which it is known.
         */
        path: string;
        /**
         * What stands there.
         */
        equals: string;
        /**
         * Path of what is answered, as plain text.
         */
        answer: string;
      };
      /**
       * A GET request that proves the address, answered with the signature of a parameter.
       */
      queryChallenge?: {
        /**
         * The parameter of the query.
         */
        parameter: string;
        /**
         * The field of the JSON answer that holds its signature.
         */
        field: string;
      };
      /**
       * Who issues the SecurityEventToken (claim iss).
       */
      issuer?: string;
      /**
       * The issuer's configuration, which names its keys (jwks_uri).
       */
      url?: string;
    };
  }[];
  /**
   * How failed answers are sorted; the first rule that matches counts, then the rules of RFC 6749.
   *
   * @maxItems 96
   */
  errors?: {
    /**
     * The call whose answer the rule is for; Any for every one, though for Code only where the family is not Rejected.
     */
    phase: 'Token' | 'Code' | 'Introspect' | 'Identity' | 'Role' | 'Derive' | 'Any';
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
     * The text that stands there, without regard to case; numbers and booleans are compared as text.
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
     * The least and the greatest number that may stand there.
     *
     * @minItems 2
     * @maxItems 2
     */
    between?: number[];
    /**
     * Further conditions that must all hold.
     *
     * @maxItems 4
     */
    and?: {
      /**
       * Where to look in the answer.
       */
      path: string;
      /**
       * The text that stands there, without regard to case; numbers and booleans are compared as text.
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
       * The least and the greatest number that may stand there.
       *
       * @minItems 2
       * @maxItems 2
       */
      between?: number[];
    }[];
    /**
     * The rule is only for a token that is younger than this.
     */
    youngerThan?: string;
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
      | 'AppNotInstalled'
      | 'LoggedOut'
      | 'RefreshTokenExpired'
      | 'TokenExpired'
      | 'TokenMalformed'
      | 'ExpiredUnused'
      | 'AccountLocked'
      | 'AccountUnconfirmed'
      | 'AccountSuspended'
      | 'AccountDeleted'
      | 'AccountTypeChanged'
      | 'WrongAccount'
      | 'ScopeMissing'
      | 'ScopeChanged'
      | 'AdminRightsLost'
      | 'AdminPolicyBlocked'
      | 'ReauthPolicy'
      | 'NoChannel'
      | 'PageUnavailable'
      | 'PageUnlinked'
      | 'DeviceInvalidated'
      | 'DataAccessExpired'
      | 'LifetimeShortened'
      | 'TestingModeExpired'
      | 'ConsentRefused'
      | 'AppSecretInvalid'
      | 'AppUnknown'
      | 'AppSuspended'
      | 'AppReviewMissing'
      | 'RedirectURIMismatch'
      | 'QuotaExhausted'
      | 'ApiVersionRetired'
      | 'SpamBlocked'
      | 'IdentityCheckRequired'
      | 'PermissionRefused'
      | 'LiveStreamingDisabled'
      | 'PlatformUnavailable'
      | 'RateLimited'
      | 'Unexpected';
    /**
     * Whether the wait that the answer asks for holds for this login or for the whole app.
     */
    blocks: 'Login' | 'App';
    /**
     * Where the answer says after how many seconds, or when, to try again.
     */
    retryAfter?: string;
    /**
     * How that value is to be read; Auto takes a small number for seconds, a large one for an instant, and text for a date.
     */
    retryAfterKind: 'Auto' | 'RelativeSeconds' | 'RelativeMillis' | 'EpochSeconds' | 'EpochMillis' | 'ISO8601';
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
