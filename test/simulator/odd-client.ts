import type { AppInput, Cause, CauseInput, EndCause, MintedGrant, MintInput } from './model.ts';
import { type RunningSimulator, runSimulator } from './running.ts';
import type { WireAnswer } from './wire-client.ts';

export const oddPaths = {
  consent: '/door.odd.example/come-in',
  grant: '/gate.odd.example/tokens/grant',
  inspect: '/gate.odd.example/tokens/inspect',
  drop: '/gate.odd.example/tokens/drop',
  whoami: '/api.odd.example/v7/whoami',
};

export const oddMember = { platform: 'odd', accountId: '17841405822304915' };

interface OddBody {
  ok: boolean;
  data?: { auth: { token: Record<string, unknown> } };
  reason?: { word: string; wait_ms?: number };
}

export const bodyOf = ({ json }: WireAnswer): OddBody => json as unknown as OddBody;
export const tokenOf = (answer: WireAnswer): Record<string, unknown> => bodyOf(answer).data?.auth.token ?? {};
/** What is wrong, where it is told with HTTP 200 as it must be. */
export const wordOf = (answer: WireAnswer): string | number | undefined =>
  answer.status === 200 ? bodyOf(answer).reason?.word : answer.status;

/** What tests of `odd` do again and again, with app `odd-app_1` and `oddMember` unless they say otherwise. */
export class OddClient {
  readonly simulator: RunningSimulator;
  /** Of the app. */
  readonly secret: string;

  constructor(simulator: RunningSimulator, secret: string) {
    this.simulator = simulator;
    this.secret = secret;
  }

  app(change: Partial<AppInput>): Promise<unknown> {
    return this.simulator.control.updateApp({ platform: 'odd', clientId: 'odd-app_1', ...change });
  }

  async mint(input: Partial<MintInput> = {}): Promise<MintedGrant & { refreshToken: string }> {
    const asked = { ...oddMember, clientId: 'odd-app_1', scopes: ['me.read', 'stream.write'], ...input };
    const { refreshToken, ...minted } = await this.simulator.control.mintGrant(asked);
    return { ...minted, refreshToken: refreshToken ?? '' };
  }

  basic(user = 'odd-app_1', password = this.secret): string {
    return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  post(path: string, body: object, authorization = this.basic()): Promise<WireAnswer> {
    return this.simulator.wire.post(path, JSON.stringify(body), { 'content-type': 'application/json', authorization });
  }

  renew(key: string, more: object = {}, authorization?: string): Promise<WireAnswer> {
    return this.post(oddPaths.grant, { grant_type: 'refresh_token', renewal_key: key, ...more }, authorization);
  }

  whoami(pass: string): Promise<WireAnswer> {
    return this.simulator.wire.get(oddPaths.whoami, { authorization: `Pass ${pass}` });
  }

  strike(cause: Cause, more: Partial<CauseInput> = {}): Promise<{ ended: number }> {
    return this.simulator.control.strike({ ...oddMember, cause, ...more });
  }

  shift(byMs: number): Promise<unknown> {
    return this.simulator.control.shiftClock({ platform: 'odd', byMs });
  }

  async ends(): Promise<(EndCause | null)[]> {
    return (await this.simulator.control.grants()).map(({ endedBy }) => endedBy);
  }
}

/** Beside what `runSimulator` has: app `odd-app_1` and `oddMember` of odd. */
export async function runWithOdd(): Promise<OddClient> {
  const simulator = await runSimulator();
  const app = { platform: 'odd', clientId: 'odd-app_1', redirectUris: ['https://127.0.0.1/callback'] };
  const { clientSecret } = await simulator.control.createApp(app);
  const { platform, accountId: id } = oddMember;
  await simulator.control.createAccount({ platform, id, login: 'nick', displayName: 'Nick' });
  return new OddClient(simulator, clientSecret ?? '');
}
