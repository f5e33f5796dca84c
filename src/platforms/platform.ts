import { type Defaults, platformDefaults } from '../api/platform-defaults.gen.ts';
import type { Reason } from '../api/reasons.ts';
import type { SocialChannelSpec, SocialPlatformSpec } from '../api/resources.gen.ts';
import type { Answer } from './paths.ts';

/**
 * One platform: its name as in `SocialApp.spec.platform`, and the same declarative data that a SocialPlatform holds, so
 * that one engine runs both.
 */
export interface Platform {
  readonly name: string;
  readonly spec: PlatformSpec;
  readonly variants?: Variants;
  readonly hooks?: Hooks;
  /** The endpoints of RFC 5849 section 2, where the platform speaks OAuth 1.0a beside OAuth 2. */
  readonly oauth1?: OAuth1Endpoints;
}

export interface OAuth1Endpoints {
  /** Temporary credentials (section 2.1). */
  readonly requestURL: string;
  /** The resource owner's authorization (section 2.2). */
  readonly authorizeURL: string;
  /** Token credentials (section 2.3). */
  readonly tokenURL: string;
  readonly accountID: string;
  readonly handle: string;
}

/** The spec of a SocialPlatform; built-in platforms may use any reason in their error rules. */
export type PlatformSpec = Omit<SocialPlatformSpec, 'errors'> & { readonly errors?: readonly ErrorRule[] };

/** How one kind of failed answer is sorted. All given conditions must hold; the first rule that matches counts. */
export type ErrorRule = Omit<
  NonNullable<SocialPlatformSpec['errors']>[number],
  'reason' | 'blocks' | 'retryAfterKind'
> & {
  readonly reason?: Reason;
  readonly blocks?: 'Login' | 'App';
  readonly retryAfterKind?: ExpiryRule['kind'];
};

export type Matcher = NonNullable<ErrorRule['and']>[number];
export type Phase = Exclude<ErrorRule['phase'], 'Any'>;
export type TokenSpec = SocialPlatformSpec['token'];
export type GrantRequest = NonNullable<TokenSpec['refresh']>;
export type ClientAuth = TokenSpec['clientAuth'];
export type ExpiryRule = SocialPlatformSpec['response']['expiry'];
export type ScopeRule = SocialPlatformSpec['response']['scope'];
export type IntrospectCall = NonNullable<SocialPlatformSpec['introspect']>;
export type RoleCall = NonNullable<SocialPlatformSpec['role']>;
export type DeriveCall = NonNullable<SocialPlatformSpec['derive']>;
export type RevokeCall = NonNullable<SocialPlatformSpec['revoke']>['calls'][number];
export type PushRule = NonNullable<SocialPlatformSpec['push']>[number];
export type ReceiveRule = NonNullable<PushRule['receive']>;
export type Pick = NonNullable<DeriveCall['pick']>;

/**
 * Written as sparsely as a SocialPlatform may be: what is left out is filled in as the API server fills it in. Where one is
 * laid over another, undefined takes away what lies below.
 */
export type Sparse<T> = T extends readonly (infer Item)[]
  ? readonly Sparse<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Sparse<T[Key]> | undefined }
    : T;
export type SparseSpec = Sparse<PlatformSpec>;

type AccountKind = NonNullable<NonNullable<SocialChannelSpec['account']>['kind']>;

/** What differs where one platform is several: laid over the spec, lists replaced whole. */
export interface Variants {
  /** By `SocialChannel.spec.account.kind`; the first is what a channel has that names none. */
  readonly kinds?: Readonly<Partial<Record<AccountKind, SparseSpec>>>;
  /** Of an app without a client secret. */
  readonly publicClient?: SparseSpec;
  /** `SocialChannel.spec.grantType: OAuth1`. */
  readonly oauth1?: SparseSpec;
}

/** Where a platform leaves what can be declared; each platform's own are in its own file. */
export interface Hooks {
  /** How long an answer asks us to wait, where it says so in a way of its own; milliseconds. */
  readonly waitMs?: (answer: Answer) => number | undefined;
  /** Further parameters of the consent page that depend on why the person comes again. */
  readonly reconnectParams?: (reason: Reason) => Readonly<Record<string, string>>;
  /** Whether an answer, or an element of a list, shows the account as one that may be acted for; absent is by its id alone. */
  readonly isUsable?: (answer: Answer) => boolean;
  /** The query that asks for the next page of a list of accounts; undefined where the list ends. */
  readonly nextPage?: (answer: Answer) => NextPage | undefined;
}

export type NextPage = readonly (readonly [name: string, value: string])[];

export interface SparsePlatform extends Omit<Platform, 'spec'> {
  readonly spec: SparseSpec;
}

/** A built-in platform of its sparse declaration. */
export function definePlatform({ spec, ...rest }: SparsePlatform): Platform {
  return { ...rest, spec: filled(spec) };
}

/** The spec with something laid over it, and what that leaves out filled in again. */
export function overlaid(spec: PlatformSpec, ...overlays: readonly (SparseSpec | undefined)[]): PlatformSpec {
  const given = overlays.filter((one): one is SparseSpec => one !== undefined);
  return given.length === 0 ? spec : filled(given.reduce<unknown>(laidOver, spec) as SparseSpec);
}

function laidOver(below: unknown, above: unknown): unknown {
  if (!isObject(below) || !isObject(above)) return above;
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) merged[name] = laidOver(below[name], value);
  return merged;
}

function filled(spec: SparseSpec): PlatformSpec {
  return withDefaults(spec, platformDefaults) as PlatformSpec;
}

function withDefaults(value: unknown, { properties = {}, items, additionalProperties }: Defaults): unknown {
  if (Array.isArray(value)) return items === undefined ? value : value.map((one) => withDefaults(one, items));
  if (!isObject(value)) return value;
  const result: Record<string, unknown> = { ...value };
  for (const [name, defaults] of Object.entries(properties)) {
    const one = result[name] ?? defaults.default;
    if (one !== undefined) result[name] = withDefaults(one, defaults);
  }
  if (additionalProperties === undefined) return result;
  return Object.fromEntries(
    Object.entries(result).map(([name, one]) => [name, withDefaults(one, additionalProperties)]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
