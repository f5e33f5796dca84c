import { describe, expect, it } from 'vitest';
import { type AdmittedRow, type Fields, type RefusedRow, refusal, tryOut } from './admission.ts';

const platform: Fields = {
  displayName: 'Example',
  token: { url: 'https://oauth.example.com/token' },
  rotation: { mode: 'Always', oldToken: 'Dies' },
};
const url = 'https://oauth.example.com/me';

const token = (more: Fields): Fields => ({ ...platform, token: { url, ...more } });
const introspect = (more: Fields): Fields => ({ ...platform, introspect: { url, ...more } });
const authorize = (more: Fields): Fields => ({ ...platform, authorize: { url, ...more } });
const response = (more: Fields): Fields => ({ ...platform, response: more });
const refresh = (more: Fields): Fields => ({ ...platform, refresh: more });
const role = (more: Fields): Fields => ({ ...platform, role: { url, ...more } });
const derive = (more: Fields): Fields => ({
  ...refresh({ strategy: 'Exchange' }),
  derive: { url, accessToken: ['access_token'], ...more },
});
const revoke = (more: Fields): Fields => ({ ...platform, revoke: { calls: [{ url, ...more }] } });
const setting = (name: string, more: Fields): Fields => ({
  ...platform,
  settings: { [name]: { description: 'D', ...more } },
});
const pick = { list: 'data', where: ['id'] };
const failure = (more: Fields): Fields => ({ ...platform, errors: [{ phase: 'Token', family: 'Transient', ...more }] });
const push = (transport: string, receive: Fields): Fields => ({
  ...platform,
  push: [{ event: 'revoked', transport, verification: 'V', receive }],
});
const revoked = { family: 'Rejected', reason: 'AccessRevoked' };

describe('a SocialPlatform is refused', () => {
  it.each<RefusedRow>([
    ['without a token endpoint', { displayName: 'X' }, 'spec.token: Required value'],
    ['with an http endpoint', token({ url: 'http://oauth.example.com/token' }), 'must be an https URL'],
    ['with an address of the loopback', token({ url: 'https://127.0.0.1:9443/token' }), 'must name a host'],
    ['with a private address', token({ url: 'https://10.0.0.7/token' }), "the operator's --allow-private-host"],
    ['with an IPv6 address', token({ url: 'https://[fd00::1]/token' }), 'must name a host'],
    ['with an address as one number', token({ url: 'https://2130706433/token' }), 'must name a host'],
    ['with an address in hexadecimal', token({ url: 'https://0x7f000001/token' }), 'must name a host'],
    ['with a user in an endpoint', token({ url: 'https://me:secret@a.example/token' }), 'no user'],
    ['with a fragment in an endpoint', token({ url: 'https://a.example/token#x' }), 'must hold no fragment'],
    ['with a template in an endpoint', token({ url: 'https://a.example/{{token.access}}' }), 'never stand in a URL'],
    ['with an http documentation', { ...platform, docsURL: 'http://docs.example.com' }, 'must be an https URL'],
    ['with a parameter of our own', token({ params: { grant_type: 'password' } }), 'the operator itself sets'],
    ['with a path as parameter', token({ refresh: { params: { 'a/b': 'x' } } }), 'spec.token.refresh.params: Invalid'],
    ['with a token as parameter', token({ params: { a: '{{token.access}}' } }), 'spec.token.params: Invalid'],
    ['with a secret on the way', authorize({ params: { a: '{{client.secret}}' } }), 'everybody sees this URL'],
    ['with a state of our own', authorize({ reconnectParams: { scope: 'x' } }), 'spec.authorize.reconnectParams'],
    ['with another name for a nonce', authorize({ paramNames: { nonce: 'n' } }), 'spec.authorize.paramNames: Invalid'],
    ['with another name for a token', token({ paramNames: { access_token: 't' } }), 'only these have other names'],
    ['with a separator of its own', authorize({ scopes: { separator: '|' } }), 'spec.authorize.scopes.separator'],
    [
      'with two scopes in one',
      authorize({ scopes: { default: ['a b'] } }),
      'spec.authorize.scopes.default[0]: Invalid',
    ],
    ['with a plain challenge', authorize({ pkce: 'plain' }), 'Unsupported value: "plain"'],
    ['with a secret in the URL', token({ bodyFormat: 'Query' }), 'write allowSecretInURL: true'],
    ['with a refresh by GET', token({ refresh: { method: 'GET' } }), 'write allowSecretInURL: true'],
    ['with a token in the URL', introspect({ tokenPlacement: 'Query' }), 'this call puts a token or a secret into the'],
    [
      'with a secret in a question',
      introspect({ params: { client_secret: '{{client.secret}}' } }),
      'this call puts a token or a secret into the URL',
    ],
    ['with the secret for a header', introspect({ headers: { A: '{{client.secret}}' } }), 'spec.introspect.headers'],
    ['with a token in the body of a GET', introspect({ tokenPlacement: 'JSON' }), 'Form and JSON need method: POST'],
    ['with two words before a token', introspect({ scheme: 'Bearer x' }), 'spec.introspect.scheme: Invalid value'],
    ['with a secret as setting', setting('clientSecret', {}), 'a secret is no setting'],
    ['with a host that is none', setting('server', { kind: 'Host', default: 'localhost' }), 'the default of a Host'],
    ['with a setting nobody explains', { ...platform, settings: { server: {} } }, 'spec.settings.server.description'],
    ['with a token to persist by text', response({ persist: { a: '$text' } }), 'spec.response.persist: Invalid'],
    ['with a scope list of letters', response({ scope: { separator: 'a' } }), 'spec.response.scope.separator: Invalid'],
    ['with a success of nothing', response({ success: { path: 'code' } }), 'spec.response.success.equals: Required'],
    ['with a touch that nobody makes', { ...platform, touch: { url } }, 'it goes with strategy: Touch'],
    ['with the strategy Touch alone', refresh({ strategy: 'Touch' }), 'touch says which call prolongs'],
    ['with a strategy of its own', refresh({ strategy: 'Password' }), 'spec.refresh.strategy: Unsupported value'],
    ['with a refresh at the end', refresh({ atPercentOfLifetime: 100 }), 'spec.refresh.atPercentOfLifetime: Invalid'],
    ['with an upgrade of nothing', refresh({ upgradeBelow: '24h' }), 'token.upgrade and refresh.upgradeBelow go'],
    [
      'with pages and a refresh token',
      { ...derive({}), refresh: { strategy: 'RefreshToken' } },
      'derive goes with strategy Exchange or None',
    ],
    ['with pages that have no token', derive({ accessToken: [] }), 'spec.derive.accessToken: Invalid'],
    ['with a page and no list', derive({ pick: { where: ['id'] } }), 'spec.derive.pick.list: Required value'],
    ['with a page that stands anywhere', derive({ pick: { list: '*', where: ['id'] } }), 'spec.derive.pick.list: Inv'],
    ['with roles that do not suffice', role({ pick, roles: 'role' }), 'pick, roles and accepted go together'],
    ['with roles of nobody', role({ roles: 'role', accepted: ['ADMINISTRATOR'] }), 'pick, roles and accepted go'],
    [
      'with scopes of some pages of none',
      introspect({ assetScopes: { list: 'data.granular_scopes', scope: 'scope' } }),
      'spec.introspect.assetScopes.assets: Required value',
    ],
    ['with nothing to give back', { ...platform, revoke: { calls: [] } }, 'spec.revoke.calls: Invalid value'],
    ['with a revocation by two', revoke({ clientAuth: 'Basic', tokenPlacement: 'Header' }), 'one Authorization header'],
    ['with a secret to revoke in the URL', revoke({ method: 'GET', clientAuth: 'Post' }), 'allowSecretInURL: true'],
    ['with a device that has no address', { ...platform, device: {} }, 'spec.device.url: Required value'],
    ['with a count and no time', { ...platform, limits: { requests: 10 } }, 'requests and platformRequests go with'],
    ['with what is left and no end', { ...platform, limits: { remaining: 'left' } }, 'remaining and reset go together'],
    [
      'with a message that nobody can trust',
      { ...platform, push: [{ event: 'revoked', transport: 'Webhook' }] },
      'spec.push[0].verification: Required value',
    ],
    [
      'with a message that has no signature',
      push('Webhook', { subject: ['user.id'] }),
      'receive.signature goes with transport: Webhook',
    ],
    [
      'with a token of nobody',
      push('SecurityEventToken', { subject: ['subject.sub'], url: 'https://example.com/configuration' }),
      'receive.issuer and receive.url go with transport: SecurityEventToken',
    ],
    ['with a message about nobody', push('SignedRequest', {}), 'spec.push[0].receive.subject: Required value'],
    ['with a message of no path', push('SignedRequest', { subject: ['user id'] }), 'every item must be a dotted path'],
    ['with a range of words', failure({ path: 'error', between: ['a', 'b'] }), 'spec.errors[0].between[0]'],
    ['with a range of one', failure({ path: 'code', between: [1] }), 'spec.errors[0].between: Invalid'],
    ['with a condition of nothing', failure({ status: [400], and: [{ path: 'error' }] }), 'spec.errors[0].and[0]'],
    ['with an error of no call', failure({ status: [400], phase: 'Publish' }), 'spec.errors[0].phase: Unsupported'],
    ['without a word on rotation', { displayName: 'X', token: { url } }, 'rotation is needed with refresh tokens'],
    ['without a word on the old token', { ...platform, rotation: { mode: 'Always' } }, 'say in oldToken what becomes'],
    [
      'with a grace that is not told',
      { ...platform, rotation: { mode: 'Always', oldToken: 'Grace' } },
      'grace goes with oldToken: Grace',
    ],
    [
      'with a grace where none is',
      { ...platform, rotation: { mode: 'Always', oldToken: 'Dies', grace: '1m' } },
      'grace goes with oldToken: Grace',
    ],
    ['with true for an enum', { ...platform, rotation: { mode: true } }, 'must be of type string: "boolean"'],
    ['with a general JSONPath', { ...platform, response: { accessToken: ['$..token'] } }, 'must be a dotted path'],
    ['without a path to the access token', { ...platform, response: { accessToken: [] } }, 'at least 1 items'],
    [
      'with an expiry without a path',
      { ...platform, response: { expiry: { kind: 'Auto' } } },
      'needed unless kind is Never',
    ],
    [
      'with tokens that never end and nobody to ask',
      { ...platform, response: { expiry: { kind: 'Never' } } },
      'an access token that never ends can only be watched by asking',
    ],
    ['with days in a lifetime', { ...platform, lifetimes: { refresh: '180d' } }, 'such as 720h or 4320h'],
    ['with a token in a GET form', introspect({ tokenPlacement: 'Form' }), 'tokenPlacement Form and JSON need method'],
    [
      'with two Authorization headers',
      introspect({ clientAuth: 'Basic' }),
      'clientAuth needs tokenPlacement: Form or JSON',
    ],
    ['with our own header', introspect({ headers: { Authorization: 'x' } }), 'a header that the operator does not set'],
    ['with a check every second', introspect({ interval: '1s' }), 'between 1m and 168h'],
    ['with an identity without an id', { ...platform, identity: { url } }, 'spec.identity.accountID: Required value'],
    ['with an error rule for everything', failure({}), 'would match every failed answer'],
    ['with a path but nothing to compare', failure({ path: 'error' }), 'path goes with exactly one of'],
    ['with two comparisons', failure({ path: 'error', equals: 'a', contains: 'b' }), 'path goes with exactly one of'],
    ['with something to compare but no path', failure({ status: [400], equals: 'a' }), 'path goes with exactly one of'],
    ['with a number to compare', failure({ path: 'error.code', equals: 190 }), 'must be of type string: "integer"'],
    ['with a status out of range', failure({ status: [42] }), 'greater than or equal to 100'],
    ['with a rejection without a reason', failure({ status: [400], family: 'Rejected' }), 'it needs a reason'],
    [
      "with a person's reason for a passing fault",
      failure({ status: [503], reason: 'AccessRevoked' }),
      'the reason AccessRevoked goes with another family than Transient',
    ],
    [
      'with our own fault as a rejection',
      failure({ status: [401], family: 'Rejected', reason: 'AppSecretInvalid' }),
      'the reason AppSecretInvalid goes with another family than Rejected',
    ],
    [
      'with a block of the account as a passing fault',
      failure({ status: [403], reason: 'SpamBlocked' }),
      'the reason SpamBlocked goes with another family than Transient',
    ],
    [
      'with a reason that nobody knows',
      failure({ status: [400], ...revoked, reason: 'Gone' }),
      'Unsupported value: "Gone"',
    ],
    ['with a month as date', { ...platform, verifiedAt: '2026-11' }, 'must be of type date'],
  ])('%s', async (_title, spec, says) => {
    expect(await refusal('SocialPlatform', spec)).toContain(says);
  });

  it.each(['twitch', 'youtube', 'x', 'instagram-page'])('with the name of the built-in platform %s', async (name) => {
    expect(await refusal('SocialPlatform', platform, name)).toContain(`the platform "${name}" is built in`);
  });

  it('with a dot in its name', async () => {
    expect(await refusal('SocialPlatform', platform, 'example.video')).toContain('lower-case letters, digits and "-"');
  });
});

describe('a SocialPlatform is admitted', () => {
  it('of eight lines', async () => {
    expect(await tryOut('SocialPlatform', platform)).toMatchObject({
      spec: {
        token: { clientAuth: 'Basic', bodyFormat: 'Form', clientCredentials: { include: ['Scope'] } },
        response: {
          accessToken: ['access_token'],
          refreshToken: ['refresh_token'],
          expiry: { path: 'expires_in', kind: 'RelativeSeconds' },
          scope: { path: ['scope'], separator: ' ' },
        },
        lifetimes: { refreshAnchor: 'Issue' },
        refresh: { strategy: 'RefreshToken', atPercentOfLifetime: 75 },
      },
    });
  });

  it.each<AdmittedRow>([
    ['a host of a private network', token({ url: 'https://localhost:9443/token' })],
    ['a query in an endpoint', { ...platform, identity: { url: `${url}?fields=id`, accountID: ['id'] } }],
    ['a client id in a header', introspect({ headers: { 'Client-Id': '{{client.id}}' } })],
    ['paths to headers and text', failure({ path: '$text', contains: 'down', retryAfter: '$header.retry-after' })],
    ['a list index', { ...platform, response: { accountID: ['data[0].user_id', 'sub'] } }],
    ['a rule for a rejection', failure({ path: 'error', in: ['invalid_grant'], ...revoked })],
    ['the day of its verification', { ...platform, verifiedAt: '2026-11-20' }],
    ['app tokens only', { displayName: 'X', token: { url }, refresh: { strategy: 'ReissueClientCredentials' } }],
  ])('with %s', async (_title, spec) => {
    expect(await tryOut('SocialPlatform', spec)).toMatchObject({ kind: 'SocialPlatform' });
  });
});
