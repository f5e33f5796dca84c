import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../harness/wait.ts';
import { isConnected, type OperatedStage, operatedStage } from './operated-stage.ts';

let stage: OperatedStage;

beforeAll(async () => {
  stage = await operatedStage();
});
afterAll(async () => {
  await stage?.removeAll();
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

it('leave a clean ledger', async () => {
  await stage.expectCleanLedger([]);
});
