import { describe, expect, it } from 'vitest';
import { hmacSha1Signature, percentEncoded, type SignedParts, signatureBase } from './oauth1-signature.ts';

const protocol = (consumer: string, timestamp: string, nonce: string, more: object): [string, string][] =>
  Object.entries({
    ...{ oauth_consumer_key: consumer, oauth_signature_method: 'HMAC-SHA1' },
    ...{ oauth_timestamp: timestamp, oauth_nonce: nonce },
    ...more,
  });

const verifyCredentials: SignedParts = {
  method: 'GET',
  url: 'https://api.x.com/1.1/account/verify_credentials.json',
  parameters: [
    ['skip_status', 'true'],
    ['include_email', 'false'],
    ...protocol('exampleConsumerKey01', '1795300000', 'a1b2c3d4e5f60718293a4b5c6d7e8f90', {
      ...{ oauth_token: '100200300-exampleAccessToken03', oauth_version: '1.0' },
    }),
  ],
};

describe('a signature base string', () => {
  it('is that of RFC 5849, section 3.4.1.1, whatever the order of the parameters', () => {
    const parameters: [string, string][] = [
      ...[...new URLSearchParams('b5=%3D%253D&a3=a&c%40=&a2=r%20b')],
      ...[...new URLSearchParams('c2&a3=2+q')],
      ...protocol('9djdj82h48djs9d2', '137131201', '7d8f3e4a', { oauth_token: 'kkk9d7dh3k39sjv7' }),
    ];
    const expected =
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D' +
      '%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1' +
      '%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7';
    const parts = { method: 'post', url: 'http://example.com/request' };
    expect(signatureBase({ ...parts, parameters })).toBe(expected);
    expect(signatureBase({ ...parts, parameters: parameters.toReversed() })).toBe(expected);
  });

  it('is that of the reference for a call of X', () => {
    expect(signatureBase(verifyCredentials)).toBe(
      'GET&https%3A%2F%2Fapi.x.com%2F1.1%2Faccount%2Fverify_credentials.json&include_email%3Dfalse' +
        '%26oauth_consumer_key%3DexampleConsumerKey01%26oauth_nonce%3Da1b2c3d4e5f60718293a4b5c6d7e8f90' +
        '%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1795300000' +
        '%26oauth_token%3D100200300-exampleAccessToken03%26oauth_version%3D1.0%26skip_status%3Dtrue',
    );
  });

  it.each([
    ['http://EXAMPLE.COM:80/r%20v/X?id=123', 'http://example.com/r%20v/X'],
    ['https://www.example.net:8080/?q=1', 'https://www.example.net:8080/'],
  ])('has of the address %s what RFC 5849, section 3.4.1.2, says', (url, base) => {
    expect(signatureBase({ method: 'GET', url, parameters: [] })).toBe(`GET&${percentEncoded(base)}&`);
  });
});

describe('a value', () => {
  it.each([
    ["Ladies + Gentlemen!*'()", 'Ladies%20%2B%20Gentlemen%21%2A%27%28%29'],
    ['☃', '%E2%98%83'],
    ['a-b.c_d~e', 'a-b.c_d~e'],
  ])('%s is encoded as %s', (text, encoded) => {
    expect(percentEncoded(text)).toBe(encoded);
  });
});

const tweet: [string, string][] = [
  ['include_entities', 'true'],
  ['status', 'Hello Ladies + Gentlemen, a signed OAuth request!'],
  ...protocol('xvz1evFS4wEEPTGEFPHBog', '1318622958', 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg', {
    ...{ oauth_token: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb', oauth_version: '1.0' },
  }),
];

const printer = (timestamp: string, nonce: string, more: object) =>
  protocol('dpf43f3p2l4k3l03', timestamp, nonce, more);

describe('a signature', () => {
  it.each<[string, SignedParts, string, string, string]>([
    [
      'of the reference, for X',
      verifyCredentials,
      ...(['exampleConsumerSecret02', 'exampleTokenSecret04', '1PDmYlOFPBBeUBOkFledWj4VHx8='] as const),
    ],
    [
      'that X publishes',
      { method: 'POST', url: 'https://api.twitter.com/1.1/statuses/update.json', parameters: tweet },
      ...(['kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw', 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE'] as const),
      'hCtSmYh+iHYCEqBWrE7C7hYmtUk=',
    ],
    [
      'of RFC 5849, section 1.2, for temporary credentials',
      {
        ...{ method: 'POST', url: 'https://photos.example.net/initiate' },
        parameters: printer('137131200', 'wIjqoS', { oauth_callback: 'http://printer.example.com/ready' }),
      },
      ...(['kd94hf93k423kf44', '', '74KNZJeDHnMBp0EMJ9ZHt/XKycU='] as const),
    ],
    [
      'of RFC 5849, section 1.2, for a token',
      {
        ...{ method: 'POST', url: 'https://photos.example.net/token' },
        parameters: printer('137131201', 'walatlh', {
          ...{ oauth_token: 'hh5s93j4hdidpola', oauth_verifier: 'hfdp7dh39dks9884' },
        }),
      },
      ...(['kd94hf93k423kf44', 'hdhd0244k9j7ao03', 'gKgrFCywp7rO0OXSjdot/IHF7IU='] as const),
    ],
    [
      'of RFC 5849, section 1.2, for a photo',
      {
        ...{ method: 'GET', url: 'http://photos.example.net/photos' },
        parameters: [
          ...Object.entries({ file: 'vacation.jpg', size: 'original' }),
          ...printer('137131202', 'chapoH', { oauth_token: 'nnch734d00sl2jdk' }),
        ],
      },
      ...(['kd94hf93k423kf44', 'pfkkdhi9sl3r4s00', 'MdpQcU8iPSUjWoN/UDMsK2sui9I='] as const),
    ],
  ])('is the one %s', (_name, parts, clientSecret, tokenSecret, signature) => {
    expect(hmacSha1Signature(parts, clientSecret, tokenSecret)).toBe(signature);
  });
});
