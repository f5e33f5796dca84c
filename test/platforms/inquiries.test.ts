import { describe, expect, it } from 'vitest';
import { inUse } from '../../src/platforms/use.ts';
import { declared } from './declared.ts';
import { play } from './play.ts';
import type { Question, Recorded, Seen } from './rows.ts';

const list = (...items: object[]): Recorded => ({ status: 200, body: { data: items } });
const who: Recorded = { status: 200, body: { id: 'p1' } };
const ask = (answers: Question['answers'], more: Partial<Question> = {}): Question => ({
  name: '',
  call: 'introspect',
  account: '42',
  tokens: { refresh: undefined },
  answers,
  want: { kind: '' },
  ...more,
});

describe('a person who acts for an organization', () => {
  const platform = declared(`
identity: { url: "https://declared.example.com/me", accountID: [id] }
role:
  url: "https://declared.example.com/roles"
  pick: { list: data, where: [org], prefix: "urn:org:", next: { path: next, param: page } }
  roles: role
  accepted: [ADMIN, OWNER]
  handle: [name]`);
  const seen = async (role: Question['answers']['Role']): Promise<Seen> =>
    (await play(platform, ask({ Identity: who, Role: role ?? who }))).seen;
  const lost = { kind: 'Rejected', family: 'Rejected', reason: 'AdminRightsLost' };

  it.each<[string, NonNullable<Question['answers']['Role']>, Seen]>([
    [
      'has the role',
      list({ org: 'urn:org:42', role: 'ADMIN', name: 'Stage' }),
      { kind: 'Valid', account: { id: '42', handle: 'Stage' }, person: 'p1' },
    ],
    [
      'has one of several roles',
      list({ org: 'urn:org:42', role: ['EDITOR', 'OWNER'] }),
      { kind: 'Valid', account: { id: '42' }, person: 'p1' },
    ],
    ['has a role that does not suffice', list({ org: 'urn:org:42', role: 'EDITOR' }), lost],
    [
      'has a role that does not suffice, and another one that does',
      list({ org: 'urn:org:42', role: 'EDITOR' }, { org: 'urn:org:42', role: 'ADMIN' }),
      { kind: 'Valid', account: { id: '42' }, person: 'p1' },
    ],
    [
      'has a role that does not suffice, and another one on a later leaf',
      [
        { status: 200, body: { data: [{ org: 'urn:org:42', role: 'EDITOR' }], next: 'n2' } },
        list({ org: 'urn:org:42', role: 'ADMIN' }),
      ],
      { kind: 'Valid', account: { id: '42' }, person: 'p1' },
    ],
    [
      'has a role that does not suffice, and none on the later leaf',
      [{ status: 200, body: { data: [{ org: 'urn:org:42', role: 'EDITOR' }], next: 'n2' } }, list()],
      lost,
    ],
    [
      'has several roles in one place, of which none suffices: that is all there is',
      [{ status: 200, body: { data: [{ org: 'urn:org:42', role: ['EDITOR', 'GUEST'] }], next: 'n2' } }],
      lost,
    ],
    ['has no role there any more', list({ org: 'urn:org:43', role: 'ADMIN' }), lost],
    ['has no role anywhere', list(), lost],
    [
      'is on a later leaf of the list',
      [
        { status: 200, body: { data: [{ org: 'urn:org:1', role: 'ADMIN' }], next: 'n2' } },
        list({ org: 'urn:org:42', role: 'ADMIN' }),
      ],
      { kind: 'Valid', account: { id: '42' }, person: 'p1' },
    ],
    [
      'cannot be looked up',
      { status: 200, body: { other: [] } },
      { kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' },
    ],
  ])('%s', async (_, role, expected) => {
    expect(await seen(role)).toEqual(expected);
  });

  it('is looked for with the mark of the next leaf', async () => {
    const first = { status: 200, body: { data: [], next: 'n 2' } };
    const { sent } = await play(platform, ask({ Identity: who, Role: [first, list()] }));
    expect(sent.map(({ url }) => url)).toEqual([
      'https://declared.example.com/me',
      'https://declared.example.com/roles',
      'https://declared.example.com/roles?page=n+2',
    ]);
  });

  it('is not looked for on leaves without an end', async () => {
    const endless = { status: 200, body: { data: [], next: 'again' } };
    const { seen, sent } = await play(platform, ask({ Identity: who, Role: endless }));
    expect(seen).toEqual({ kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' });
    expect(sent).toHaveLength(21);
  });
});

describe('pages whose tokens stand in the list alone', () => {
  const platform = declared(`
refresh: { strategy: Exchange }
identity: { url: "https://declared.example.com/me", accountID: [page] }
derive:
  url: "https://declared.example.com/pages"
  pick: { list: data, where: [id], missing: PageUnlinked }
  accessToken: [token]
role:
  url: "https://declared.example.com/pages"
  pick: { list: data, where: [id], missing: PageUnlinked }
  roles: tasks
  accepted: [LIVE]`);
  const page = { status: 200, body: { page: '42' } };
  const answers = (role: Recorded) => ({ Identity: page, Role: role });
  const both = { tokens: {} };

  it('are well', async () => {
    const { seen } = await play(platform, ask(answers(list({ id: '42', token: 't', tasks: ['LIVE'] })), both));
    expect(seen).toEqual({ kind: 'Valid', account: { id: '42' } });
  });

  it('accuse nobody while the token works that the list leaves out', async () => {
    expect((await play(platform, ask(answers(list()), both))).seen).toEqual({ kind: 'Valid', account: { id: '42' } });
  });

  it('are lost where the list shows them without the task', async () => {
    const { seen } = await play(platform, ask(answers(list({ id: '42', token: 't', tasks: ['READ'] })), both));
    expect(seen).toEqual({ kind: 'Rejected', family: 'Rejected', reason: 'AdminRightsLost' });
  });

  it.each<[string, Recorded, Seen]>([
    ['is given', list({ id: '42', token: 't' }), { kind: 'Derived', access: 't', account: { id: '42' } }],
    ['is not in the list', list(), { kind: 'Rejected', family: 'Rejected', reason: 'PageUnlinked' }],
    ['is left out', list({ id: '42' }), { kind: 'Rejected', family: 'Rejected', reason: 'PageUnlinked' }],
    [
      'is hidden by a page of something else',
      { status: 200, body: '<html>' },
      { kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' },
    ],
  ])('a token that %s', async (_, answer, expected) => {
    expect((await play(platform, ask({ Derive: answer }, { call: 'derive', tokens: {} }))).seen).toMatchObject(
      expected,
    );
  });
});

describe('permissions that hold for some accounts only', () => {
  const platform = declared(`
introspect:
  url: "https://declared.example.com/valid"
  scopes: { path: [scopes] }
  assetScopes: { list: narrow, scope: scope, assets: ids, only: [stream, chat] }`);
  const seen = async (narrow: object[], account?: string) => {
    const body = { scopes: ['chat', 'other', 'stream'], narrow };
    const row = ask({ Introspect: { status: 200, body } });
    return (await play(platform, { ...row, ...(account === undefined ? { account: '' } : { account }) })).seen.scopes;
  };

  it.each<[string, object[], string[]]>([
    ['count where the account is among them', [{ scope: 'stream', ids: ['41', '42'] }], ['chat', 'other', 'stream']],
    ['do not count where it is not', [{ scope: 'stream', ids: ['41'] }], ['chat', 'other']],
    ['count for a number too', [{ scope: 'stream', ids: [42] }], ['chat', 'other', 'stream']],
    ['count where there are no ids', [{ scope: 'stream' }], ['chat', 'other', 'stream']],
    ['count where the ids are of something else', [{ scope: 'other', ids: ['b1'] }], ['chat', 'other', 'stream']],
  ])('%s', async (_, narrow, expected) => {
    expect(await seen(narrow, '42')).toEqual(expected);
  });
});

describe('an app that chooses a server', () => {
  const platform = declared(
    `
settings:
  server: { kind: Host, description: The server of the account, example: social.example.com }
  tenant: { description: The name of the tenant, default: main }
identity: { url: "https://{{settings.server}}/{{settings.tenant}}/me", accountID: [id] }`,
    '{ url: "https://{{settings.server}}/token" }',
  );
  const use = (settings: Record<string, string>) => () => inUse(platform, { settings, isPublic: false });

  it('is asked at that server', async () => {
    const row = ask({ Identity: who }, { use: { settings: { server: 'live.example.org' } } });
    const { sent } = await play(platform, row);
    expect(sent[0]?.url).toBe('https://live.example.org/main/me');
  });

  it.each<[string, Record<string, string>, string]>([
    ['no server', {}, 'server is needed: The server of the account, such as social.example.com'],
    ['an address', { server: '127.0.0.1' }, 'server must be the name of a server'],
    ['a path', { server: 'a.example.com/x' }, 'server must be the name of a server'],
    ['a port', { server: 'a.example.com:1' }, 'server must be the name of a server'],
    [
      'a misspelt setting',
      { server: 'a.example.com', tennant: 'x' },
      'tennant is no setting of it, did you mean tenant?',
    ],
    ['text with a space', { server: 'a.example.com', tenant: 'a b' }, 'tenant must be text of letters'],
    ['two problems', { tenant: 'a b' }, 'server is needed'],
  ])('says what is wrong with %s', (_, settings, says) => {
    expect(use(settings)).toThrow(says);
    expect(use(settings)).toThrow('spec.extra does not fit Declared');
  });

  it('is told both problems at once', () => {
    expect(use({ tenant: 'a b' })).toThrow(/server is needed.*; tenant must be/);
  });
});

describe('an error rule with several conditions', () => {
  const platform = declared(`
errors:
  - { phase: Token, path: code, between: [100, 199], and: [{ path: hint, contains: role }], family: Rejected, reason: AdminRightsLost }
  - { phase: Token, path: code, between: [100, 199], family: Rejected, reason: AccountLocked }
  - { phase: Any, path: code, equals: "7", youngerThan: 1m, family: Transient, reason: PlatformUnavailable }
  - { phase: Any, path: code, equals: "7", family: Rejected, reason: AccountSuspended }`);
  const seen = async (body: object, obtainedAt?: number) => {
    const tokens = obtainedAt === undefined ? {} : { obtainedAt };
    const row = ask({ Token: { status: 400, body } }, { call: 'refresh', tokens });
    return (await play(platform, row)).seen.reason;
  };
  const now = Date.UTC(2026, 10, 22, 10);

  it.each<[object, number | undefined, string]>([
    [{ code: 100, hint: 'the role' }, undefined, 'AdminRightsLost'],
    [{ code: 100 }, undefined, 'AccountLocked'],
    [{ code: '199' }, undefined, 'AccountLocked'],
    [{ code: 200 }, undefined, 'Unexpected'],
    [{ code: 99 }, undefined, 'Unexpected'],
    [{ code: 'many' }, undefined, 'Unexpected'],
    [{ code: 7 }, now - 30_000, 'PlatformUnavailable'],
    [{ code: 7 }, now - 90_000, 'AccountSuspended'],
    [{ code: 7 }, 0, 'AccountSuspended'],
  ])('sorts %j of a token obtained at %s as %s', async (body, obtainedAt, expected) => {
    expect(await seen(body, obtainedAt)).toBe(expected);
  });
});
