import { createServer, connect as dial, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isConnected, type OperatedStage, operatedStage } from '../channel/operated-stage.ts';
import { appWithSecret, channelWithTokens } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import { builtPlugin, type Plugin, type Said } from './plugin.ts';

let stage: OperatedStage;
let plugin: Plugin;
let way: Server;

beforeAll(async () => {
  stage = await operatedStage();
  plugin = await builtPlugin(stage.world);
  const twitch = await stage.simulatedApp('twitch', 'twitch');
  await stage.connect('twitch', twitch, 'twitch', 'live');
  await stage.until('live', 'it to connect', isConnected);
  way = await operatorPod();
});

afterAll(async () => {
  way?.close();
  await stage?.removeAll();
});

/** No kubelet runs here, so the operator's pod is written down, and its port is reached at this machine's own address. */
async function operatorPod(): Promise<Server> {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
  if (address === undefined)
    throw new Error('This machine has no address but loopback, which the API server does not dial.');
  const [host = '', port = ''] = stage.operator.opsAddress.split(':');
  const server = createServer((socket) => {
    const onward = dial(Number(port), host);
    for (const side of [socket, onward]) side.on('error', () => [socket, onward].map((one) => one.destroy()));
    socket.pipe(onward).pipe(socket);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, address, resolve);
  await promise;
  const { port: open } = server.address() as { port: number };
  const { namespace } = stage.operator;
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace, name: 'operator-0' };
  const containers = [{ name: 'operator', image: 'none', ports: [{ name: 'http', containerPort: open }] }];
  const labels = { 'app.kubernetes.io/name': 'social-channel-operator' };
  await stage.world.admin.apply({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: 'operator-0', labels } },
    spec: { containers, automountServiceAccountToken: false },
  });
  await stage.world.admin.patch(
    pod,
    { status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] } },
    'status',
  );
  return server;
}

function pod(name: string, container: object, volumes: readonly object[] = []): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: stage.namespace },
    spec: {
      automountServiceAccountToken: false,
      containers: [{ name: 'encoder', image: 'none', ...container }],
      volumes,
    },
  };
}

const tokenVolume = { name: 'token', secret: { secretName: 'live-token' } };
const flat = (text: string) => text.replace(/\s+/g, ' ');

async function doctor(...more: string[]): Promise<Said> {
  const at = ['-n', stage.namespace, '--operator-namespace', stage.operator.namespace];
  return await plugin.run(['doctor', ...at, ...more]);
}

describe('doctor', () => {
  it('finds nothing where all is well, and asks the operator itself whether it is ready', async () => {
    await stage.apply(pod('right', { volumeMounts: [{ name: 'token', mountPath: '/run/social' }] }, [tokenVolume]));
    const { code, out } = await doctor();
    expect(out).not.toMatch(/FAULT|warn /);
    for (const line of [
      'ok     the cluster serves socialchannels, socialapps, socialplatforms',
      "ok     this machine's clock and the API server's agree",
      `ok     pod ${stage.operator.namespace}/operator-0 is ready`,
      'ok     no channel reports trouble with Vault',
      'ok     1 pod, none holds a token that it would never see renewed',
    ])
      expect(out).toContain(line);
    expect(out).toMatch(/ok {5}\d+ replicas? of the operator alive in namespace /);
    expect(code).toBe(0);
  });

  it('names the pods that will never see a new token', async () => {
    const mounts = [{ name: 'token', mountPath: '/run/token', subPath: 'access_token' }];
    const projected = { name: 'token', projected: { sources: [{ secret: { name: 'live-token' } }] } };
    const secretKeyRef = { name: 'live-token', key: 'access_token' };
    const init = {
      initContainers: [{ name: 'once', image: 'none', env: [{ name: 'T', valueFrom: { secretKeyRef } }] }],
    };
    const once = pod('init-only', {}) as { spec: object };
    await stage.apply([
      pod('encoder-0', { volumeMounts: mounts }, [tokenVolume]),
      pod('encoder-1', { volumeMounts: mounts }, [projected]),
      pod('by-variable', { env: [{ name: 'STREAM_TOKEN', valueFrom: { secretKeyRef } }] }),
      pod('by-all-variables', { envFrom: [{ secretRef: { name: 'live-token' } }] }),
      pod('other-secret', { volumeMounts: mounts }, [{ name: 'token', secret: { secretName: 'something-else' } }]),
      { ...once, spec: { ...once.spec, ...init } },
    ]);
    const { code, out } = await doctor();
    expect(code).toBe(1);
    const faults = flat(out)
      .match(/FAULT pod \S+ [^:]+: [a-z ]+/g)
      ?.map((text) => text.replaceAll(stage.namespace, 'NS').trim());
    const never = 'mounts the token with subPath: it will never see a new one';
    expect(faults?.sort()).toEqual([
      'FAULT pod NS/by-all-variables reads the token from environment variables (envFrom): it keeps the one that it started with',
      'FAULT pod NS/by-variable reads the token from the environment variable STREAM_TOKEN: it keeps the one that it started with',
      `FAULT pod NS/encoder-0 ${never}`,
      `FAULT pod NS/encoder-1 ${never}`,
    ]);
  });

  it('passes on what the operator says of apps, and of itself', async () => {
    const client = { clientId: 'any', clientSecret: 'any' };
    await stage.apply([...appWithSecret('typo', 'twich', client), ...channelWithTokens('lost', 'typo', undefined)]);
    await stage.until('lost', 'its reason', ({ reason }) => reason === 'PlatformUnknown');
    const { out } = await doctor();
    expect(flat(out)).toContain(
      `FAULT SocialApp ${stage.namespace}/typo is not usable: PlatformUnknown spec.platform: no platform "twich". Did you mean "twitch"?`,
    );
    await stage.operator.stop();
    const lost = await waitFor(
      async () => {
        const said = await doctor();
        return said.out.includes('no replica of the operator is alive') && said;
      },
      { what: 'the end of its Lease', timeoutMs: 30_000, everyMs: 1_000 },
    );
    expect(lost.code).toBe(1);
    expect(lost.out).toContain(`?      pod ${stage.operator.namespace}/operator-0 could not be asked`);
  });
});
