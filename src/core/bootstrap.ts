import { Failure } from './failure.ts';
import type { TokenSet } from './grant.ts';
import { parseInstant } from './instant.ts';
import { Sealed } from './sealed.ts';

export interface BootstrapTokens {
  readonly tokens: TokenSet;
  readonly accountId?: string | undefined;
  /** What the platform wants back on renewal, by the keys `extras.<name>`. */
  readonly extras: Readonly<Record<string, string>>;
}

const EXTRA = 'extras.';
/** What a SocialPlatform may name in `{{extras.<name>}}`; a record would lose `__proto__`. */
const extraName = /^[a-z][A-Za-z0-9_]{0,31}$/;
const INSTANTS = ['obtained_at', 'expires_at', 'refresh_expires_at', 'consented_at'] as const;

/** The keys that a bootstrap Secret may have, beside `extras.<name>`. */
export const bootstrapKeys: readonly string[] = [
  'access_token',
  'refresh_token',
  'access_token_secret',
  ...INSTANTS,
  'scopes',
  'account_id',
];

type Data = Readonly<Record<string, Sealed>>;

function textIn(data: Data, key: string): string | undefined {
  const value = data[key]?.reveal().trim();
  return value === undefined || value === '' ? undefined : value;
}

/** Everything that keeps these tokens from being imported, naming no value. */
export function bootstrapProblems(data: Data, now: number): string[] {
  const problems: string[] = [];
  for (const key of INSTANTS) {
    const text = textIn(data, key);
    if (text !== undefined && parseInstant(text) === undefined) problems.push(`${key} is no RFC 3339 instant`);
  }
  if (textIn(data, 'access_token') === undefined && textIn(data, 'refresh_token') === undefined)
    problems.push('neither access_token nor refresh_token is there');
  const obtainedAt = parseInstant(textIn(data, 'obtained_at'));
  if (obtainedAt !== undefined && obtainedAt > now + 600_000) problems.push('obtained_at lies in the future');
  const extras = Object.keys(data).filter((key) => key.startsWith(EXTRA));
  for (const key of extras.filter((key) => !extraName.test(key.slice(EXTRA.length))))
    problems.push(`${key} names nothing that a platform can ask for (a small letter, then letters, digits and "_")`);
  return problems;
}

/**
 * The tokens of a bootstrap Secret. Without `obtained_at` and `expires_at` the age of the access token is unknown, so
 * it counts as ended and is renewed at once.
 *
 * @throws Failure `BootstrapInvalid` that names every problem at once and no value.
 */
export function parseBootstrap(name: string, data: Data, now: number): BootstrapTokens {
  const problems = bootstrapProblems(data, now);
  if (problems.length > 0) {
    const message = `Secret ${name} cannot be imported: ${problems.join('; ')}. It is read again when it changes.`;
    throw new Failure('Misconfigured', 'BootstrapInvalid', message, { source: 'Operator' });
  }
  const text = (key: string) => textIn(data, key);
  const at = Object.fromEntries(INSTANTS.map((key) => [key, parseInstant(text(key))]));
  const [access, refresh] = [text('access_token'), text('refresh_token')];
  const extras = Object.keys(data).filter((key) => key.startsWith(EXTRA));
  const seal = (value: string | undefined) => (value === undefined ? undefined : Sealed.of(value));
  return {
    tokens: {
      access: seal(access),
      refresh: seal(refresh),
      secret: seal(text('access_token_secret')),
      obtainedAt: at.obtained_at ?? (at.expires_at === undefined && refresh !== undefined ? 0 : now),
      accessExpiresAt: at.expires_at,
      refreshExpiresAt: at.refresh_expires_at,
      consentedAt: at.consented_at ?? at.obtained_at ?? now,
      scopes: text('scopes')?.split(/\s+/).sort(),
    },
    accountId: text('account_id'),
    extras: Object.fromEntries(extras.map((key) => [key.slice(EXTRA.length), text(key) ?? ''])),
  };
}
