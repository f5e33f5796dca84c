import { createHmac, randomUUID } from 'node:crypto';
import { Failure } from '../core/failure.ts';
import type { OAuthClient } from '../core/platform-port.ts';
import { Sealed } from '../core/sealed.ts';

/** What the templates of one request may name. */
export interface TemplateValues {
  readonly client: OAuthClient;
  readonly extras: Readonly<Record<string, string>>;
  readonly account?: string | undefined;
  /** The token that the request carries. */
  readonly token?: Sealed | undefined;
}

export interface Filled {
  readonly texts: Readonly<Record<string, string>>;
  /** Every secret among them. */
  readonly secrets: readonly string[];
}

const template = /\{\{([A-Za-z.0-9_]+)\}\}/g;

/**
 * Parameters or headers with their templates filled in. A proof is of the token that authorizes the request: the one in the
 * parameter access_token where there is such a parameter, else the one that the request is about.
 * @throws Failure `BootstrapInvalid`, `AccountIDRequired` or `AppSecretInvalid` where what a template names is not there
 */
export function filledTexts(texts: Readonly<Record<string, string>> | undefined, values: TemplateValues): Filled {
  const secrets: string[] = [];
  const authorizing = texts?.access_token;
  const token =
    authorizing === undefined
      ? values.token
      : Sealed.of(authorizing.replace(template, (_, what: string) => filledIn(what, values, [])));
  const all = { ...values, token };
  const entries = Object.entries(texts ?? {}).map(([name, text]) => [
    name,
    text.replace(template, (_, what: string) => filledIn(what, all, secrets)),
  ]);
  return { texts: Object.fromEntries(entries), secrets };
}

/** A URL with `{{account.id}}` filled in, encoded for a path or a query (RFC 3986 section 2.1). */
export function filledURL(url: string, values: TemplateValues): string {
  return url.replace(template, (_, what: string) => encodeURIComponent(filledIn(what, values, [])));
}

function filledIn(what: string, values: TemplateValues, secrets: string[]): string {
  const { client, extras, account, token } = values;
  if (what === 'client.id') return client.id;
  if (what === 'client.secret') return noted(secretOf(client), secrets);
  if (what === 'account.id') return account ?? missing('AccountIDRequired', 'spec.account.id is needed');
  if (what === 'uuid') return randomUUID();
  // Lower-case hexadecimal HMAC-SHA-256 of the token, keyed with the client secret.
  if (what === 'proof') {
    return noted(
      createHmac('sha256', secretOf(client))
        .update(token?.reveal() ?? '')
        .digest('hex'),
      secrets,
    );
  }
  const name = what.replace(/^extras\./, '');
  const kept = Object.hasOwn(extras, name) ? extras[name] : undefined;
  return kept ?? missing('BootstrapInvalid', `the login lacks ${name}, which the platform wants back`);
}

function noted(secret: string, secrets: string[]): string {
  secrets.push(secret);
  return secret;
}

/**
 * A client without a secret is another kind of client, to which platforms give refresh tokens of another kind, so the
 * request is refused rather than sent without.
 * @throws Failure `AppSecretInvalid`
 */
export function secretOf(client: OAuthClient): string {
  if (client.secret !== undefined) return client.secret.reveal();
  const message = `the app with client id "${client.id}" has no client secret, and this platform asks for one. Nothing was sent; give the SocialApp a clientSecretRef.`;
  throw new Failure('Misconfigured', 'AppSecretInvalid', message, { source: 'Operator', isAppFault: true });
}

function missing(reason: 'AccountIDRequired' | 'BootstrapInvalid', what: string): never {
  throw new Failure('Misconfigured', reason, `${what}. Nothing was sent.`, { source: 'Operator' });
}
