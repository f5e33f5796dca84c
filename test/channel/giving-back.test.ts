import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { waitFor } from '../harness/wait.ts';
import { isConnected, type OperatedStage, operatedStage } from './operated-stage.ts';

let stage: OperatedStage;
let toVault: FaultProxy;

beforeAll(async () => {
  const { vault, authority } = sharedWorld();
  toVault = await FaultProxy.start({ upstream: vault.url, authority });
  stage = await operatedStage({ vaultUrl: toVault.url });
});
afterAll(async () => {
  await stage?.removeAll();
  await toVault?.stop();
});

const spec = { deletionPolicy: 'Revoke' };
/** With openid Google tells who the person is: without it nobody knows what else would end. */
const mint = { scopes: ['https://www.googleapis.com/auth/youtube', 'openid'] };

async function gone(name: string): Promise<void> {
  await stage.delete('SocialChannel', name);
  const isGone = async () => (await stage.find('SocialChannel', name)) === undefined;
  await waitFor(isGone, { what: `channel ${name} to be gone`, timeoutMs: 100_000 });
}

const endedBy = async (clientId: string) => (await stage.simulator.grants({ clientId })).map((grant) => grant.endedBy);
const told = async (name: string) => (await stage.events(name)).map(({ reason, message }) => `${reason}: ${message}`);

describe.concurrent('a deleted channel whose login is to be given back', () => {
  it('ends it at the platform, and in Vault', async () => {
    const app = await stage.simulatedApp('youtube', 'whole');
    await stage.connect('youtube', app, 'whole', 'whole', { spec, mint });
    await stage.until('whole', 'it to connect', isConnected);
    await gone('whole');
    expect(await endedBy(app.clientId)).toEqual(['revoked-by-client']);
    expect(await told('whole')).not.toContainEqual(expect.stringContaining('NotRevoked'));
    const metrics = await stage.operator.metrics();
    expect(metrics).toContain('socialchannel_revocations_total{platform="youtube",outcome="Revoked"}');
  });

  it('is deleted within a minute or so though the platform does not answer, and says what is left to do', async () => {
    const app = await stage.simulatedApp('youtube', 'away');
    await stage.connect('youtube', app, 'away', 'away', { spec, mint });
    await stage.until('away', 'it to connect', isConnected);
    await stage.simulator.addFault({
      platform: 'youtube',
      operation: 'revoke',
      clientId: app.clientId,
      kind: 'status',
    });
    const startedAt = Date.now();
    await gone('away');
    expect(Date.now() - startedAt).toBeGreaterThan(20_000);
    expect(await endedBy(app.clientId)).toEqual([null]);
    const [words] = (await told('away')).filter((line) => line.startsWith('NotRevoked'));
    expect(words).toContain('The login could not be given back: YouTube could not take it back (503');
    expect(words).toContain("It was forgotten here; removing the app in the account's settings ends it there too.");
  });

  it('keeps it at the platform where nobody knows whose it is and everything of that person would end', async () => {
    const app = await stage.simulatedApp('youtube', 'unknown');
    await stage.connect('youtube', app, 'unknown', 'unknown', { spec });
    await stage.until('unknown', 'it to connect', isConnected);
    await gone('unknown');
    expect(await endedBy(app.clientId)).toEqual([null]);
    expect((await told('unknown')).join('\n')).toContain(
      'SharedGrant: The login was forgotten here but not given back',
    );
  });
});

describe.concurrent('an answer that arrives after the person has consented anew', () => {
  it.each(['twitch', 'kick'] as const)(
    'is given back at %s where only it ends, and the new login lives on',
    async (platform) => {
      const name = `late-${platform}`;
      const app = await stage.simulatedApp(platform, name, { rotate: 'always' });
      const { accountId } = await stage.connect(platform, app, name, name);
      await stage.until(name, 'it to connect', isConnected);
      // Whoever promotes another consent while the answer is on its way to Vault, as another replica may.
      const commit = { method: 'POST', path: new RegExp(`/${name}/grant$`), body: /"generation":2/ };
      const rule = toVault.rule({ ...commit, times: 1, action: { delayMs: 3_000 } });
      await stage.patch('SocialChannel', name, { metadata: { annotations: { 'socialops.dev/refresh': 'now' } } });
      await waitFor(() => rule.matched === 1, { what: 'the answer to be on its way', timeoutMs: 30_000 });
      const another = await stage.simulatedGrant(platform, app, name, { accountId });
      const path = stage.vaultPath(name, 'grant');
      const stored = await stage.world.root.read(path);
      const { claim: _, ...before } = (stored?.data ?? {}) as Record<string, object>;
      const tokens = { ...before.tokens, access: another.accessToken, refresh: another.refreshToken };
      await stage.world.root.write(
        path,
        { ...before, writeId: 'another consent', epoch: 2, generation: 2, tokens },
        stored?.version ?? 0,
      );
      await stage.until(name, 'the new login', ({ epoch }) => epoch === 2, 30_000);
      const isDropped = async () => {
        const kept = (await stage.world.root.read(stage.vaultPath(name, 'parked')))?.data as
          | { answers?: unknown[] }
          | undefined;
        return kept?.answers?.length === 0;
      };
      await waitFor(isDropped, { what: 'the late answer to be dropped', timeoutMs: 30_000 });
      const metrics = await stage.operator.metrics();
      const revoked = `socialchannel_revocations_total{platform="${platform}",outcome="Revoked"}`;
      expect(metrics.includes(revoked)).toBe(platform === 'twitch');
      // The new login is asked about and renewed.
      await stage.patch('SocialChannel', name, { metadata: { annotations: { 'socialops.dev/refresh': 'again' } } });
      await stage.until(name, 'the new login to be renewed', ({ generation = 0 }) => generation > 2, 30_000);
      expect((await stage.status(name)).state).toBe('Connected');
    },
  );
});

it('leave a clean ledger', async () => {
  await stage.expectCleanLedger([]);
});
