import type { AppInput, Cause, EndCause, MintedGrant, MintInput } from './model.ts';
import { type RunningSimulator, runSimulator } from './running.ts';
import type { WireAnswer } from './wire-client.ts';

export const xPaths = {
  consent: '/x.com/i/oauth2/authorize',
  token: '/api.x.com/2/oauth2/token',
  revoke: '/api.x.com/2/oauth2/revoke',
  me: '/api.x.com/2/users/me',
};

export const xCallback = 'https://127.0.0.1/callback';
export const xScopes = ['tweet.read', 'users.read', 'tweet.write', 'offline.access'];
export const xPerson = { platform: 'x', accountId: '2244990000000000001' };

export const basicOf = (user: string, password: string): { authorization: string } => {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
};

export const xBasic = basicOf('xa', 's3cr3t-Value_01');

/** What tests of X do again and again, with app `xa` and account `xPerson` unless they say otherwise. */
export class XClient {
  readonly simulator: RunningSimulator;

  constructor(simulator: RunningSimulator) {
    this.simulator = simulator;
  }

  app(change: Partial<AppInput>): Promise<unknown> {
    return this.simulator.control.updateApp({ platform: 'x', clientId: 'xa', ...change });
  }

  async mint(input: Partial<MintInput> = {}): Promise<MintedGrant & { refreshToken: string }> {
    const asked = { ...xPerson, clientId: 'xa', scopes: xScopes, ...input };
    const { refreshToken, ...minted } = await this.simulator.control.mintGrant(asked);
    return { ...minted, refreshToken: refreshToken ?? '' };
  }

  refresh(token: string, headers: Record<string, string> = xBasic, more: object = {}): Promise<WireAnswer> {
    const form = { grant_type: 'refresh_token', refresh_token: token, ...more };
    return this.simulator.wire.post(xPaths.token, form, headers);
  }

  usersMe(token: string, query = ''): Promise<WireAnswer> {
    return this.simulator.wire.get(`${xPaths.me}${query}`, { authorization: `Bearer ${token}` });
  }

  strike(cause: Cause): Promise<{ ended: number }> {
    return this.simulator.control.strike({ ...xPerson, cause });
  }

  shift(byMs: number): Promise<unknown> {
    return this.simulator.control.shiftClock({ platform: 'x', byMs });
  }

  async ends(): Promise<(EndCause | null)[]> {
    return (await this.simulator.control.grants()).map(({ endedBy }) => endedBy);
  }
}

/** Beside what `runSimulator` has: apps `xa` and `open` (public), account `xPerson` and account `2` of X. */
export async function runWithX(): Promise<XClient> {
  const simulator = await runSimulator();
  const { control } = simulator;
  const redirectUris = [xCallback];
  await control.createApp({ platform: 'x', clientId: 'xa', clientSecret: 's3cr3t-Value_01', redirectUris });
  await control.createApp({ platform: 'x', clientId: 'open', clientType: 'public', redirectUris });
  await control.createAccount({ platform: 'x', id: xPerson.accountId, login: 'studio', displayName: 'Studio' });
  await control.createAccount({ platform: 'x', id: '2', login: 'other' });
  return new XClient(simulator);
}
