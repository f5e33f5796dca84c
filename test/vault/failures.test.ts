import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Sealed } from '../../src/core/sealed.ts';
import { createAuthority, type Issue, issue, issueServer, loopbackHosts } from '../harness/certificates.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import type { FaultAction } from '../harness/fault-rules.ts';
import { freePort, repository, scratchFolder } from '../harness/scratch.ts';
import { waitFor } from '../harness/wait.ts';
import { closeAll, connect, createOperator, type Operator } from './connection.ts';
import { answerNamed, claimNamed, content, present, ref } from './grants.ts';
import { type OwnVault, startOwnVault } from './own-vault.ts';

const secrets = ['canary-access-1', 'canary-refresh-1', 'canary-access-2'];
const grant = {
  ...content,
  tokens: { ...content.tokens, access: Sealed.of('canary-access-1'), refresh: Sealed.of('canary-refresh-1') },
};

let own: OwnVault;
let operator: Operator;
let proxy: FaultProxy;

beforeAll(async () => {
  own = await startOwnVault();
  operator = await createOperator(own);
  proxy = await FaultProxy.start({ upstream: own.url, authority: own.authority });
});
afterEach(() => proxy.clearRules());
afterAll(async () => {
  await closeAll();
  await proxy.stop();
  await own.server.stop();
});

/** Neither the message, nor a field, nor the stack, nor a cause holds a secret, the login, or what they were sent in. */
function expectNoSecret(error: unknown): void {
  const shown = `${inspect(error, { depth: 10, showHidden: true })} ${JSON.stringify(error)} ${String(error)}`;
  for (const secret of [...secrets, operator.token(), 'access_token']) expect(shown).not.toContain(secret);
  expect(error).not.toHaveProperty('cause');
}

async function failureOf(attempt: Promise<unknown>): Promise<Error> {
  const outcome = await attempt.then(
    () => undefined,
    (error: Error) => error,
  );
  if (outcome === undefined) throw new Error('It succeeded.');
  expectNoSecret(outcome);
  return outcome;
}

describe('a connection that cannot be made', () => {
  it.each<[string, () => Promise<{ url?: string; caFile?: string }>, string, string, RegExp]>([
    [
      'nothing listens there',
      async () => ({ url: `https://127.0.0.1:${await freePort()}` }),
      'Transient',
      'VaultUnavailable',
      /cannot be reached: nothing listens there \(ECONNREFUSED\)/,
    ],
    [
      'its name does not resolve',
      async () => ({ url: 'https://vault.invalid:8200' }),
      'Transient',
      'VaultUnavailable',
      /cannot be reached: its name (does not resolve|cannot be resolved now)/,
    ],
    [
      'its certificate comes from another authority',
      async () => ({ caFile: written('foreign.crt', createAuthority('foreign').certificate) }),
      'Misconfigured',
      'VaultUnavailable',
      /certificate at https:\/\/127\.0\.0\.1:\d+ comes from an authority that is not trusted; check vault-ca-file/,
    ],
    [
      'the file with authorities is not there',
      async () => ({ caFile: '/nonexistent/ca.crt' }),
      'Misconfigured',
      'VaultUnavailable',
      /vault-ca-file names, \/nonexistent\/ca\.crt, cannot be read/,
    ],
    [
      'it is plain http',
      async () => ({ url: own.url.replace('https', 'http') }),
      'Misconfigured',
      'VaultUnavailable',
      /is not https, and http is only for loopback with vault-allow-http/,
    ],
    [
      'its address is none',
      async () => ({ url: 'vault:8200/x y' }),
      'Misconfigured',
      'VaultUnavailable',
      /is not (a URL|https)/,
    ],
  ])('is sorted: %s', async (_, change, family, reason, message) => {
    const { url = own.url, ...options } = await change();
    const failure = await failureOf((async () => connect(url, operator, options).store.load(ref))());
    expect(failure).toMatchObject({ family, reason, source: 'Vault', message: expect.stringMatching(message) });
  });

  it.each<[string, Partial<Issue>, RegExp]>([
    ['has expired', { notBeforeAt: Date.now() - 2e8, notAfterAt: Date.now() - 1e8 }, /has expired; renew it at Vault/],
    [
      'is not valid yet',
      { notBeforeAt: Date.now() + 1e8, notAfterAt: Date.now() + 2e8 },
      /not valid yet; check the clocks/,
    ],
    ['is for another name', { hosts: ['elsewhere.example'] }, /is for another name; check vault-address/],
  ])('is sorted: the certificate of the real server %s', async (_, change, message) => {
    const bad = issue(own.authority, { subject: { commonName: 'vault' }, hosts: loopbackHosts, ...change });
    await own.server.restartWithCertificate(bad);
    const failure = await failureOf(connect(own.url, operator).store.load(ref));
    expect(failure).toMatchObject({ family: 'Misconfigured', message: expect.stringMatching(message) });
    await own.server.restartWithCertificate(issueServer(own.authority, 'vault'));
    await expect(connect(own.url, operator).store.load(ref)).resolves.toMatchObject({ state: 'Absent' });
  });

  function written(name: string, text: string): string {
    const file = join(operator.folder, name);
    writeFileSync(file, text);
    return file;
  }
});

describe('an answer that is none', () => {
  const html = '<html>canary-access-1</html>';
  it.each<[string, FaultAction, string, RegExp, object]>([
    [
      'a redirect',
      { answer: { status: 307, headers: { location: 'https://127.0.0.1:1/' } } },
      'Transient',
      /a redirect/,
      {},
    ],
    [
      '429',
      { answer: { status: 429, headers: { 'retry-after': '3' } } },
      'Transient',
      /slow down/,
      { retryAfterMs: 3_000 },
    ],
    ['500', { answer: { status: 500, body: '{"errors":["canary-access-1"]}' } }, 'Transient', /now \(500\)/, {}],
    ['502 with a page', { answer: { status: 502, body: html } }, 'Transient', /now \(502\)/, {}],
    ['473, a standby', { answer: { status: 473 } }, 'Transient', /now \(473\)/, {}],
    ['200 with a page', { answer: { status: 200, body: html } }, 'Transient', /is not Vault: no JSON came/, {}],
    [
      '200 with other JSON',
      { answer: { status: 200, body: '{"data":{"a":1}}' } },
      'Misconfigured',
      /no KV version 2/,
      {},
    ],
    ['404 with a page', { answer: { status: 404, body: html } }, 'Transient', /is not Vault: no JSON came/, {}],
    ['404 with other JSON', { answer: { status: 404, body: '{"message":"no"}' } }, 'Unexpected', /answered 404/, {}],
    ['400', { answer: { status: 400, body: '{"errors":["canary-access-1"]}' } }, 'Unexpected', /answered 400/, {}],
    [
      '400 of a mount that is being made',
      { answer: { status: 400, body: '{"errors":["Upgrading from non-versioned to versioned data."]}' } },
      'Transient',
      /prepares the mount/,
      {},
    ],
    ['a reset', { cut: true }, 'Transient', /broke the connection off/, { mayHaveArrived: true }],
    ['half an answer', { truncate: true }, 'Transient', /broke the connection off/, { mayHaveArrived: true }],
    ['silence', { hang: true }, 'Transient', /did not answer in time/, { mayHaveArrived: true }],
  ])('is sorted when a grant is read: %s', async (_, action, family, message, more) => {
    const { store } = connect(proxy.url, operator, { timeoutMs: 600 });
    await store.load(ref);
    proxy.rule({ method: 'GET', path: /\/grant$/, action });
    const failure = await failureOf(store.load(ref));
    expect(failure).toMatchObject({ family, source: 'Vault', message: expect.stringMatching(message), ...more });
  });

  it('with a redirect does not take the Vault token elsewhere', async () => {
    const elsewhere = await FaultProxy.start({ upstream: own.url, authority: own.authority });
    const headers = { location: `${elsewhere.url}/v1/x` };
    proxy.rule({ path: /\/grant$/, action: { answer: { status: 307, headers } } });
    await failureOf(connect(proxy.url, operator).store.load(ref));
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.stop();
  });

  it('to a write that holds tokens keeps them out of the error', async () => {
    const { store } = connect(proxy.url, operator, { timeoutMs: 300, resolveWithinMs: 400 });
    const absent = await store.load({ ...ref, name: 'secrets' });
    for (const action of [
      { cut: true },
      { hang: true },
      { answer: { status: 400, body: 'canary-access-1' } },
    ] as const) {
      proxy.rule({ method: 'POST', path: /\/grant$/, action });
      await failureOf(store.promote({ ...ref, name: 'secrets' }, absent, grant));
      proxy.clearRules();
    }
  });
});

describe('a Vault that cannot serve', () => {
  const place = { ...ref, name: 'outage' };
  const answer = { ...answerNamed('2'), access: Sealed.of('canary-access-2') };

  it('is Transient while it is sealed, and the commit goes through when it is not', async () => {
    const { store } = connect(own.url, operator);
    const claimed = await store.claim(
      place,
      await store.promote(place, await store.load(place), grant),
      claimNamed('c1'),
    );
    await own.server.seal();
    for (const attempt of [() => store.load(place), () => store.commit(place, claimed, answer, 2)]) {
      expect(await failureOf(attempt())).toMatchObject({
        family: 'Transient',
        reason: 'VaultUnavailable',
        status: 503,
        message: 'Vault is sealed. It is tried again until it is not.',
      });
    }
    await own.server.unseal();
    expect(await store.commit(place, claimed, answer, 2)).toMatchObject({ version: 3 });
  });

  it('is Transient while it is gone, and the commit goes through after its restart', async () => {
    const { store } = connect(own.url, operator);
    const before = present(await store.load(place));
    const claimed = await store.claim(place, before, claimNamed('c2'));
    await own.server.process.kill();
    expect(await failureOf(store.load(place))).toMatchObject({ family: 'Transient', reason: 'VaultUnavailable' });
    await own.server.process.start();
    await own.server.unseal();
    const commit = () => store.commit(place, claimed, answer, 3).catch(() => undefined);
    expect(await waitFor(commit, { what: 'the commit' })).toMatchObject({ version: before.version + 2 });
  });

  it('that was restored from a backup loses the commit to what is there now, without delay', async () => {
    const { store } = connect(own.url, operator);
    const backup = await own.server.snapshot();
    const claimed = await store.claim(place, present(await store.load(place)), claimNamed('c3'));
    await own.server.restore(backup);
    const reconnected = connect(own.url, operator).store;
    const before = await waitFor(() => reconnected.load(place).catch(() => undefined), { what: 'the restored Vault' });
    expect(before.version).toBe(claimed.version - 1);
    const startedAt = performance.now();
    expect(await failureOf(reconnected.commit(place, claimed, answer, 4))).toMatchObject({ name: 'CasLost' });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect((await reconnected.load(place)).version).toBe(before.version);
  });

  it('is Transient while the process hangs', async () => {
    // Long enough for the login and the first read on a machine that is busy.
    const { store } = connect(own.url, operator, { timeoutMs: 1_500 });
    await store.load(place);
    own.server.process.pause();
    const failure = await failureOf(store.load(place)).finally(() => own.server.process.resume());
    expect(failure).toMatchObject({ family: 'Transient', message: expect.stringMatching(/did not answer in time/) });
  });
});

describe('a path that the policy does not admit', () => {
  it('is Misconfigured, names the policy line, and costs no login', async () => {
    const narrow = await createOperator(own, {
      edit: (policy) => policy.replace(/path "[^"]*\/grant" \{[^}]*\}/g, ''),
    });
    const connection = connect(own.url, narrow);
    await connection.store.parked(ref);
    connection.reports.length = 0;
    const failure = await failureOf(connection.store.load(ref));
    expect(failure).toMatchObject({ family: 'Misconfigured', reason: 'VaultDenied', status: 403 });
    expect(failure.message).toBe(
      `Vault denies the operator access to the record "grant" of channel main-stage/twitch. Its policy needs: path "social/data/${narrow.prefix}/channels/+/+/grant" { capabilities = ["create", "read", "update"] }`,
    );
    expect(connection.reports.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'read 403',
      'lookup-self 200',
    ]);
  });
});

describe('the environment of the process', () => {
  it('neither makes node-vault talk nor lends it an address, a token or a namespace', async () => {
    const script = join(scratchFolder('script'), 'load.ts');
    const source = join(repository, 'src', 'vault');
    writeFileSync(
      script,
      `import { createTransport } from '${join(source, 'transport.ts')}';
       import { Sealed } from '${join(repository, 'src', 'core', 'sealed.ts')}';
       const transport = createTransport({ address: '${proxy.url}', caFile: '${operator.caFile}' });
       const path = 'social/data/${operator.prefix}/imported/x';
       const json = { data: { a: 'canary-access-1' }, options: { cas: 0 } };
       await transport.send({ operation: 'write', method: 'POST', path, token: Sealed.of('${operator.token()}'), json });
       await transport.send({ operation: 'write', method: 'POST', path, json });
       await transport.close();`,
    );
    const environment = {
      DEBUG: '*',
      VAULT_ADDR: 'https://127.0.0.1:1',
      VAULT_TOKEN: 'canary-token-of-environment',
      VAULT_NAMESPACE: 'elsewhere',
      VAULT_PREFIX: '/elsewhere',
      VAULT_SKIP_VERIFY: '1',
    };
    const before = proxy.requests.length;
    const env = { ...process.env, ...environment };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { env });
    for (const secret of [...secrets, operator.token(), environment.VAULT_TOKEN]) {
      expect(stdout + stderr).not.toContain(secret);
    }
    const seen = proxy.requests.slice(before);
    expect(seen.map(({ status, path }) => `${status} ${path}`)).toEqual([
      `200 /v1/social/data/${operator.prefix}/imported/x`,
      `403 /v1/social/data/${operator.prefix}/imported/x`,
    ]);
    expect(seen.map(({ headers }) => headers['x-vault-token'])).toEqual([operator.token(), undefined]);
    for (const { headers } of seen) expect(headers).not.toHaveProperty('x-vault-namespace');
  });
});
