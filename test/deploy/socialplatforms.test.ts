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
const failure = (more: Fields): Fields => ({ ...platform, errors: [{ phase: 'Token', family: 'Transient', ...more }] });
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
    ['with a path as parameter', token({ refreshParams: { 'a/b': 'x' } }), 'the name of a parameter consists of'],
    ['with a template as parameter', token({ params: { a: '{{client.secret}}' } }), 'templates have no place here'],
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
    ['with a token in a GET form', introspect({ tokenPlacement: 'Form' }), 'tokenPlacement Form needs method: POST'],
    ['with two Authorization headers', introspect({ clientAuth: 'Basic' }), 'clientAuth needs tokenPlacement: Form'],
    ['with our own header', introspect({ headers: { Authorization: 'x' } }), 'a header that the operator does not set'],
    ['with an unknown template', introspect({ headers: { 'X-A': '{{client.secret}}' } }), 'the one template is'],
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
      'the other families never take one of those',
    ],
    [
      'with our own fault as a rejection',
      failure({ status: [401], family: 'Rejected', reason: 'AppSecretInvalid' }),
      'that only a person at the platform can mend',
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
        token: { clientAuth: 'Basic', bodyFormat: 'Form', includeScopeOnRefresh: false },
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
