import { describe, expect, it } from 'vitest';
import { type AdmittedRow, type Fields, type RefusedRow, refusal, tryOut } from './admission.ts';

const app: Fields = { platform: 'twitch', clientId: 'k3f0', clientSecretRef: { name: 'twitch-app' } };
const { clientSecretRef: _, ...publicApp } = app;
const selector = { matchLabels: { team: 'media' } };
const expression = (operator: string, values?: string[]): Fields => ({
  ...app,
  allowedNamespaces: {
    from: 'Selector',
    selector: { matchExpressions: [{ key: 'team', operator, ...(values && { values }) }] },
  },
});

describe('a SocialApp is refused', () => {
  it.each<RefusedRow>([
    ['without a platform', { clientId: 'a', clientSecretVault: true }, 'spec.platform: Required value'],
    ['with a path as platform', { ...app, platform: 'a/../b' }, 'must be the name of a platform, such as twitch'],
    ['without a client id', { platform: 'twitch', clientSecretVault: true }, 'spec.clientId: Required value'],
    ['with an unquoted client id', { ...app, clientId: 123 }, 'must be of type string: "integer"'],
    [
      'with a client id with a line break',
      { ...app, clientId: 'k3f0\n' },
      'must be the client id as the platform shows it',
    ],
    ['with two sources of the client secret', { ...app, clientSecretVault: true }, 'exclude each other'],
    ['without any client secret', publicApp, 'give clientSecretRef, or clientSecretVault: true'],
    ['as a public app with a client secret', { ...app, clientType: 'Public' }, 'a Public app has no client secret'],
    ['with clientSecretVault: false', { ...publicApp, clientSecretVault: false }, 'supported values: "true"'],
    ['with the client secret itself', { ...app, clientSecret: 'hunter2' }, 'unknown field "spec.clientSecret"'],
    ['with a path as key', { ...app, clientSecretRef: { name: 'a', key: '../b' } }, 'must be a key of the Secret'],
    ['with an http redirect URI', { ...app, redirectURI: 'http://connect.example.com/cb' }, 'must be an https URL'],
    [
      'with a fragment in the redirect URI',
      { ...app, redirectURI: 'https://a.example/cb#x' },
      'RFC 6749 section 3.1.2',
    ],
    ['with a user in the redirect URI', { ...app, redirectURI: 'https://me@a.example/cb' }, 'no fragment, user name'],
    [
      'with a selector but from: Same',
      { ...app, allowedNamespaces: { selector } },
      'selector goes with from: Selector',
    ],
    [
      'without a selector for it',
      { ...app, allowedNamespaces: { from: 'Selector' } },
      'selector goes with from: Selector',
    ],
    [
      'with an empty selector',
      { ...app, allowedNamespaces: { from: 'Selector', selector: {} } },
      'an empty selector would admit every namespace',
    ],
    ['with In but no values', expression('In'), 'values go with In and NotIn'],
    ['with Exists and values', expression('Exists', ['a']), 'values go with In and NotIn'],
    ['with days as life of a consent', { ...app, grantLifetime: '7d' }, 'such as 168h'],
    ['with half a rate limit', { ...app, rateLimit: { requests: 100 } }, 'spec.rateLimit.window: Required value'],
    ['with a rate of nothing', { ...app, rateLimit: { requests: 0, window: '1m' } }, 'greater than or equal to 1'],
    ['with a window in days', { ...app, rateLimit: { requests: 1, window: '2d' } }, 'between 1s and 24h'],
    ['with a secret in extra', { ...app, extra: { app_secret: 'x' } }, 'a secret has no place here'],
    ['with a path as a setting', { ...app, extra: { 'a/b': 'x' } }, 'a key begins with a letter'],
  ])('%s', async (_title, spec, says) => {
    expect(await refusal('SocialApp', spec)).toContain(says);
  });
});

describe('a SocialApp is admitted', () => {
  it('that names nothing optional', async () => {
    expect(await tryOut('SocialApp', app)).toMatchObject({
      spec: {
        clientType: 'Confidential',
        clientSecretRef: { name: 'twitch-app', key: 'client_secret' },
        allowedNamespaces: { from: 'Same' },
      },
    });
  });

  it.each<AdmittedRow>([
    ['no client secret, as a public one', { ...publicApp, clientType: 'Public' }],
    ['a secret in Vault', { ...publicApp, clientSecretVault: true }],
    ['a namespace selector', { ...app, allowedNamespaces: { from: 'Selector', selector } }],
    ['a list of namespaces', expression('In', ['media', 'sports'])],
    ['a redirect URI with "@" in its path', { ...app, redirectURI: 'https://a.example/@b/cb?x=y@z' }],
    ['a setting', { ...app, extra: { apiVersion: 'v24.0' }, rateLimit: { requests: 800, window: '1m' } }],
  ])('with %s', async (_title, spec) => {
    expect(await tryOut('SocialApp', spec)).toMatchObject({ kind: 'SocialApp' });
  });
});
