import type { Reason } from '../api/reasons.ts';
import type { SocialPlatformSpec } from '../api/resources.gen.ts';

/**
 * One platform: its name as in `SocialApp.spec.platform`, and the same declarative data that a SocialPlatform holds, so
 * that one engine runs both.
 */
export interface Platform {
  readonly name: string;
  readonly spec: PlatformSpec;
}

/** The spec of a SocialPlatform; built-in platforms may use any reason in their error rules. */
export type PlatformSpec = Omit<SocialPlatformSpec, 'errors'> & { readonly errors?: readonly ErrorRule[] };

/** How one kind of failed answer is sorted. All given conditions must hold; the first rule that matches counts. */
export type ErrorRule = Omit<NonNullable<SocialPlatformSpec['errors']>[number], 'reason'> & {
  readonly reason?: Reason;
};

export type Phase = ErrorRule['phase'];
export type ExpiryRule = SocialPlatformSpec['response']['expiry'];
export type ScopeRule = SocialPlatformSpec['response']['scope'];
export type ClientAuth = SocialPlatformSpec['token']['clientAuth'];

/** A token response as RFC 6749 section 5.1 has it; the defaults of the SocialPlatform schema. */
export const standardResponse = {
  accessToken: ['access_token'],
  refreshToken: ['refresh_token'],
  expiry: { path: 'expires_in', kind: 'RelativeSeconds' },
  scope: { path: ['scope'], separator: ' ' },
} as const satisfies PlainResponse;

interface PlainResponse {
  readonly accessToken: readonly string[];
  readonly refreshToken: readonly string[];
  readonly expiry: ExpiryRule;
  readonly scope: { readonly path: readonly string[]; readonly separator: ScopeRule['separator'] };
}
