import { createAuthority, issueServer } from '../harness/certificates.ts';
import { SimulatorControl } from './control.ts';
import type { MintedGrant, MintInput } from './model.ts';
import type { Platform } from './platform.ts';
import { platforms } from './registry.ts';
import { startSimulator } from './simulator.ts';
import { type WireAnswer, WireClient } from './wire-client.ts';

export const paths = {
  twitchToken: '/id.twitch.tv/oauth2/token',
  twitchValidate: '/id.twitch.tv/oauth2/validate',
  twitchRevoke: '/id.twitch.tv/oauth2/revoke',
  twitchUsers: '/api.twitch.tv/helix/users',
  googleToken: '/oauth2.googleapis.com/token',
  googleTokeninfo: '/oauth2.googleapis.com/tokeninfo',
  googleRevoke: '/oauth2.googleapis.com/revoke',
  googleChannels: '/www.googleapis.com/youtube/v3/channels?part=id%2Csnippet&mine=true',
  googleUserinfo: '/openidconnect.googleapis.com/v1/userinfo',
};

export const minuteMs = 60_000;
export const dayMs = 86_400_000;

const youtubeScopes = ['https://www.googleapis.com/auth/youtube.readonly', 'openid'];

/** What Twitch and YouTube give for a consent. */
interface MintedPair extends MintedGrant {
  refreshToken: string;
  expiresAt: number;
}

/** A simulator in this process with one app and one account per platform, and a client that trusts it. */
export class RunningSimulator {
  readonly control: SimulatorControl;
  readonly wire: WireClient;
  readonly #stop: () => Promise<void>;

  constructor(control: SimulatorControl, wire: WireClient, stop: () => Promise<void>) {
    this.control = control;
    this.wire = wire;
    this.#stop = stop;
  }

  mintTwitch(input: Partial<MintInput> = {}): Promise<MintedPair> {
    const scopes = ['channel:manage:broadcast'];
    return this.#mintPair({ platform: 'twitch', clientId: 'tw', accountId: '1', scopes, ...input });
  }

  mintYoutube(input: Partial<MintInput> = {}): Promise<MintedPair> {
    return this.#mintPair({ platform: 'youtube', clientId: 'yt', accountId: '10', scopes: youtubeScopes, ...input });
  }

  refreshTwitch(refreshToken: string, form: Record<string, string> = {}): Promise<WireAnswer> {
    return this.wire.post(paths.twitchToken, { ...twitchForm(refreshToken), ...form });
  }

  refreshYoutube(refreshToken: string, form: Record<string, string> = {}): Promise<WireAnswer> {
    return this.wire.post(paths.googleToken, { ...youtubeForm(refreshToken), ...form });
  }

  /** A public client sends no secret. */
  refreshPublic(refreshToken: string): Promise<WireAnswer> {
    const form = { grant_type: 'refresh_token', client_id: 'public', refresh_token: refreshToken };
    return this.wire.post(paths.twitchToken, form);
  }

  validateTwitch(accessToken: string): Promise<WireAnswer> {
    return this.wire.get(paths.twitchValidate, { authorization: `OAuth ${accessToken}` });
  }

  tokeninfo(accessToken: string): Promise<WireAnswer> {
    return this.wire.post(paths.googleTokeninfo, {}, { authorization: `Bearer ${accessToken}` });
  }

  async #mintPair(input: MintInput): Promise<MintedPair> {
    const { refreshToken, expiresAt, ...minted } = await this.control.mintGrant(input);
    if (refreshToken === null || expiresAt === null) {
      throw new Error(`${input.platform} gave no refresh token, or an access token without end`);
    }
    return { ...minted, refreshToken, expiresAt };
  }

  async complaintTexts(): Promise<string[]> {
    return (await this.control.complaints()).map((complaint) => complaint.text);
  }

  async stop(): Promise<void> {
    await this.wire.close();
    await this.#stop();
  }
}

export const twitchForm = (refreshToken: string): Record<string, string> => ({
  grant_type: 'refresh_token',
  client_id: 'tw',
  client_secret: 'tw-secret',
  refresh_token: refreshToken,
});

export const youtubeForm = (refreshToken: string): Record<string, string> => ({
  ...twitchForm(refreshToken),
  client_id: 'yt',
  client_secret: 'yt-secret',
});

/**
 * Apps `tw`, `public` (Twitch) and `yt`; accounts `1`, `2` (Twitch) and `10`, `11` (YouTube, 11 without a channel).
 * @param more platforms beside those of the registry, without apps and accounts
 */
export async function runSimulator(more: readonly Platform[] = []): Promise<RunningSimulator> {
  const authority = createAuthority('simulator');
  const { certificate, key } = issueServer(authority, 'simulator');
  const ports = { port: 0, controlPort: 0 };
  const simulator = await startSimulator({ cert: certificate, key, ...ports, platforms: [...platforms, ...more] });
  const control = new SimulatorControl(simulator.controlUrl);
  const redirectUris = ['https://127.0.0.1/callback'];
  await control.createApp({ platform: 'twitch', clientId: 'tw', clientSecret: 'tw-secret', redirectUris });
  await control.createApp({ platform: 'twitch', clientId: 'public', clientType: 'public' });
  await control.createApp({ platform: 'youtube', clientId: 'yt', clientSecret: 'yt-secret', redirectUris });
  await control.createAccount({ platform: 'twitch', id: '1', login: 'mainstage' });
  await control.createAccount({ platform: 'twitch', id: '2', login: 'sidestage' });
  await control.createAccount({ platform: 'youtube', id: '10', login: 'studio', channelId: 'UC10' });
  await control.createAccount({ platform: 'youtube', id: '11', login: 'viewer' });
  return new RunningSimulator(control, new WireClient(simulator.url, authority.certificate), simulator.close);
}
