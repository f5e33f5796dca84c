import type { IncomingMessage } from 'node:http';
import type { Call, PlatformRequest } from './platform.ts';

const formType = 'application/x-www-form-urlencoded';
const multipartType = 'multipart/form-data';
const jsonType = 'application/json';

const mediaType = (request: PlatformRequest): string =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Empty where the body is not what it says. */
async function multipartForm({ headers, body }: PlatformRequest): Promise<URLSearchParams> {
  const form = new URLSearchParams();
  const parts = await new Response(body, { headers: { 'content-type': headers['content-type'] ?? '' } })
    .formData()
    .catch(() => new FormData());
  for (const [name, value] of parts) {
    form.append(name, String(value));
  }
  return form;
}

/** Reads a request to its end. */
export async function readRequest(incoming: IncomingMessage): Promise<PlatformRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  const url = new URL(incoming.url ?? '/', 'https://simulator.invalid');
  const request: PlatformRequest = {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    form: new URLSearchParams(),
    json: null,
  };
  if (mediaType(request) === formType) {
    request.form = new URLSearchParams(request.body);
  }
  if (mediaType(request) === multipartType) {
    request.form = await multipartForm(request);
  }
  if (mediaType(request) === jsonType) {
    request.json = jsonObject(request.body);
  }
  return request;
}

export interface ParameterRules {
  required: readonly string[];
  optional: readonly string[];
}

export interface FormRules extends ParameterRules {
  /** The client authenticates in the header, which is the platform's to check. Absent: an Authorization is wrong. */
  authorization?: boolean;
  /** The body may be multipart too. */
  multipart?: boolean;
}

/** What is wrong with a request, by what a client would have to change; `parameter` is a name, never a value. */
export interface RequestProblem {
  kind: 'content-type' | 'query' | 'authorization' | 'duplicate' | 'unknown' | 'missing';
  parameter: string;
  text: string;
}

const repeated = (names: readonly string[]): string[] => names.filter((name, at) => names.indexOf(name) !== at);

/** Every way in which parameters, of a query or a form, depart from what the documentation lists. */
export function parameterProblems(parameters: URLSearchParams, rules: ParameterRules): RequestProblem[] {
  const names = [...parameters.keys()];
  const known = [...rules.required, ...rules.optional];
  const problem = (kind: RequestProblem['kind'], parameter: string, what: string): RequestProblem => {
    return { kind, parameter, text: `parameter ${parameter} ${what}` };
  };
  return [
    ...repeated(names).map((name) => problem('duplicate', name, 'was sent more than once')),
    ...names.filter((name) => !known.includes(name)).map((name) => problem('unknown', name, 'is not known here')),
    ...rules.required
      .filter((name) => !parameters.get(name))
      .map((name) => problem('missing', name, 'is missing or empty')),
  ];
}

/** Every way in which a POSTed form departs from what the documentation lists; empty when it is exact. */
export function formProblems(request: PlatformRequest, rules: FormRules): RequestProblem[] {
  const problems: RequestProblem[] = [];
  if (mediaType(request) !== formType && !(rules.multipart && mediaType(request) === multipartType)) {
    problems.push({ kind: 'content-type', parameter: 'Content-Type', text: `Content-Type must be ${formType}` });
  }
  for (const name of request.query.keys()) {
    const text = `parameter ${name} stands in the query, it belongs in the body`;
    problems.push({ kind: 'query', parameter: name, text });
  }
  if (request.headers.authorization !== undefined && !rules.authorization) {
    const text = 'an Authorization header was sent where the client authenticates in the body';
    problems.push({ kind: 'authorization', parameter: 'Authorization', text });
  }
  return [...problems, ...parameterProblems(request.form, rules)];
}

/** Notes every problem in the ledger, and returns the first: what a platform that names one names. */
export function noteProblems(call: Call, problems: readonly RequestProblem[]): RequestProblem | undefined {
  for (const problem of problems) {
    call.complain(problem.text);
  }
  return problems[0];
}

/** The credentials of an Authorization header, when its scheme is exactly this one. */
export function credentials(request: PlatformRequest, scheme: string): string | null {
  const [given, value, ...rest] = (request.headers.authorization ?? '').split(' ');
  return given === scheme && value && rest.length === 0 ? value : null;
}

export function basicCredentials(request: PlatformRequest): { user: string; password: string } | null {
  const text = Buffer.from(credentials(request, 'Basic') ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Notes a secret that was percent-encoded for its Basic header where the platform takes it as it is. */
export function noteEncodedSecret(call: Call, sent: string, secret: string | null): void {
  if (sent !== secret && percentDecoded(sent.replaceAll('+', ' ')) === secret) {
    call.complain('the client secret was percent-encoded in the Authorization header');
  }
}

/** The parameters of an OAuth 1.0a Authorization header, decoded; null when it is none. */
export function oauth1Parameters(request: PlatformRequest): Record<string, string> | null {
  const [scheme, ...rest] = (request.headers.authorization ?? '').split(' ');
  const pairs = [...rest.join(' ').matchAll(/(oauth_\w+)="([^"]*)"/g)];
  if (scheme !== 'OAuth' || pairs.length === 0) {
    return null;
  }
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, percentDecoded(value)]));
}

/** What is wrongly encoded stays as it is: the platform refuses it as a value that it does not know. */
function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
