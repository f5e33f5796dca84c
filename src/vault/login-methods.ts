import { readFile } from 'node:fs/promises';
import { Failure } from '../core/failure.ts';
import { Sealed } from '../core/sealed.ts';
import type { VaultRequest } from './transport.ts';

/** How the operator proves to Vault who it is. Files are read at each login: what is in them is replaced while we run. */
export type LoginMethod =
  /** A ServiceAccount's token (or any other JWT) for a role of the Kubernetes or JWT auth method. */
  | { readonly kind: 'kubernetes' | 'jwt'; readonly mount: string; readonly role: string; readonly jwtFile: string }
  | { readonly kind: 'approle'; readonly mount: string; readonly roleIdFile: string; readonly secretIdFile: string }
  /** A Vault token that something else (Vault Agent, a person) puts into a file and keeps alive. */
  | { readonly kind: 'token-file'; readonly file: string };

/** The login as words for people, without secrets. */
export function describe(method: LoginMethod): string {
  if (method.kind === 'token-file') return `the token in ${method.file}`;
  return method.kind === 'approle' ? `auth/${method.mount}` : `role "${method.role}" at auth/${method.mount}`;
}

/** The login request; for a token file the question what that token is worth. */
export async function loginRequest(method: LoginMethod): Promise<VaultRequest> {
  if (method.kind === 'token-file') return lookupSelf(Sealed.of(await content(method.file)));
  const json =
    method.kind === 'approle'
      ? { role_id: await content(method.roleIdFile), secret_id: await content(method.secretIdFile) }
      : { role: method.role, jwt: await content(method.jwtFile) };
  return { operation: 'login', method: 'POST', path: `auth/${method.mount}/login`, json };
}

export function lookupSelf(token: Sealed): VaultRequest {
  return { operation: 'lookup-self', method: 'GET', path: 'auth/token/lookup-self', token };
}

export function renewSelf(token: Sealed): VaultRequest {
  return { operation: 'renew-self', method: 'POST', path: 'auth/token/renew-self', token, json: {} };
}

async function content(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw fault(`The file ${file} with the login for Vault cannot be read (${error.code}).`);
  });
  if (text.trim() === '') throw fault(`The file ${file} with the login for Vault is empty.`);
  return text.trim();
}

function fault(message: string): Failure {
  return new Failure('Misconfigured', 'VaultDenied', `${message} It is tried again.`, { source: 'Vault' });
}
