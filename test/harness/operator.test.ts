import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultProxy } from './fault-proxy.ts';
import { type Operator, startOperator } from './operator.ts';
import { sharedWorld } from './shared-world.ts';
import { createTenant, type Tenant } from './tenant.ts';
import { sleep } from './wait.ts';

const world = sharedWorld();
let tenant: Tenant;
let kubernetes: FaultProxy;
let vault: FaultProxy;
let operator: Operator;

beforeAll(async () => {
  tenant = await createTenant(world);
  kubernetes = await FaultProxy.start({ upstream: world.cluster.url, authority: world.authority });
  vault = await FaultProxy.start({ upstream: world.vault.url, authority: world.authority });
  operator = await startOperator({
    world,
    namespaces: [tenant.namespace],
    vaultPrefix: tenant.vaultPrefix,
    kubernetesUrl: kubernetes.url,
    vaultUrl: vault.url,
  });
});

afterAll(async () => {
  await operator?.remove();
  await Promise.all([kubernetes.stop(), vault.stop(), tenant.remove()]);
});

describe('the operator as a child process', () => {
  it('is ready with its own token and role, and everything it sends passes the proxies', async () => {
    expect(await operator.readyz()).toBe(200);
    expect(await operator.metrics()).toContain('socialchannel_');
    const logins = vault.seen({ method: 'POST', path: /^\/v1\/auth\/kubernetes\/login$/ });
    expect(logins.map(({ status }) => status)).toEqual([200]);
    const refused = kubernetes.requests.filter(({ status }) => status === 401 || status === 403);
    expect(refused).toEqual([]);
  });

  it('holds its sockets and answers nothing while paused, and goes on afterwards', async () => {
    operator.pause();
    const answer = operator.healthz();
    const first = await Promise.race([answer, sleep(300).then(() => 'nothing')]);
    operator.resume();
    expect(first).toBe('nothing');
    expect(await answer).toBe(200);
  });

  it('is killed by a rule of a proxy at the request that the rule names, and starts again', async () => {
    const rule = vault.rule({ path: /login$/, action: { kill: 'before-forward', victim: () => operator.kill() } });
    const upstreamLogins = () => vault.seen({ path: /login$/ }).filter(({ status }) => status !== undefined).length;
    const before = upstreamLogins();
    await expect(operator.restart()).rejects.toThrow('operator ended before it was ready (SIGKILL)');
    expect(rule.hits).toBe(1);
    expect(upstreamLogins()).toBe(before);
    await operator.start();
    expect(await operator.readyz()).toBe(200);
  });

  it('ends by itself on SIGTERM', async () => {
    expect(await operator.stop()).toEqual({ code: 0, signal: null });
  });
});
