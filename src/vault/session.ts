import type { Login } from './login.ts';
import type { VaultAnswer, VaultRequest, VaultTransport } from './transport.ts';

/** Sends requests with the present login. A 403 that it answers means the policy: a dead login was replaced and tried. */
export type Send = (request: Omit<VaultRequest, 'token'>) => Promise<VaultAnswer>;

export function createSession(transport: VaultTransport, login: Login): Send {
  return async (request) => {
    const token = await login.token();
    const answer = await transport.send({ ...request, token });
    // A 403 was not carried out, so asking again is safe, for writes too.
    if (answer.status !== 403 || !(await login.recover(token))) return answer;
    return transport.send({ ...request, token: await login.token() });
  };
}
