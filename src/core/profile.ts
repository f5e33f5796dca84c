/** What the core must know of a platform to decide; plain data, made by the platforms room from the declarative model. */
export interface PlatformProfile {
  /** Name as in `SocialApp.spec.platform`. */
  readonly name: string;
  readonly displayName: string;
  /** What happens to a refresh token that was sent. `Lives`: re-use is harmless. */
  readonly oldToken: 'Dies' | 'Grace' | 'ReplayRevokesAll' | 'Lives';
  /** With `Grace`: how long the old token may be sent again. */
  readonly graceMs?: number | undefined;
  readonly renewal: 'RefreshToken' | 'ReissueClientCredentials' | 'None';
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
  /** Scopes needed for live streaming, where neither channel nor app names any. */
  readonly defaultScopes: readonly string[];
}
