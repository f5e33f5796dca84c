import type { TokenSet } from '../core/grant.ts';
import type { Sealed } from '../core/sealed.ts';
import { commonHeaders, formType, type OutgoingRequest, questionForm } from './form.ts';
import { authorizationHeader } from './oauth1.ts';
import type { DeriveCall, IntrospectCall, NextPage, PlatformSpec, RevokeCall, RoleCall } from './platform.ts';
import { formatted, lowerCased, withQuery } from './requests.ts';
import { filledTexts, filledURL, secretOf, type TemplateValues } from './templates.ts';

/** A call that is made with, or about, one token. */
type TokenCall =
  | IntrospectCall
  | RoleCall
  | DeriveCall
  | NonNullable<PlatformSpec['identity']>
  | NonNullable<PlatformSpec['touch']>;

/** What signs a request uniquely (RFC 5849 section 3.3). */
export interface Uniqueness {
  readonly nonce: string;
  /** Epoch seconds. */
  readonly timestamp: number;
}

export interface CallValues extends TemplateValues, Uniqueness {
  readonly token: Sealed;
  readonly tokens: TokenSet;
  /** Further pairs of the query, such as the mark of the next page. */
  readonly query?: NextPage;
}

/** The platform's validity call; the one of RFC 7662 where the app proves itself. */
export async function introspectRequest(call: IntrospectCall, values: CallValues): Promise<OutgoingRequest> {
  if (call.clientAuth === 'None') return callRequest(call, values);
  const url = filledURL(call.url, values);
  const standard = await questionForm('introspection', url, values.token.reveal(), {
    auth: call.clientAuth,
    client: values.client,
  });
  const headers = filledTexts(call.headers, values).texts;
  return formatted(
    standard,
    {
      method: 'POST',
      bodyFormat: call.tokenPlacement === 'JSON' ? 'JSON' : 'Form',
      paramNames: { token: call.tokenParam },
      headers,
    },
    [],
  );
}

/** A call with the token where the platform wants it. @throws Failure where something that it asks for is missing */
export function callRequest(call: TokenCall, values: CallValues): OutgoingRequest {
  const token = values.token.reveal();
  const params = filledTexts(call.params, values);
  const placed = call.tokenPlacement === 'Header' ? {} : { [call.tokenParam]: token };
  const inQuery = call.method === 'GET' || call.tokenPlacement === 'Query';
  const pairs: [string, string][] = Object.entries({ ...placed, ...params.texts });
  const query = [...(inQuery ? pairs : []), ...(values.query ?? [])];
  const target = filledURL(call.url, values);
  const url = query.length === 0 ? target : withQuery(target, query);
  const form = inQuery ? [] : pairs;
  const headers = {
    ...commonHeaders,
    ...lowerCased(filledTexts(call.headers, values).texts),
    ...(call.tokenPlacement === 'Header' ? { authorization: authorizationOf(call, url, form, values) } : {}),
  };
  const secrets = [token, ...params.secrets];
  if (call.method === 'GET') return { method: 'GET', url, headers, secrets };
  if (form.length === 0) return { method: 'POST', url, headers, body: '', secrets };
  const isJSON = call.tokenPlacement === 'JSON';
  const body = isJSON ? JSON.stringify(Object.fromEntries(form)) : new URLSearchParams(form).toString();
  const type = isJSON ? 'application/json' : formType;
  return { method: 'POST', url, headers: { ...headers, 'content-type': type }, body, secrets };
}

/** The Authorization header with the token, signed where the platform speaks OAuth 1.0a. */
function authorizationOf(
  call: { readonly scheme: TokenCall['scheme']; readonly method: string },
  url: string,
  form: readonly [string, string][],
  values: CallValues,
): string {
  if (call.scheme !== 'OAuth1') return `${call.scheme} ${values.token.reveal()}`;
  return authorizationHeader(
    { method: call.method, url, form: Object.fromEntries(form) },
    {
      clientId: values.client.id,
      clientSecret: secretOf(values.client),
      token: values.token.reveal(),
      tokenSecret: values.tokens.secret?.reveal(),
      nonce: values.nonce,
      timestamp: values.timestamp,
    },
  );
}

/** One call that gives a token back (RFC 7009 section 2.1, or the platform's own). */
export async function revokeRequest(call: RevokeCall, values: CallValues): Promise<OutgoingRequest> {
  const token = values.token.reveal();
  const url = filledURL(call.url, values);
  const params = filledTexts(call.params, values);
  const headers = filledTexts(call.headers, values).texts;
  if (call.tokenPlacement === 'Header') {
    const target = withQuery(url, Object.entries(params.texts));
    const authorization = authorizationOf(call, target, [], values);
    const all = { ...commonHeaders, ...lowerCased(headers), authorization };
    const body = call.method === 'POST' ? { body: '' } : {};
    return { method: call.method, url: target, headers: all, ...body, secrets: [token, ...params.secrets] };
  }
  const auth = call.clientAuth === 'IDOnly' ? 'None' : call.clientAuth;
  const standard = await questionForm('revocation', url, token, { auth, client: values.client });
  // With None the platform wants to hear nothing of the app.
  if (call.clientAuth === 'None') standard.parameters.delete('client_id');
  for (const [name, value] of Object.entries(params.texts)) standard.parameters.set(name, value);
  const isQuery = call.tokenPlacement === 'Query' || call.method !== 'POST';
  const format = {
    method: 'POST',
    bodyFormat: isQuery ? 'Query' : call.tokenPlacement === 'JSON' ? 'JSON' : 'Form',
    paramNames: { ...call.paramNames, token: call.tokenParam },
    headers,
  } as const;
  const { body, ...request } = formatted(standard, format, params.secrets);
  return call.method === 'POST' ? { ...request, body } : { ...request, method: call.method };
}
