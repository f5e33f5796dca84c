import type { App } from './model.ts';
import { hmacSha1Signature } from './oauth1-signature.ts';
import type { Call, PlatformRequest } from './platform.ts';
import { oauth1Parameters, parameterProblems } from './request.ts';

/** Why a request counts as unsigned. */
export type Unsigned = 'malformed' | 'unknown-app' | 'unknown-token' | 'clock' | 'used-nonce' | 'wrong-signature';

/** Who signed a request, with what it says. */
export interface Signed {
  app: App;
  parameters: Readonly<Record<string, string>>;
}

export interface SignatureRules {
  /** Of OAuth, beside what every signed request has: in the header, or in the form. */
  required: readonly string[];
  /** Parameters that the query may have. */
  query: readonly string[];
  /** Absent: the request has no token. Undefined: nobody has this one. */
  secretOf?(token: string): string | undefined;
}

const everyRequest = [
  'oauth_consumer_key',
  'oauth_nonce',
  'oauth_signature',
  'oauth_signature_method',
  'oauth_timestamp',
];

/** How far a client's clock may be off, in either direction. X publishes no figure. */
const toleranceMs = 300_000;

const headerPairs = (request: PlatformRequest): [string, string][] =>
  Object.entries(oauth1Parameters(request) ?? {}).map(([name, value]) => [name, value]);

/** A value holds unreserved characters and percent escapes alone, and no parameter comes twice. */
function headerProblems({ headers }: PlatformRequest): string[] {
  const raw = [...(headers.authorization ?? '').matchAll(/(oauth_\w+)="([^"]*)"/g)];
  const names = raw.map(([, name = '']) => name);
  const unencoded = raw.filter(([, , value = '']) => !/^(?:[\w.~-]|%[\dA-F]{2})*$/.test(value));
  return [
    ...names
      .filter((name, at) => names.indexOf(name) !== at)
      .map((name) => `parameter ${name} was sent more than once`),
    ...unencoded.map(([, name]) => `parameter ${name} of the Authorization header is not percent-encoded`),
  ];
}

/** Every way in which a request departs from what the documentation has of signed ones. */
function problemsOf(request: PlatformRequest, rules: SignatureRules): string[] {
  if (!oauth1Parameters(request)) {
    return ['the request needs an Authorization header of OAuth 1.0a'];
  }
  const ofHeader = headerPairs(request);
  const formless = request.body !== '' && [...request.form.keys()].length === 0;
  const inForm = [...request.form].filter(([name]) => rules.required.includes(name));
  const strangers = [...request.form.keys()].filter((name) => !rules.required.includes(name));
  const own = rules.secretOf ? ['oauth_token', ...rules.required] : rules.required;
  const known = { required: [...everyRequest, ...own], optional: ['oauth_version'] };
  const { oauth_signature_method: method, oauth_version: version = '1.0' } = oauth1Parameters(request) ?? {};
  return [
    ...headerProblems(request),
    ...parameterProblems(new URLSearchParams([...ofHeader, ...inForm]), known).map(({ text }) => text),
    ...parameterProblems(request.query, { required: [], optional: rules.query }).map(({ text }) => text),
    ...strangers.map((name) => `parameter ${name} is not known here`),
    ...(formless ? ['the body is no form'] : []),
    ...(method === 'HMAC-SHA1' ? [] : ['oauth_signature_method must be HMAC-SHA1']),
    ...(version === '1.0' ? [] : ['oauth_version must be 1.0']),
  ];
}

/** The address as the platform has it, or as the request arrived here: a client may sign either. */
const addresses = ({ path, headers }: PlatformRequest): string[] => [
  `https:/${path}`,
  `https://${headers.host}${path}`,
];

function isSignedWith(request: PlatformRequest, app: App, tokenSecret: string): boolean {
  const ofHeader = headerPairs(request).filter(([name]) => name !== 'oauth_signature');
  const parameters = [...ofHeader, ...request.query, ...request.form];
  const { oauth_signature: given } = oauth1Parameters(request) ?? {};
  const signatures = addresses(request).map((url) =>
    hmacSha1Signature({ method: request.method, url, parameters }, app.clientSecret ?? '', tokenSecret),
  );
  return given !== undefined && signatures.includes(given);
}

/** Whether the timestamp is near and the nonce new; the latter is used up by this. */
function freshness(call: Call, parameters: Readonly<Record<string, string>>): Unsigned | null {
  const { oauth_consumer_key: key = '', oauth_timestamp: timestamp = '', oauth_nonce: nonce = '' } = parameters;
  if (!/^\d+$/.test(timestamp) || Math.abs(Number(timestamp) * 1000 - call.now) > toleranceMs) {
    return 'clock';
  }
  if (!call.world.temporary.takeNonce(call.platform.name, key, parameters.oauth_token ?? '', timestamp, nonce)) {
    call.complain('oauth_nonce was used before with this timestamp');
    return 'used-nonce';
  }
  return null;
}

/** Who signed this request by OAuth 1.0a, or why it counts as unsigned. */
export function signedBy(call: Call, rules: SignatureRules): Signed | Unsigned {
  const { request } = call;
  const problems = problemsOf(request, rules);
  for (const problem of problems) {
    call.complain(problem);
  }
  if (problems.length > 0) {
    return 'malformed';
  }
  const parameters = Object.fromEntries([...headerPairs(request), ...request.form]);
  const app = call.world.directory.findApp(call.platform.name, parameters.oauth_consumer_key ?? '');
  if (!app) {
    return 'unknown-app';
  }
  const tokenSecret = rules.secretOf ? rules.secretOf(parameters.oauth_token ?? '') : '';
  if (tokenSecret === undefined) {
    return 'unknown-token';
  }
  if (!isSignedWith(request, app, tokenSecret)) {
    return 'wrong-signature';
  }
  return freshness(call, parameters) ?? { app, parameters };
}
