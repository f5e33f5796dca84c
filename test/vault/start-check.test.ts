import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../harness/scratch.ts';
import { waitFor } from '../harness/wait.ts';
import { closeAll, connect, createOperator, type OperatorOptions, type Place, sharedPlace } from './connection.ts';

let place: Place;
beforeAll(() => {
  place = sharedPlace();
});
afterAll(closeAll);

/** A mount of its own, of the given kind and configuration, and an operator whose policy is for it. */
async function check(mount: string, options: OperatorOptions = {}): Promise<unknown> {
  const edit = (policy: string) => (options.edit ?? ((text) => text))(policy.replaceAll('"social/', `"${mount}/`));
  const operator = await createOperator(place, { ...options, edit });
  return connect(place.url, operator, { mount })
    .check()
    .catch((error: unknown) => error);
}

async function mounted(version: '1' | '2', config: object): Promise<string> {
  const mount = uniqueName('mount');
  await place.root.json('POST', `/v1/sys/mounts/${mount}`, { type: 'kv', options: { version } });
  const configure = () => place.root.json('POST', `/v1/${mount}/config`, config);
  if (version === '2') await waitFor(configure, { what: 'the mount to take its configuration' });
  return mount;
}

describe('the check at the start', () => {
  it('passes with the policy that the operator ships with, and makes the key', async () => {
    const operator = await createOperator(place);
    const connection = connect(place.url, operator);
    await connection.check();
    expect((await place.root.read(operator.at('keys/escrow')))?.version).toBe(1);
    expect(connection.reports.map(({ operation }) => operation)).toEqual([
      'lookup-self',
      'read-config',
      'capabilities',
      'read',
      'write',
    ]);
  });

  it('passes on a mount that does not insist on check-and-set: every write has one anyway', async () => {
    expect(await check(await mounted('2', { cas_required: false }))).toBeUndefined();
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    [
      'is not there',
      async () => 'nowhere',
      /^The Vault mount "nowhere" is not mounted, .* vault secrets enable -path=nowhere/,
    ],
    ['is of KV version 1', () => mounted('1', {}), /^The Vault mount "mount-\w+" is not of KV version 2/],
    [
      'deletes what is written',
      () => mounted('2', { cas_required: true, delete_version_after: '72h' }),
      /^The Vault mount "mount-\w+" deletes what is written after 72h0m0s; .* vault write mount-\w+\/config delete_version_after=0s$/,
    ],
  ])('refuses a mount that %s', async (_, mount, message) => {
    const failure = await check(await mount());
    expect(failure).toMatchObject({ family: 'Misconfigured', reason: 'VaultMountInvalid', source: 'Vault' });
    expect((failure as Error).message).toMatch(message);
  });

  it.each<[string, RegExp, string]>([
    [
      'grants',
      /\/data\/[^"]*\/grant"/,
      'data/PREFIX/channels/+/+/grant" { capabilities = ["create", "read", "update"] }',
    ],
    [
      'tokens',
      /\/data\/[^"]*\/token"/,
      'data/PREFIX/channels/+/+/token" { capabilities = ["create", "read", "update"] }',
    ],
    [
      'parked answers',
      /\/data\/[^"]*\/parked"/,
      'data/PREFIX/channels/+/+/parked" { capabilities = ["create", "read", "update"] }',
    ],
    [
      'staged logins',
      /\/data\/[^"]*\/staged"/,
      'data/PREFIX/channels/+/+/staged" { capabilities = ["create", "read", "update"] }',
    ],
    [
      'consents',
      /\/data\/[^"]*\/pending"/,
      'data/PREFIX/channels/+/+/pending" { capabilities = ["create", "read", "update"] }',
    ],
    ['accounts', /\/accounts\/\+"/, 'data/PREFIX/accounts/+" { capabilities = ["create", "read", "update"] }'],
    ['imports', /\/imported\/\+"/, 'data/PREFIX/imported/+" { capabilities = ["create", "read", "update"] }'],
    ['the key', /\/keys\/escrow"/, 'data/PREFIX/keys/escrow" { capabilities = ["create", "read", "update"] }'],
    ['client secrets', /\/apps\/\+\/\+"/, 'data/PREFIX/apps/+/+" { capabilities = ["read"] }'],
    [
      'versions of grants',
      /\/metadata\/[^"]*\/grant"/,
      'metadata/PREFIX/channels/+/+/grant" { capabilities = ["read"] }',
    ],
    [
      'versions of tokens',
      /\/metadata\/[^"]*\/token"/,
      'metadata/PREFIX/channels/+/+/token" { capabilities = ["delete"] }',
    ],
    [
      'versions of parked',
      /\/metadata\/[^"]*\/parked"/,
      'metadata/PREFIX/channels/+/+/parked" { capabilities = ["delete"] }',
    ],
    [
      'versions of staged logins',
      /\/metadata\/[^"]*\/staged"/,
      'metadata/PREFIX/channels/+/+/staged" { capabilities = ["read", "delete"] }',
    ],
    [
      'versions of consents',
      /\/metadata\/[^"]*\/pending"/,
      'metadata/PREFIX/channels/+/+/pending" { capabilities = ["delete"] }',
    ],
    [
      'destroying staged logins',
      /\/destroy\/[^"]*\/staged"/,
      'destroy/PREFIX/channels/+/+/staged" { capabilities = ["update"] }',
    ],
    ['destroying', /\/destroy\/[^"]*\/grant"/, 'destroy/PREFIX/channels/+/+/grant" { capabilities = ["update"] }'],
  ])('names the one policy line that is missing: %s', async (_, path, line) => {
    const operator = await createOperator(place, { edit: (policy) => policy.replace(path, '/nothing"') });
    const failure = await connect(place.url, operator)
      .check()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ family: 'Misconfigured', reason: 'VaultDenied' });
    const [head, ...lines] = (failure as Error).message.split('\n');
    expect(head).toContain("The operator's policy in Vault lacks what follows; nothing is spent until it is there:");
    expect(lines).toEqual([`path "social/${line.replace('PREFIX', operator.prefix)}`]);
    expect(await place.root.read(operator.at('keys/escrow'))).toBeUndefined();
  });

  it('names the line for the configuration of the mount', async () => {
    const failure = await check('social', { edit: (policy) => policy.replace('social/config', 'social/nothing') });
    expect(failure).toMatchObject({ family: 'Misconfigured', reason: 'VaultDenied' });
    expect((failure as Error).message).toContain('path "social/config" { capabilities = ["read"] }');
  });

  it('is satisfied with a policy for the namespaces that are served', async () => {
    const edit = (policy: string) =>
      policy.replaceAll('channels/+/', 'channels/main-stage/').replaceAll('apps/+/', 'apps/main-stage/');
    const operator = await createOperator(place, { edit });
    await expect(connect(place.url, operator, { namespaceToCheck: 'main-stage' }).check()).resolves.toBeUndefined();
    await expect(connect(place.url, operator).check()).rejects.toMatchObject({ reason: 'VaultDenied' });
  });

  it('agrees with another that starts at the same time, and can be repeated', async () => {
    const operator = await createOperator(place);
    const starters = [1, 2, 3].map(() => connect(place.url, operator));
    await Promise.all(starters.map((starter) => starter.check()));
    await Promise.all(starters.map((starter) => starter.check()));
    expect((await place.root.read(operator.at('keys/escrow')))?.version).toBe(1);
  });
});
