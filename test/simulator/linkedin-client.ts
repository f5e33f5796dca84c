import type { AppInput, Cause, EndCause, MintedGrant, MintInput } from './model.ts';
import { type RunningSimulator, runSimulator } from './running.ts';
import type { WireAnswer } from './wire-client.ts';

export const linkedinPaths = {
  consent: '/www.linkedin.com/oauth/v2/authorization',
  token: '/www.linkedin.com/oauth/v2/accessToken',
  introspect: '/www.linkedin.com/oauth/v2/introspectToken',
  revoke: '/www.linkedin.com/oauth/v2/revoke',
  userinfo: '/api.linkedin.com/v2/userinfo',
  member: '/api.linkedin.com/v2/me',
  acls: '/api.linkedin.com/rest/organizationAcls',
  authorizations: '/api.linkedin.com/rest/organizationAuthorizations',
};

export const linkedinScopes = ['openid', 'profile', 'rw_organization_admin', 'w_organization_social'];
export const linkedinMember = { platform: 'linkedin', accountId: 'aB3dE5fG7h' };
export const linkedinClient = { client_id: 'li', client_secret: 'li-secret' };

/** What tests of LinkedIn do again and again, with app `li` and `linkedinMember` unless they say otherwise. */
export class LinkedinClient {
  readonly simulator: RunningSimulator;

  constructor(simulator: RunningSimulator) {
    this.simulator = simulator;
  }

  app(change: Partial<AppInput>): Promise<unknown> {
    return this.simulator.control.updateApp({ platform: 'linkedin', clientId: 'li', ...change });
  }

  async mint(input: Partial<MintInput> = {}): Promise<MintedGrant & { refreshToken: string }> {
    const asked = { ...linkedinMember, clientId: 'li', scopes: linkedinScopes, ...input };
    const { refreshToken, ...minted } = await this.simulator.control.mintGrant(asked);
    return { ...minted, refreshToken: refreshToken ?? '' };
  }

  refresh(token: string, more: object = {}): Promise<WireAnswer> {
    const form = { grant_type: 'refresh_token', refresh_token: token, ...linkedinClient, ...more };
    return this.simulator.wire.post(linkedinPaths.token, form);
  }

  introspect(token: string, more: object = {}): Promise<WireAnswer> {
    return this.simulator.wire.post(linkedinPaths.introspect, { token, ...linkedinClient, ...more });
  }

  /** Any call of the API. */
  get(path: string, token: string, headers: Record<string, string> = {}): Promise<WireAnswer> {
    return this.simulator.wire.get(path, { authorization: `Bearer ${token}`, ...headers });
  }

  /** A call below `/rest/`. */
  rest(path: string, token: string, version = '202609'): Promise<WireAnswer> {
    return this.get(path, token, { 'linkedin-version': version, 'x-restli-protocol-version': '2.0.0' });
  }

  strike(cause: Cause, more: { assetId?: string } = {}): Promise<{ ended: number }> {
    return this.simulator.control.strike({ ...linkedinMember, cause, ...more });
  }

  shift(byMs: number): Promise<unknown> {
    return this.simulator.control.shiftClock({ platform: 'linkedin', byMs });
  }

  async ends(): Promise<(EndCause | null)[]> {
    return (await this.simulator.control.grants()).map(({ endedBy }) => endedBy);
  }
}

/** Beside what `runSimulator` has: app `li`, a member, and organization `77001122`, which the member administers. */
export async function runWithLinkedin(): Promise<LinkedinClient> {
  const simulator = await runSimulator();
  const { control } = simulator;
  const { platform, accountId } = linkedinMember;
  const redirectUris = ['https://127.0.0.1/callback'];
  await control.createApp({ platform, clientId: 'li', clientSecret: 'li-secret', redirectUris });
  await control.createAccount({ platform, id: accountId, login: 'example', displayName: 'Ex Ample' });
  await control.createAsset({ platform, id: '77001122', kind: 'organization', name: 'Night Stream' });
  await control.setRoles({ platform, accountId, assetId: '77001122', roles: ['ADMINISTRATOR'] });
  return new LinkedinClient(simulator);
}
