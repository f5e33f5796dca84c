import type { AppInput, Cause, CauseInput, EndCause, MintedGrant, MintInput } from './model.ts';
import { type RunningSimulator, runSimulator } from './running.ts';
import type { WireAnswer } from './wire-client.ts';

/** What differs between the two platforms whose own logins last an hour, then sixty days. */
export const ownLogins = {
  instagram: {
    ...{ graph: '/graph.instagram.com', codes: '/api.instagram.com', dialog: '/www.instagram.com/oauth/authorize' },
    ...{ prefix: 'ig', version: 'v26.0', token: /^IGAA/ },
    scopes: ['instagram_business_basic', 'instagram_business_content_publish'],
  },
  threads: {
    ...{ graph: '/graph.threads.net', codes: '/graph.threads.net', dialog: '/threads.com/oauth/authorize' },
    ...{ prefix: 'th', version: 'v1.0', token: /^THAA/ },
    scopes: ['threads_basic', 'threads_content_publish'],
  },
} as const;

export const ownApp = { id: '700800900', secret: 'own-secret' };
export const ownPerson = '17841405822304915';
export const callback = 'https://127.0.0.1/callback';

/** What tests of Instagram Login and Threads do again and again, with the app and the person above. */
export class OwnLoginClient {
  readonly simulator: RunningSimulator;
  readonly platform: keyof typeof ownLogins;

  constructor(simulator: RunningSimulator, platform: OwnLoginClient['platform']) {
    this.simulator = simulator;
    this.platform = platform;
  }

  get facts(): (typeof ownLogins)[keyof typeof ownLogins] {
    return ownLogins[this.platform];
  }

  app(change: Partial<AppInput>): Promise<unknown> {
    return this.simulator.control.updateApp({ platform: this.platform, clientId: ownApp.id, ...change });
  }

  account(change: { isPrivate?: boolean; isTester?: boolean; login?: string }): Promise<unknown> {
    return this.simulator.control.updateAccount({ platform: this.platform, id: ownPerson, ...change });
  }

  mint(input: Partial<MintInput> = {}): Promise<MintedGrant> {
    const names = { platform: this.platform, clientId: ownApp.id, accountId: ownPerson };
    return this.simulator.control.mintGrant({ ...names, scopes: [...this.facts.scopes], ...input });
  }

  get(path: string, parameters: Record<string, string>): Promise<WireAnswer> {
    return this.simulator.wire.get(`${this.facts.graph}${path}?${new URLSearchParams(parameters)}`);
  }

  me(token: string, fields = 'id,username'): Promise<WireAnswer> {
    return this.get(`/${this.facts.version}/me`, { access_token: token, fields });
  }

  exchange(token: string, more: Record<string, string> = {}): Promise<WireAnswer> {
    const grant = { grant_type: `${this.facts.prefix}_exchange_token`, client_secret: ownApp.secret };
    return this.get('/access_token', { ...grant, access_token: token, ...more });
  }

  refresh(token: string, more: Record<string, string> = {}): Promise<WireAnswer> {
    const grant = { grant_type: `${this.facts.prefix}_refresh_token` };
    return this.get('/refresh_access_token', { ...grant, access_token: token, ...more });
  }

  ask(change: Record<string, string> = { approve: ownPerson }): Promise<WireAnswer> {
    const asked = { client_id: ownApp.id, redirect_uri: callback, response_type: 'code', state: 's1' };
    const query = new URLSearchParams({ ...asked, scope: this.facts.scopes.join(','), ...change });
    return this.simulator.wire.get(`${this.facts.dialog}?${query}`);
  }

  /** Where the dialog sends the person. */
  async location(change?: Record<string, string>): Promise<URL> {
    return new URL((await this.ask(change)).headers.get('location') ?? '');
  }

  async code(): Promise<string> {
    return (await this.location()).searchParams.get('code') ?? '';
  }

  redeem(code: string, change: Record<string, string> = {}): Promise<WireAnswer> {
    const client = { client_id: ownApp.id, client_secret: ownApp.secret, redirect_uri: callback };
    const form = { ...client, grant_type: 'authorization_code', code, ...change };
    return this.simulator.wire.post(`${this.facts.codes}/oauth/access_token`, form);
  }

  strike(cause: Cause, more: Partial<CauseInput> = {}): Promise<{ ended: number }> {
    return this.simulator.control.strike({ platform: this.platform, cause, accountId: ownPerson, ...more });
  }

  cure(cause: Cause): Promise<{ cured: number }> {
    return this.simulator.control.cure({ platform: this.platform, cause, accountId: ownPerson });
  }

  shift(byMs: number): Promise<unknown> {
    return this.simulator.control.shiftClock({ platform: this.platform, byMs });
  }

  async ends(): Promise<(EndCause | null)[]> {
    return (await this.simulator.control.grants()).map(({ endedBy }) => endedBy);
  }
}

/** Beside what `runSimulator` has: the app and the person above. */
export async function runWithOwnLogin(platform: OwnLoginClient['platform']): Promise<OwnLoginClient> {
  const simulator = await runSimulator();
  const { control } = simulator;
  await control.createApp({ platform, clientId: ownApp.id, clientSecret: ownApp.secret, redirectUris: [callback] });
  await control.createAccount({ platform, id: ownPerson, login: 'nightstream' });
  return new OwnLoginClient(simulator, platform);
}
