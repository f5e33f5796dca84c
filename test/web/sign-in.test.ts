import { rootCertificates } from 'node:tls';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sealed } from '../../src/core/sealed.ts';
import { createSignIn, type SignIn, SignInFailed, type SignInOptions } from '../../src/web/pages/sign-in.ts';
import { createAuthority, issueServer } from '../harness/certificates.ts';
import { OidcControl } from '../oidc/control.ts';
import { type RunningOidc, startOidc } from '../oidc/start.ts';

const authority = createAuthority('sign-in');
const pair = issueServer(authority, 'sign-in');
const redirectURI = 'https://connect.example.com/sign-in/callback';

let server: RunningOidc;
let agent: Agent;
let secret: string;

beforeAll(async () => {
  server = await startOidc({ cert: pair.certificate, key: pair.key, port: 0, controlPort: 0 });
  agent = new Agent({ connect: { ca: [...rootCertificates, authority.certificate] } });
  const control = new OidcControl(server.controlUrl);
  const groups = ['stage-crew', 'other'];
  await control.createAccount({ id: 'dana', name: 'Dana Reyes', email: 'dana@example.com', groups });
  await control.createAccount({ id: 'eve', name: 'Eve', email: 'eve@example.com', emailVerified: false });
  for (const clientId of ['pages', 'other']) {
    const { clientSecret } = await control.createClient({ clientId, redirectUris: [redirectURI] });
    if (clientId === 'pages') secret = clientSecret ?? '';
  }
});

afterAll(async () => {
  await agent.close();
  await server.close();
});

function signInOf(more: Partial<SignInOptions> = {}): SignIn {
  return createSignIn({
    issuer: server.url,
    clientId: 'pages',
    clientSecret: Sealed.of(secret),
    redirectURI,
    groupsClaim: 'groups',
    scopes: ['openid', 'email', 'groups'],
    fetch: async (url, request) => (await fetch(url, { ...request, dispatcher: agent })) as unknown as Response,
    now: Date.now,
    ...more,
  });
}

/** As a browser that follows redirects, keeps cookies and presses the buttons of these names. */
async function browse(address: string, presses: readonly string[]): Promise<URL> {
  const cookies = new Map<string, string>();
  const left = [...presses];
  let [url, body]: [string, string | undefined] = [address, undefined];
  for (let step = 0; step < 20; step += 1) {
    const headers = {
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const init = {
      headers,
      redirect: 'manual',
      dispatcher: agent,
      method: body === undefined ? 'GET' : 'POST',
    } as const;
    const answer = await fetch(url, body === undefined ? init : { ...init, body });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location !== null) {
      [url, body] = [new URL(location, url).href, undefined];
      if (url.startsWith(redirectURI)) return new URL(url);
      continue;
    }
    const next = left.shift();
    if (next === undefined) throw new Error(`nothing to press on: ${await answer.text()}`);
    body = next;
  }
  throw new Error('went round in circles');
}

async function kindOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SignInFailed)) throw new Error(`not refused as it should be: ${String(error)}`);
  expect(error.message).not.toContain(secret);
  return error.kind;
}

describe('sign-in at a real OpenID Connect server', () => {
  it('tells who it is, with the groups and whether the address is verified', async () => {
    const signIn = signInOf();
    const { url, transaction } = await signIn.begin('/c/a/b');
    const back = await browse(url, ['login=dana', 'agree=1']);
    expect(await signIn.finish(back.searchParams, transaction)).toEqual({
      id: 'dana',
      name: 'Dana Reyes',
      email: 'dana@example.com',
      isEmailVerified: true,
      groups: ['stage-crew', 'other'],
    });
    expect(transaction.returnTo).toBe('/c/a/b');
  });

  it('tells an address that is not verified as such, and no group as none', async () => {
    const signIn = signInOf();
    const { url, transaction } = await signIn.begin('/');
    const back = await browse(url, ['login=eve', 'agree=1']);
    expect(await signIn.finish(back.searchParams, transaction)).toMatchObject({ isEmailVerified: false, groups: [] });
  });

  it('asks with PKCE, state and nonce, each new', async () => {
    const signIn = signInOf();
    const asked = [await signIn.begin('/'), await signIn.begin('/')].map(({ url }) => new URL(url).searchParams);
    for (const query of asked) {
      expect(Object.fromEntries(query)).toMatchObject({
        response_type: 'code',
        redirect_uri: redirectURI,
        scope: 'openid email groups',
        code_challenge_method: 'S256',
      });
    }
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(asked[0]?.get(name)).toMatch(/^[\w-]{43}$/);
      expect(asked[0]?.get(name)).not.toBe(asked[1]?.get(name));
    }
  });

  it('signs nobody in who said no', async () => {
    const signIn = signInOf();
    const { url, transaction } = await signIn.begin('/');
    const back = await browse(url, ['deny=1']);
    expect(await kindOf(signIn.finish(back.searchParams, transaction))).toBe('Denied');
  });

  it.each<
    [
      string,
      (asked: { back: URLSearchParams; transaction: Awaited<ReturnType<SignIn['begin']>>['transaction'] }) => void,
      string,
    ]
  >([
    ['another state', ({ back }) => back.set('state', 'x'), 'NotGenuine'],
    ['no state', ({ back }) => back.delete('state'), 'NotGenuine'],
    ['the name of another server (mix-up)', ({ back }) => back.set('iss', 'https://evil.example'), 'NotGenuine'],
    ['no name of the server though it always tells it', ({ back }) => back.delete('iss'), 'NotGenuine'],
    ['another code', ({ back }) => back.set('code', 'x'), 'Unavailable'],
    [
      'a code that another browser asked for (PKCE)',
      ({ transaction }) => Object.assign(transaction, { verifier: 'v'.repeat(43) }),
      'Unavailable',
    ],
    [
      'an ID token for another question (nonce)',
      ({ transaction }) => Object.assign(transaction, { nonce: 'x' }),
      'NotGenuine',
    ],
  ])('signs nobody in by an answer with %s', async (_, change, kind) => {
    const signIn = signInOf();
    const { url, transaction } = await signIn.begin('/');
    const back = (await browse(url, ['login=dana', 'agree=1'])).searchParams;
    change({ back, transaction });
    expect(await kindOf(signIn.finish(back, transaction))).toBe(kind);
  });

  it('uses a code once', async () => {
    const signIn = signInOf();
    const { url, transaction } = await signIn.begin('/');
    const back = (await browse(url, ['login=dana', 'agree=1'])).searchParams;
    await signIn.finish(back, transaction);
    expect(await kindOf(signIn.finish(back, transaction))).toBe('Unavailable');
  });

  it('tells where a person signs out there, if the server says so and can be asked', async () => {
    const url = (await signInOf().endSessionURL()) ?? '';
    expect(url).toBe(`${server.url}/session/end?client_id=pages`);
    const page = await fetch(url, { dispatcher: agent });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<form')]);
    expect(await signInOf({ issuer: 'https://127.0.0.1:1' }).endSessionURL()).toBeUndefined();
  });

  it.each<[string, (server: object) => object]>([
    ['names none', (metadata) => ({ ...metadata, end_session_endpoint: undefined })],
    ['names one without TLS', (metadata) => ({ ...metadata, end_session_endpoint: 'http://127.0.0.1/end' })],
    ['names no address', (metadata) => ({ ...metadata, end_session_endpoint: 'javascript:alert(1)' })],
  ])('tells no such page where the server %s', async (_, changed) => {
    const told = async (url: string) =>
      Response.json(changed((await (await fetch(url, { dispatcher: agent })).json()) as object));
    expect(await signInOf({ fetch: told }).endSessionURL()).toBeUndefined();
  });

  it.each<[string, () => Partial<SignInOptions>]>([
    ['is somebody else than configured', () => ({ issuer: server.url.replace('127.0.0.1', 'localhost') })],
    ['is not there', () => ({ issuer: 'https://127.0.0.1:1' })],
    ['is not trusted', () => ({ fetch: async (url, request) => (await fetch(url, request)) as unknown as Response })],
  ])('leads nobody to a server that %s', async (_, options) => {
    expect(['Unavailable', 'NotGenuine']).toContain(await kindOf(signInOf(options()).begin('/')));
  });

  it('is refused with a wrong secret of ours, and says nothing of it', async () => {
    const signIn = signInOf({ clientSecret: Sealed.of('wrong') });
    const { url, transaction } = await signIn.begin('/');
    const back = await browse(url, ['login=dana', 'agree=1']);
    expect(await kindOf(signIn.finish(back.searchParams, transaction))).toBe('Unavailable');
  });
});
