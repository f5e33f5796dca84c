import { createHmac } from 'node:crypto';
import { afterEach, beforeEach } from 'vitest';
import type { AppInput, AssetInput, Cause, CauseInput, EndCause, MintedGrant, MintInput } from './model.ts';
import { type RunningSimulator, runSimulator } from './running.ts';
import type { WireAnswer } from './wire-client.ts';

export const facebookGraph = '/graph.facebook.com/v26.0';
export const facebookDialog = '/www.facebook.com/v26.0/dialog/oauth';

export const facebookApp = { id: '1234567890', secret: 'fb-secret' };
export const facebookPerson = '122099887766554';
export const nightStream = '100200300400500';
export const dayStream = '100200300400600';
export const nightInstagram = { id: '17841400000000001', username: 'nightstream' };

export const pageScopes = ['pages_show_list', 'pages_read_engagement', 'pages_manage_posts', 'publish_video'];
export const instagramScopes = ['instagram_basic', 'instagram_content_publish', ...pageScopes.slice(0, 2)];

type Parameters = Readonly<Record<string, string>>;

/** What tests of Facebook and its pages do again and again, with the app and the person above. */
class FacebookClient {
  readonly platform: 'facebook' | 'instagram-page';
  #running: RunningSimulator | undefined;

  constructor(platform: FacebookClient['platform']) {
    this.platform = platform;
  }

  get simulator(): RunningSimulator {
    if (this.#running === undefined) throw new Error(`the simulator of ${this.platform} is not running`);
    return this.#running;
  }

  /** Beside what `runSimulator` has: the app and the person, who manages both pages; Instagram is linked with the first. */
  async start(): Promise<void> {
    this.#running = await runSimulator();
    const { platform } = this;
    const { control } = this.simulator;
    const redirectUris = ['https://127.0.0.1/callback'];
    await control.createApp({ platform, clientId: facebookApp.id, clientSecret: facebookApp.secret, redirectUris });
    await control.createAccount({ platform, id: facebookPerson, login: 'dana', displayName: 'Dana Reyes' });
    await control.createAsset({ platform, id: nightStream, name: 'Night Stream', instagram: nightInstagram });
    await control.createAsset({ platform, id: dayStream, name: 'Day Stream' });
    await this.roles(['MANAGE', 'CREATE_CONTENT']);
    await this.roles(['PROFILE_PLUS_FULL_CONTROL'], dayStream);
  }

  app(change: Partial<AppInput>): Promise<unknown> {
    return this.simulator.control.updateApp({ platform: this.platform, clientId: facebookApp.id, ...change });
  }

  mint(input: Partial<MintInput> = {}): Promise<MintedGrant> {
    const scopes = this.platform === 'facebook' ? pageScopes : instagramScopes;
    const names = { platform: this.platform, clientId: facebookApp.id, accountId: facebookPerson };
    return this.simulator.control.mintGrant({ ...names, scopes, ...input });
  }

  /** Any call of the graph: `/me`. */
  get(path: string, token: string, parameters: Parameters = {}): Promise<WireAnswer> {
    return this.call('GET', path, { access_token: token, ...parameters });
  }

  call(method: string, path: string, parameters: Parameters): Promise<WireAnswer> {
    const query = new URLSearchParams(parameters);
    return this.simulator.wire.send(method, `${facebookGraph}${path}?${query}`);
  }

  /** The token endpoint, as this app. */
  token(parameters: Parameters): Promise<WireAnswer> {
    const client = { client_id: facebookApp.id, client_secret: facebookApp.secret };
    return this.call('GET', '/oauth/access_token', { ...client, ...parameters });
  }

  exchange(token: string, parameters: Parameters = {}): Promise<WireAnswer> {
    return this.token({ grant_type: 'fb_exchange_token', fb_exchange_token: token, ...parameters });
  }

  /** What the platform says of a token when the app asks. */
  async debug(token: string, parameters: Parameters = {}): Promise<Record<string, unknown>> {
    const answer = await this.get('/debug_token', appToken, { input_token: token, ...parameters });
    return (answer.json?.data ?? { refused: answer.json }) as Record<string, unknown>;
  }

  async pageToken(token: string, page = nightStream): Promise<string> {
    return String((await this.get(`/${page}`, token, { fields: 'access_token' })).json?.access_token);
  }

  strike(cause: Cause, more: Partial<CauseInput> = {}): Promise<{ ended: number }> {
    return this.simulator.control.strike({ platform: this.platform, cause, accountId: facebookPerson, ...more });
  }

  cure(cause: Cause, more: Partial<CauseInput> = {}): Promise<{ cured: number }> {
    return this.simulator.control.cure({ platform: this.platform, cause, accountId: facebookPerson, ...more });
  }

  page(change: Partial<AssetInput>): Promise<unknown> {
    return this.simulator.control.updateAsset({ platform: this.platform, id: nightStream, ...change });
  }

  roles(roles: string[], assetId = nightStream): Promise<unknown> {
    return this.simulator.control.setRoles({ platform: this.platform, accountId: facebookPerson, assetId, roles });
  }

  shift(byMs: number): Promise<unknown> {
    return this.simulator.control.shiftClock({ platform: this.platform, byMs });
  }

  async ends(): Promise<(EndCause | null)[]> {
    return (await this.simulator.control.grants()).map(({ endedBy }) => endedBy);
  }
}

/** What the app has for itself, without asking. */
export const appToken = `${facebookApp.id}|${facebookApp.secret}`;

export const proofOf = (message: string, secret = facebookApp.secret): string =>
  createHmac('sha256', secret).update(message).digest('hex');

/** A client behind which every test of the file has a simulator of its own. */
export function freshFacebook(platform: FacebookClient['platform'] = 'facebook'): FacebookClient {
  const client = new FacebookClient(platform);
  beforeEach(() => client.start());
  afterEach(() => client.simulator.stop());
  return client;
}
