import { createSign, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/core/failure.ts';
import type { LoginMethod } from '../../src/vault/login-methods.ts';
import type { VaultOptions } from '../../src/vault/vault.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import { vaultAudience } from '../harness/vault-setup.ts';
import { waitFor } from '../harness/wait.ts';
import {
  type Connection,
  closeAll,
  connect,
  createOperator,
  type Operator,
  type Place,
  sharedPlace,
} from './connection.ts';
import { ref } from './grants.ts';

let place: Place;
let proxy: FaultProxy;

beforeAll(async () => {
  place = sharedPlace();
  proxy = await FaultProxy.start({ upstream: place.url, authority: sharedWorld().authority });
});
// Connections that are left open renew their tokens through the same proxy.
afterEach(async () => {
  proxy.clearRules();
  await closeAll();
});
afterAll(() => proxy.stop());

const operations = (connection: Connection) =>
  connection.reports.map(({ operation, outcome }) => `${operation} ${outcome}`);
const logins = (connection: Connection) => connection.reports.filter(({ operation }) => operation === 'login').length;
const failureOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    (error: Failure) => error,
  );

/** A ServiceAccount with a role of Kubernetes auth that has the operator's policy. */
interface Account {
  readonly operator: Operator;
  readonly method: LoginMethod;
  readonly tenant: Tenant;
  readonly role: string;
  /** Puts a new ServiceAccount token into the file. */
  renew(audience?: string): Promise<void>;
}

async function serviceAccount(role: Readonly<Record<string, unknown>> = {}): Promise<Account> {
  const { admin } = sharedWorld();
  const [operator, tenant] = [await createOperator(place), await createTenant(sharedWorld())];
  const { namespace } = tenant;
  const metadata = { name: 'operator', namespace };
  await admin.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  const jwtFile = join(operator.folder, 'jwt');
  const renew = async (audience = vaultAudience) =>
    writeFileSync(jwtFile, `${await admin.token(namespace, 'operator', [audience])}\n`);
  await place.root.json('POST', `/v1/auth/kubernetes/role/${operator.prefix}`, {
    bound_service_account_names: ['operator'],
    bound_service_account_namespaces: [namespace],
    audience: vaultAudience,
    token_policies: [operator.policy],
    token_ttl: '20m',
    ...role,
  });
  await renew();
  const method = { kind: 'kubernetes', mount: 'kubernetes', role: operator.prefix, jwtFile } as const;
  return { operator, method, tenant, role: operator.prefix, renew };
}

function open({ operator, method }: { operator: Operator; method: LoginMethod }, options: Partial<VaultOptions> = {}) {
  return connect(proxy.url, operator, { method, ...options });
}

/** The token that the last request carried. */
const tokenInUse = () =>
  String(proxy.requests.findLast(({ headers }) => headers['x-vault-token'])?.headers['x-vault-token']);
const revoke = (token: string) => place.root.json('POST', '/v1/auth/token/revoke', { token });

describe('a login by Kubernetes auth', () => {
  let account: Account;
  beforeAll(async () => {
    account = await serviceAccount();
  });

  it('is made once for many requests at once, and lasts as long as the role says', async () => {
    const connection = open(account);
    expect(connection.store.loginRemainingMs()).toBe(0);
    await Promise.all(Array.from({ length: 10 }, () => connection.store.load(ref)));
    expect(logins(connection)).toBe(1);
    expect(connection.store.loginRemainingMs()).toBeGreaterThan(19 * 60_000);
    expect(connection.store.loginRemainingMs()).toBeLessThanOrEqual(20 * 60_000);
  });

  it('is made anew, once, when the token was revoked, and every request succeeds', async () => {
    const connection = open(account);
    await connection.store.load(ref);
    await revoke(tokenInUse());
    const loads = Array.from({ length: 20 }, () => connection.store.load(ref));
    expect((await Promise.all(loads)).map(({ state }) => state)).toEqual(Array(20).fill('Absent'));
    expect(logins(connection)).toBe(2);
    expect(operations(connection).filter((operation) => operation === 'lookup-self 403')).toHaveLength(1);
  });

  it('is not made anew for a path that the policy denies', async () => {
    const connection = open(account);
    await connection.store.load(ref);
    const elsewhere = connect(proxy.url, { ...account.operator, prefix: 'elsewhere' }, { method: account.method });
    const denied = await Promise.all(Array.from({ length: 5 }, () => failureOf(elsewhere.store.load(ref))));
    expect(denied.map((failure) => failure?.reason)).toEqual(Array(5).fill('VaultDenied'));
    expect(logins(elsewhere)).toBe(1);
  });

  it('is made at most once in the set time: until then requests say when it will be', async () => {
    const connection = open(account, { reloginIntervalMs: 1_500 });
    await connection.store.load(ref);
    await revoke(tokenInUse());
    const failure = await failureOf(connection.store.load(ref));
    expect(failure).toMatchObject({ family: 'Transient', reason: 'VaultUnavailable' });
    expect(failure?.message).toMatch(
      /^Vault no longer accepts the login of the operator\. The next login is in [12] s\.$/,
    );
    expect(failure?.retryAfterMs).toBeGreaterThan(0);
    expect(failure?.retryAfterMs).toBeLessThanOrEqual(1_500);
    expect([logins(connection), connection.store.loginRemainingMs()]).toEqual([1, 0]);
    const before = connection.reports.length;
    expect(await failureOf(connection.store.load(ref))).toMatchObject({ family: 'Transient' });
    expect(connection.reports.length).toBe(before);
    const load = () => connection.store.load(ref).catch(() => undefined);
    await waitFor(load, { what: 'the login to be made anew' });
    expect(logins(connection)).toBe(2);
  });

  it('reads the ServiceAccount token from its file each time', async () => {
    const own = await serviceAccount();
    const connection = open(own);
    await connection.store.load(ref);
    await own.renew('another-audience');
    await revoke(tokenInUse());
    const failure = await failureOf(connection.store.load(ref));
    expect(failure).toMatchObject({ family: 'Misconfigured', reason: 'VaultDenied' });
    expect(failure?.message).toContain(`refuses the login with role "${own.role}" at auth/kubernetes (403)`);
    await own.renew();
    const load = () => connection.store.load(ref).catch(() => undefined);
    expect(await waitFor(load, { what: 'the login with the new token' })).toMatchObject({ state: 'Absent' });
  });

  it('is refused once the ServiceAccount is gone, and the failure holds no token', async () => {
    const own = await serviceAccount();
    const jwt = await sharedWorld().admin.token(own.tenant.namespace, 'operator', [vaultAudience]);
    await own.tenant.delete('ServiceAccount', 'operator');
    writeFileSync(join(own.operator.folder, 'jwt'), jwt);
    const failure = await failureOf(open(own).store.load(ref));
    expect(failure).toMatchObject({ family: 'Misconfigured', reason: 'VaultDenied', source: 'Vault' });
    expect(JSON.stringify(failure) + String(failure?.stack)).not.toContain(jwt.slice(0, 40));
  });

  it.each<[string, Partial<Extract<LoginMethod, { kind: 'kubernetes' | 'jwt' }>>, RegExp]>([
    ['another role', { role: 'nobody' }, /refuses the login with role "nobody" at auth\/kubernetes \(40[03]\)/],
    ['a mount that is not there', { mount: 'k8s' }, /nothing mounted where|refuses the login with role/],
    ['no file', { jwtFile: '/nonexistent/token' }, /The file \/nonexistent\/token .* cannot be read \(ENOENT\)/],
    ['an empty file', { jwtFile: '/dev/null' }, /The file \/dev\/null .* is empty/],
  ])('is Misconfigured with %s', async (_, change, message) => {
    const failure = await failureOf(
      open({ ...account, method: { ...account.method, ...change } as LoginMethod }).store.load(ref),
    );
    expect(failure).toMatchObject({ family: 'Misconfigured', message: expect.stringMatching(message) });
  });

  it('is not asked of Vault again and again while it is refused', async () => {
    const method = { ...account.method, role: 'nobody' } as LoginMethod;
    const connection = open({ ...account, method }, { reloginIntervalMs: 60_000 });
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await failureOf(connection.store.load(ref))).toMatchObject({
        family: 'Misconfigured',
        reason: 'VaultDenied',
      });
    }
    expect(logins(connection)).toBe(1);
  });
});

describe('the token', () => {
  it('is renewed in the background, and stays the same', async () => {
    const connection = open(await serviceAccount({ token_ttl: '2s', token_max_ttl: '1h' }));
    await connection.store.load(ref);
    const token = tokenInUse();
    const renewals = () => operations(connection).filter((operation) => operation === 'renew-self 200').length;
    await waitFor(() => renewals() >= 3, { what: 'three renewals' });
    await connection.store.load(ref);
    expect([tokenInUse(), logins(connection)]).toEqual([token, 1]);
    expect(connection.store.loginRemainingMs()).toBeGreaterThan(0);
  });

  it('is no longer good than Vault says, though the login took its time', async () => {
    proxy.rule({ path: /auth\/kubernetes\/login/, action: { delayMs: 1_500 } });
    const connection = open(await serviceAccount({ token_ttl: '10s', token_max_ttl: '1h' }));
    await connection.store.load(ref);
    expect(connection.store.loginRemainingMs()).toBeLessThanOrEqual(8_500);
  });

  it('is replaced before its maximum ends it, without a request being refused', async () => {
    const connection = open(await serviceAccount({ token_ttl: '2s', token_max_ttl: '3s' }));
    await connection.store.load(ref);
    const load = async () => {
      await connection.store.load(ref);
      return logins(connection) >= 2;
    };
    await waitFor(load, { what: 'a second login' });
    expect(operations(connection).filter((operation) => operation.endsWith('403'))).toEqual([]);
  });

  it('is renewed again after a renewal failed, and the failure is told', async () => {
    const told: Failure[] = [];
    const onBackgroundFailure = (failure: Failure) => told.push(failure);
    const connection = open(await serviceAccount({ token_ttl: '3s', token_max_ttl: '1h' }), { onBackgroundFailure });
    const fault = proxy.rule({
      path: /renew-self$/,
      action: { answer: { status: 503, body: '{"errors":["Vault is sealed"]}' } },
      times: 1,
    });
    await connection.store.load(ref);
    await waitFor(() => operations(connection).includes('renew-self 200'), { what: 'a renewal' });
    expect([fault.hits, logins(connection)]).toEqual([1, 1]);
    expect(told).toMatchObject([{ family: 'Transient', reason: 'VaultUnavailable' }]);
  });

  it('is replaced in the background when it was revoked, before anything asks for it', async () => {
    const connection = open(await serviceAccount({ token_ttl: '2s', token_max_ttl: '1h' }));
    await connection.store.load(ref);
    await revoke(tokenInUse());
    await waitFor(() => logins(connection) === 2, { what: 'a second login' });
    await connection.store.load(ref);
    expect(operations(connection).slice(-1)).toEqual(['read 404']);
  });

  it('is not renewed any more once the connection is closed', async () => {
    const connection = open(await serviceAccount({ token_ttl: '1s', token_max_ttl: '1h' }));
    const watched = open(await serviceAccount({ token_ttl: '1s', token_max_ttl: '1h' }));
    await connection.store.load(ref);
    await watched.store.load(ref);
    await connection.close();
    const before = connection.reports.length;
    await waitFor(() => operations(watched).includes('renew-self 200'), { what: 'a renewal of the other' });
    expect(connection.reports.length).toBe(before);
  });
});

describe('a login by other means', () => {
  it('works by AppRole, with both ids from files', async () => {
    const operator = await createOperator(place);
    const mount = operator.prefix;
    const { root } = place;
    await root.json('POST', `/v1/sys/auth/${mount}`, { type: 'approle' });
    await root.json('POST', `/v1/auth/${mount}/role/r`, { token_policies: [operator.policy], token_ttl: '10m' });
    const id = await root.json<{ data: { role_id: string } }>('GET', `/v1/auth/${mount}/role/r/role-id`);
    const secret = await root.json<{ data: { secret_id: string } }>('POST', `/v1/auth/${mount}/role/r/secret-id`);
    const [roleIdFile, secretIdFile] = [join(operator.folder, 'role-id'), join(operator.folder, 'secret-id')];
    writeFileSync(roleIdFile, id.data.role_id);
    writeFileSync(secretIdFile, secret.data.secret_id);
    const connection = open({ operator, method: { kind: 'approle', mount, roleIdFile, secretIdFile } });
    expect(await connection.store.load(ref)).toMatchObject({ state: 'Absent' });
    writeFileSync(secretIdFile, 'wrong');
    const other = open({ operator, method: { kind: 'approle', mount, roleIdFile, secretIdFile } });
    expect(await failureOf(other.store.load(ref))).toMatchObject({ family: 'Misconfigured', reason: 'VaultDenied' });
  });

  it('works by JWT', async () => {
    const operator = await createOperator(place);
    const mount = operator.prefix;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    await place.root.json('POST', `/v1/sys/auth/${mount}`, { type: 'jwt' });
    await place.root.json('POST', `/v1/auth/${mount}/config`, { jwt_validation_pubkeys: [key] });
    const role = {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: [vaultAudience],
      token_policies: [operator.policy],
    };
    await place.root.json('POST', `/v1/auth/${mount}/role/r`, role);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const issuedAtS = Math.floor(Date.now() / 1_000);
    const claims = { sub: 'operator', aud: vaultAudience, iat: issuedAtS, exp: issuedAtS + 600 };
    const signed = `${part({ alg: 'RS256' })}.${part(claims)}`;
    const jwtFile = join(operator.folder, 'jwt');
    writeFileSync(
      jwtFile,
      `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`,
    );
    const connection = open({ operator, method: { kind: 'jwt', mount, role: 'r', jwtFile } });
    expect(await connection.store.load(ref)).toMatchObject({ state: 'Absent' });
  });

  it('takes the token of a file, and the next one when that died', async () => {
    const operator = await createOperator(place);
    const connection = connect(proxy.url, operator);
    await connection.store.load(ref);
    const first = operator.token();
    await operator.issue();
    await connection.store.load(ref);
    expect(tokenInUse()).toBe(first);
    await revoke(first);
    await connection.store.load(ref);
    expect(tokenInUse()).toBe(operator.token());
  });

  it('knows no end of a token that has none', async () => {
    const operator = await createOperator(place);
    writeFileSync(operator.tokenFile, sharedWorld().vault.rootToken);
    const { store } = connect(place.url, operator);
    await store.load(ref);
    expect(store.loginRemainingMs()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a request', () => {
  it('carries the namespace of Vault Enterprise where one is set', async () => {
    const operator = await createOperator(place);
    const before = proxy.requests.length;
    await failureOf(connect(proxy.url, operator, { namespace: 'team-a' }).store.load(ref));
    const namespaces = proxy.requests.slice(before).map(({ headers }) => headers['x-vault-namespace']);
    expect(namespaces.length).toBeGreaterThan(0);
    expect(new Set(namespaces)).toEqual(new Set(['team-a']));
  });

  it('shares a few connections with all others', async () => {
    const operator = await createOperator(place);
    const connection = connect(place.url, operator, { connections: 4 });
    const loads = Array.from({ length: 200 }, (_, index) => connection.store.load({ ...ref, name: `c${index}` }));
    expect((await Promise.all(loads)).every(({ state }) => state === 'Absent')).toBe(true);
  });
});
