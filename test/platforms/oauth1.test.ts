import { describe, expect, it } from 'vitest';
import { authorizationHeader, baseString, type SignedRequest, signature } from '../../src/platforms/oauth1.ts';

/** The protocol parameters as RFC 5849 writes them in its examples: without a version. */
function protocolOf(consumer: string, timestamp: string, nonce: string, more: Readonly<Record<string, string>> = {}) {
  return {
    oauth_consumer_key: consumer,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: timestamp,
    oauth_nonce: nonce,
    ...more,
  };
}

describe('a signature base string', () => {
  const protocol = protocolOf('9djdj82h48djs9d2', '137131201', '7d8f3e4a', { oauth_token: 'kkk9d7dh3k39sjv7' });
  const url = 'http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b';

  it('is the one of RFC 5849 section 3.4.1.1', () => {
    expect(baseString({ method: 'POST', url, form: { c2: '', a3: '2 q' } }, protocol)).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q' +
        '%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_' +
        'key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_m' +
        'ethod%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk' +
        '9d7dh3k39sjv7',
    );
  });

  it.each([
    ['http://EXAMPLE.COM:80/r%20v/X?id=123', 'http%3A%2F%2Fexample.com%2Fr%2520v%2FX&id%3D123'],
    ['https://www.example.net:8080/?q=1', 'https%3A%2F%2Fwww.example.net%3A8080%2F&q%3D1'],
  ])('has of %s what section 3.4.1.2 says', (address, expected) => {
    expect(baseString({ method: 'get', url: address }, {})).toBe(`GET&${expected}`);
  });

  // Section 3.6: what encodeURIComponent leaves alone and RFC 3986 does not, and two bytes for one letter.
  it.each([
    ["!*'()", '%2521%252A%2527%2528%2529'],
    ['-._~', '-._~'],
    ['é ', '%25C3%25A9%2520'],
    ['☃', '%25E2%2598%2583'],
  ])('holds %s as %s', (value, expected) => {
    expect(baseString({ method: 'POST', url: 'https://a.example.com/', form: { v: value } }, {})).toBe(
      `POST&https%3A%2F%2Fa.example.com%2F&v%3D${expected}`,
    );
  });

  it('is in the order of bytes, by value where names are the same', () => {
    const request = { method: 'GET', url: 'https://a.example.com/?b=2&B=1&a=%C3%BF&a=z&b=10' };
    expect(decodeURIComponent(baseString(request, {}))).toBe('GET&https://a.example.com/&B=1&a=%C3%BF&a=z&b=10&b=2');
  });
});

describe('a signature', () => {
  const printer = 'dpf43f3p2l4k3l03';
  const clientSecret = 'kd94hf93k423kf44';

  it.each<[string, SignedRequest, Readonly<Record<string, string>>, string | undefined, string]>([
    [
      'asks for temporary credentials',
      { method: 'POST', url: 'https://photos.example.net/initiate' },
      protocolOf(printer, '137131200', 'wIjqoS', { oauth_callback: 'http://printer.example.com/ready' }),
      undefined,
      '74KNZJeDHnMBp0EMJ9ZHt/XKycU=',
    ],
    [
      'asks for token credentials',
      { method: 'POST', url: 'https://photos.example.net/token' },
      protocolOf(printer, '137131201', 'walatlh', {
        oauth_token: 'hh5s93j4hdidpola',
        oauth_verifier: 'hfdp7dh39dks9884',
      }),
      'hdhd0244k9j7ao03',
      'gKgrFCywp7rO0OXSjdot/IHF7IU=',
    ],
    [
      'asks for a photo',
      { method: 'GET', url: 'http://photos.example.net/photos?file=vacation.jpg&size=original' },
      protocolOf(printer, '137131202', 'chapoH', { oauth_token: 'nnch734d00sl2jdk' }),
      'pfkkdhi9sl3r4s00',
      'MdpQcU8iPSUjWoN/UDMsK2sui9I=',
    ],
  ])('%s as in RFC 5849 section 1.2', (_, request, protocol, tokenSecret, expected) => {
    const secrets = { clientSecret, ...(tokenSecret === undefined ? {} : { tokenSecret }) };
    expect(signature(request, protocol, secrets)).toBe(expected);
  });

  it('is the same whatever the order of the parameters', () => {
    const one = { method: 'GET', url: 'https://a.example.com/?b=1&a=2' };
    const other = { method: 'GET', url: 'https://a.example.com/?a=2&b=1' };
    expect(signature(one, { c: '3', d: '4' }, { clientSecret })).toBe(
      signature(other, { d: '4', c: '3' }, { clientSecret }),
    );
  });
});

/** https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature, read on 2026-11-25. */
describe('the header of the published example', () => {
  const signing = {
    clientId: 'xvz1evFS4wEEPTGEFPHBog',
    clientSecret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
    token: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
    tokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
    nonce: 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
    timestamp: 1_318_622_958,
  };
  const form = { status: 'Hello Ladies + Gentlemen, a signed OAuth request!' };

  // The second is what the page said before the host was renamed.
  it.each([
    ['api.x.com', 'Ls93hJiZbQ3akF3HF3x1Bz8%2FzU4%3D'],
    ['api.twitter.com', 'hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D'],
  ])('at %s', (host, expected) => {
    const url = `https://${host}/1.1/statuses/update.json?include_entities=true`;
    expect(authorizationHeader({ method: 'POST', url, form }, signing)).toBe(
      'OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", ' +
        'oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", oauth_signature_method="HMAC-SHA1", ' +
        'oauth_timestamp="1318622958", oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", ' +
        `oauth_version="1.0", oauth_signature="${expected}"`,
    );
  });

  it('has no token while there is none', () => {
    const { token: _, tokenSecret: __, ...client } = signing;
    const request = {
      method: 'POST',
      url: 'https://api.x.com/oauth/request_token',
      protocol: { oauth_callback: 'oob' },
    };
    expect(authorizationHeader(request, client)).not.toContain('oauth_token=');
  });
});

/** The vector of the project's own reference, which two other programs agree on. */
it('signs a question with two parameters in its query', () => {
  const header = authorizationHeader(
    {
      method: 'GET',
      url: 'https://api.x.com/1.1/account/verify_credentials.json?include_email=false&skip_status=true',
    },
    {
      clientId: 'exampleConsumerKey01',
      clientSecret: 'exampleConsumerSecret02',
      token: '100200300-exampleAccessToken03',
      tokenSecret: 'exampleTokenSecret04',
      nonce: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
      timestamp: 1_795_300_000,
    },
  );
  expect(header).toContain('oauth_signature="1PDmYlOFPBBeUBOkFledWj4VHx8%3D"');
});
