import type { IncomingMessage } from 'node:http';
import type { PlatformRequest } from './platform.ts';

const formType = 'application/x-www-form-urlencoded';

const mediaType = (request: PlatformRequest): string =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

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
  };
  if (mediaType(request) === formType) {
    request.form = new URLSearchParams(request.body);
  }
  return request;
}

export interface FormRules {
  required: readonly string[];
  optional: readonly string[];
}

/** What is wrong with a form, by what a client would have to change; `parameter` is a name, never a value. */
export interface FormProblem {
  kind: 'content-type' | 'query' | 'authorization' | 'duplicate' | 'unknown' | 'missing';
  parameter: string;
  text: string;
}

const repeated = (names: readonly string[]): string[] => names.filter((name, at) => names.indexOf(name) !== at);

/** Every way in which a POSTed form departs from what the documentation lists; empty when it is exact. */
export function formProblems(request: PlatformRequest, rules: FormRules): FormProblem[] {
  const problems: FormProblem[] = [];
  const note = (kind: FormProblem['kind'], parameter: string, text: string) => problems.push({ kind, parameter, text });
  if (mediaType(request) !== formType) {
    note('content-type', 'Content-Type', `Content-Type must be ${formType}`);
  }
  for (const name of request.query.keys()) {
    note('query', name, `parameter ${name} stands in the query, it belongs in the body`);
  }
  if (request.headers.authorization !== undefined) {
    note(
      'authorization',
      'Authorization',
      'an Authorization header was sent where the client authenticates in the body',
    );
  }
  const names = [...request.form.keys()];
  for (const name of repeated(names)) {
    note('duplicate', name, `parameter ${name} was sent more than once`);
  }
  const known = [...rules.required, ...rules.optional];
  for (const name of names.filter((one) => !known.includes(one))) {
    note('unknown', name, `parameter ${name} is not known here`);
  }
  for (const name of rules.required.filter((one) => !request.form.get(one))) {
    note('missing', name, `parameter ${name} is missing or empty`);
  }
  return problems;
}

/** The credentials of an Authorization header, when its scheme is exactly this one. */
export function credentials(request: PlatformRequest, scheme: string): string | null {
  const [given, value, ...rest] = (request.headers.authorization ?? '').split(' ');
  return given === scheme && value && rest.length === 0 ? value : null;
}
