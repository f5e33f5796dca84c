/** What the core must know of a platform to decide; plain data, made by the platforms room from the declarative model. */
export interface PlatformProfile {
  /** Name as in `SocialApp.spec.platform`. */
  readonly name: string;
  readonly displayName: string;
  /** What happens to a refresh token that was sent. `Lives`: re-use is harmless. */
  readonly oldToken: 'Dies' | 'Grace' | 'ReplayRevokesAll' | 'Lives';
  /** With `Grace`: how long the old token may be sent again. */
  readonly graceMs?: number | undefined;
  /** `Exchange`: a living token is traded for a longer one. `Touch`: a call prolongs the same token. */
  readonly renewal: 'RefreshToken' | 'Exchange' | 'Touch' | 'ReissueClientCredentials' | 'None';
  /** No renewal before a token is so old. */
  readonly minTokenAgeMs?: number | undefined;
  /** A token that lives less is short-lived, and is traded for a long-lived one at once. */
  readonly upgradeBelowMs?: number | undefined;
  /** Pods get a token that is derived from the person's own (a page's). */
  readonly derives: boolean;
  /** The account is the person's own, so that its id tells the person too. */
  readonly isPersonTheAccount: boolean;
  /** One login can act for several accounts: the channel must name its own. */
  readonly isAccountNamed: boolean;
  /** Where in an access token's life a routine refresh starts, in percent (50 to 75). */
  readonly refreshAtPercent: number;
  /** Life of an access token where the answer states none. Absent: it has no end. */
  readonly accessLifetimeMs?: number | undefined;
  readonly refreshLifetimeMs?: number | undefined;
  /** What the refresh token's clock counts from. `Authorization`: only a person can move the deadline. */
  readonly refreshAnchor: 'Issue' | 'LastUse' | 'Authorization';
  /** A grant that is not used for so long dies. */
  readonly maxIdleMs?: number | undefined;
  /** How often the platform wants the token validated, or how often we look; absent: it cannot be asked. */
  readonly introspectIntervalMs?: number | undefined;
  /** Whether an introspection also tells the account. */
  readonly tellsAccount: boolean;
  /** Whether another set of scopes may be asked for while a login of the same person lives. */
  readonly scopeChange: 'Free' | 'EndsEarlierTokens';
  /** How long a consent lives whatever is renewed. */
  readonly consentLifetimeMs?: number | undefined;
  /** Life of a consent while the app is in testing at the platform. */
  readonly testingLifeMs?: number | undefined;
  /** What ends when a login is given back; absent: it cannot be. */
  readonly revokeEffect?: 'Token' | 'Grant' | 'Person' | 'Project' | undefined;
  /** How the platform proves what it tells by itself; absent: it tells nothing that is received. */
  readonly push?: 'SignedRequest' | 'Webhook' | 'SecurityEventToken' | undefined;
  /** All of a client id before this text names the project whose apps share their logins. */
  readonly projectEndsAt?: string | undefined;
  /** So many logins of one person the platform keeps for one app. */
  readonly loginsPerPerson?: number | undefined;
  /** What the platform publishes about how often one app, or one address, may ask. */
  readonly limits?:
    | {
        readonly requests?: number | undefined;
        readonly platformRequests?: number | undefined;
        readonly windowMs: number;
      }
    | undefined;
  /** What the platform states as `iss` beside every code (RFC 9207). */
  readonly issuer?: string | undefined;
  /** What every refresh has to bring along of what came with the login, by its name among the grant's extras. */
  readonly neededExtras: readonly string[];
  /** Whether a consent asks for scopes; elsewhere the app has those that it was registered with. */
  readonly areScopesAsked: boolean;
  /** What people have to know before they connect, one sentence each. */
  readonly advice: readonly { readonly text: string; readonly about: 'Login' | 'Role' | 'Permission' | 'Account' }[];
  /** What stops working without a scope, a few words for people. */
  readonly scopePurposes: Readonly<Record<string, string>>;
  /** Scopes needed for live streaming, where neither channel nor app names any. */
  readonly defaultScopes: readonly string[];
}
